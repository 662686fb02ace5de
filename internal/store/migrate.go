package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// ErrNewerSchema says that a newer program has migrated this store.
var ErrNewerSchema = errors.New("the store was migrated by a newer version of hindsight; use that version, or another database")

// Migrate brings the schema to what this program knows, step by step, and
// returns how many steps it took. Several processes may call it at once: one
// works, the others wait. It refuses a newer schema with ErrNewerSchema.
func (s *Store) Migrate(ctx context.Context) (steps int, err error) {
	all, err := loadMigrations(migrationFiles)
	if err != nil {
		return 0, err
	}
	if err := s.exec(ctx, "migrate_create"); err != nil {
		return 0, err
	}
	if done, err := s.upToDate(ctx, all); err != nil || done {
		return 0, err
	}
	unlock, err := s.lockMigrations(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	return s.applyMissing(ctx, all)
}

func (s *Store) applyMissing(ctx context.Context, all []migration) (steps int, err error) {
	current, err := s.SchemaVersion(ctx)
	if err != nil {
		return 0, err
	}
	for _, step := range all {
		if step.number <= current {
			continue
		}
		for i, text := range step.statements {
			if err := s.conn.Exec(ctx, text); err != nil {
				// The full text: a migration holds no values, and an operator needs the reason.
				return steps, fmt.Errorf("migration %04d_%s, statement %d: %w", step.number, step.name, i+1, err)
			}
		}
		if err := s.exec(ctx, "migrate_record", named("number", step.number), named("name", step.name)); err != nil {
			return steps, err
		}
		steps++
	}
	return steps, nil
}

func (s *Store) upToDate(ctx context.Context, all []migration) (bool, error) {
	current, err := s.SchemaVersion(ctx)
	switch {
	case err != nil:
		return false, err
	case int(current) > len(all):
		return false, fmt.Errorf("%w (its schema is %d, this program knows up to %d)", ErrNewerSchema, current, len(all))
	}
	return int(current) == len(all), nil
}

// SchemaVersion is the number of the newest migration that was completed, 0 in
// a fresh database.
func (s *Store) SchemaVersion(ctx context.Context) (uint32, error) {
	var version uint32
	err := s.each(ctx, "migrate_version", func(rows driver.Rows) error { return rows.Scan(&version) })
	var refused *clickhouse.Exception
	if errors.As(err, &refused) && refused.Code == codeUnknownTable {
		return 0, nil
	}
	return version, err
}

// CheckSchema says whether the schema is the one this program knows; for
// processes that must not migrate themselves.
func (s *Store) CheckSchema(ctx context.Context) error {
	all, err := loadMigrations(migrationFiles)
	if err != nil {
		return err
	}
	done, err := s.upToDate(ctx, all)
	if err == nil && !done {
		err = errors.New("the store's schema is older than this program: run `hindsight migrate`")
	}
	return err
}

const (
	lockPoll  = 200 * time.Millisecond
	lockStale = 60 * time.Second
)

// lockMigrations waits for the lock: a table, because its creation is the one
// operation that succeeds for one client only, on any ClickHouse. A lock whose
// holder died is taken over after a minute, or at once where the server has been
// started since: no migration outlives that. That two work at once after a
// take-over is harmless: every statement may be run twice.
func (s *Store) lockMigrations(ctx context.Context) (unlock func() error, err error) {
	for {
		err := s.exec(ctx, "migrate_lock")
		if err == nil {
			return func() error { return s.exec(context.WithoutCancel(ctx), "migrate_unlock") }, nil
		}
		var refused *clickhouse.Exception
		if !errors.As(err, &refused) || refused.Code != codeTableExists {
			return nil, err
		}
		var age uint64
		var outlived bool
		err = s.each(ctx, "migrate_lock_age", func(rows driver.Rows) error { return rows.Scan(&age, &outlived) })
		if err != nil {
			return nil, err
		}
		if outlived || time.Duration(age)*time.Second > lockStale {
			if err := s.exec(ctx, "migrate_unlock"); err != nil {
				return nil, err
			}
			continue
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for another process that migrates the store: %w", ctx.Err())
		case <-time.After(lockPoll):
		}
	}
}
