package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Inspection is what an operator has to know of a store.
type Inspection struct {
	Version string
	// Skew is the store's clock less this machine's; Blur is how far that may
	// be off, half the time that the question took.
	Skew, Blur time.Duration
	// Database tells whether the database is there. Schema is the newest
	// migration in it, Known the newest that this program has.
	Database      bool
	Schema, Known int
	Disks         []DiskState
	// Parts is the largest number of parts in one partition: inserts are slowed
	// down at 1,000 and refused at 3,000.
	Parts uint64
	// Marks are keys that wait to be derived.
	Marks uint64
	// Browsers is how far visitors' clocks were from the collectors', by the
	// documents of the last day; Documents is how many told.
	Browsers  time.Duration
	Documents uint64
}

// DiskState is a disk of the store. Sizes are bytes.
type DiskState struct {
	Name        string
	Free, Total uint64
}

// Inspect asks a store about itself and changes nothing: it makes neither
// database nor tables. The error says that it could not be asked; what was
// learnt before stands in the answer.
func Inspect(ctx context.Context, cfg Config) (Inspection, error) {
	var in Inspection
	opt, err := cfg.options()
	if err != nil {
		return in, err
	}
	database := opt.Auth.Database
	opt.Auth.Database = "" // it may not be there yet
	opt.MaxOpenConns, opt.MaxIdleConns = 1, 1
	s := &Store{options: opt, database: database}
	if s.conn, err = clickhouse.Open(opt); err != nil {
		return in, fmt.Errorf("open store: %w", clean(err))
	}
	err = s.inspectServer(ctx, &in)
	err = errors.Join(err, s.conn.Close())
	if err != nil || !in.Database {
		return in, err
	}
	opt.Auth.Database = database
	if s.conn, err = clickhouse.Open(opt); err != nil {
		return in, fmt.Errorf("open store: %w", clean(err))
	}
	defer func() { _ = s.conn.Close() }()
	return in, s.inspectSchema(ctx, &in)
}

// inspectServer asks what needs no database. The first question only opens the
// connection, so that the second tells the time.
func (s *Store) inspectServer(ctx context.Context, in *Inspection) error {
	if err := s.Ping(ctx); err != nil {
		return err
	}
	asked := time.Now()
	var now time.Time
	var found uint64
	err := s.each(ctx, "inspect_server", func(rows driver.Rows) error { return rows.Scan(&in.Version, &now, &found) }, named("database", s.database))
	if err != nil {
		return err
	}
	in.Blur = time.Since(asked) / 2
	in.Skew = now.Sub(asked.Add(in.Blur))
	in.Database = found > 0
	return s.each(ctx, "inspect_disks", func(rows driver.Rows) error {
		var d DiskState
		err := rows.Scan(&d.Name, &d.Free, &d.Total)
		in.Disks = append(in.Disks, d)
		return err
	})
}

func (s *Store) inspectSchema(ctx context.Context, in *Inspection) error {
	all, err := loadMigrations(migrationFiles)
	if err != nil {
		return err
	}
	version, err := s.SchemaVersion(ctx)
	in.Schema, in.Known = int(version), len(all)
	if err != nil || in.Schema != in.Known {
		return err // the tables may not be those that the questions are about
	}
	err = s.each(ctx, "inspect_parts", func(rows driver.Rows) error { return rows.Scan(&in.Parts) })
	if err != nil {
		return err
	}
	err = s.each(ctx, "inspect_marks", func(rows driver.Rows) error { return rows.Scan(&in.Marks) })
	if err != nil {
		return err
	}
	return s.each(ctx, "inspect_clocks", func(rows driver.Rows) error {
		var ms float64
		err := rows.Scan(&ms, &in.Documents)
		in.Browsers = time.Duration(ms * float64(time.Millisecond))
		return err
	})
}
