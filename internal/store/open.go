package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Config says where the store is. Only DSN is required.
type Config struct {
	// DSN is `unix:///absolute/path.sock` for the embedded engine, or what
	// clickhouse-go takes for a server: `clickhouse://user:pass@host:9000/db`,
	// `http://…`, `https://…`. It may hold a password: never log it.
	DSN string
	// Database to use and, by Migrate, to make. Default: the one in the DSN,
	// else "hindsight".
	Database string
	// MaxConns bounds the connections open at a time. Default 12: the embedded
	// engine runs 16 statements at once.
	MaxConns int
	// DialTimeout of one connection. Default 5 s.
	DialTimeout time.Duration
	// TLS is how a server is reached, where more has to be said than the DSN
	// can (`secure=true`, `https`): whom to trust, a certificate of our own. It
	// is used whatever the DSN says, and never on a socket. May be nil.
	TLS *tls.Config
}

const defaultDatabase = "hindsight"

// Store is a ClickHouse database. It is safe for concurrent use.
type Store struct {
	conn     driver.Conn
	options  *clickhouse.Options
	database string
	columns  columnTypes

	tombstones tombstones
	swept      swept
	recent     recent
	own        ownMarks
}

// Open connects and makes the database where it is missing, but no tables: see
// Migrate. The connection heals by itself when the engine restarts. An error
// holds neither the DSN nor a password.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	opt, err := cfg.options()
	if err != nil {
		return nil, err
	}
	s := &Store{options: opt, database: opt.Auth.Database}
	if err := s.createDatabase(ctx); err != nil {
		return nil, err
	}
	if s.conn, err = clickhouse.Open(opt); err != nil {
		return nil, fmt.Errorf("open store: %w", clean(err))
	}
	if err := s.Ping(ctx); err != nil {
		return nil, errors.Join(err, s.conn.Close())
	}
	return s, nil
}

// createDatabase needs a connection of its own: one that names a database
// which is not there cannot make it.
func (s *Store) createDatabase(ctx context.Context) error {
	if !plainName(s.database) {
		return fmt.Errorf("database name %q: only letters, digits and _ are allowed", s.database)
	}
	opt := *s.options
	opt.Auth.Database = ""
	conn, err := clickhouse.Open(&opt)
	if err != nil {
		return fmt.Errorf("open store: %w", clean(err))
	}
	err = conn.Exec(ctx, "CREATE DATABASE IF NOT EXISTS "+s.database)
	var refused *clickhouse.Exception
	if errors.As(err, &refused) && refused.Code == codeAccessDenied {
		err = nil // an operator made it, and gave us no right to: Ping tells whether it is there
	}
	if err != nil {
		return errors.Join(fmt.Errorf("make database %s: %w", s.database, clean(err)), conn.Close())
	}
	return conn.Close()
}

// plainName tells whether a name can stand in SQL as it is; names are the one
// thing that no parameter can carry everywhere.
func plainName(name string) bool {
	for i, r := range name {
		letter := r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}

// Ping says whether the store answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.conn.Exec(ctx, "SELECT 1"); err != nil {
		return fmt.Errorf("store does not answer: %w", clean(err))
	}
	return nil
}

// Database names the database in use.
func (s *Store) Database() string { return s.database }

// Close lets go of the connections.
func (s *Store) Close() error { return s.conn.Close() }

// Conn is the connection itself, for tests and tools that look at tables as
// they are; what serves people reads through Visible.
func (s *Store) Conn() driver.Conn { return s.conn }
