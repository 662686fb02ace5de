package store

import (
	"context"
	"embed"
	"fmt"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

//go:embed queries/*.sql
var queryFiles embed.FS

// statement returns the text of queries/NAME.sql with the conditions of
// visible.go filled in. A name that does not exist is a mistake in the program;
// a test reads every file.
func statement(name string) (string, error) {
	raw, err := queryFiles.ReadFile("queries/" + name + ".sql")
	if err != nil {
		return "", fmt.Errorf("no query %q", name)
	}
	return expandVisible(strings.TrimSpace(string(raw))), nil
}

// query runs queries/NAME.sql. Values travel as server-side parameters: args
// are clickhouse.Named values, a file says {name:Type}.
// $table stands for each of the tables; what is derived is read as FINAL has it.
func (s *Store) query(ctx context.Context, name string, tables []string, args ...any) (driver.Rows, error) {
	text, err := statement(name)
	if err != nil {
		return nil, err
	}
	if strings.Contains(text, "$table") {
		parts := make([]string, len(tables))
		for i, table := range tables {
			if table == "sessions" {
				table += " FINAL"
			}
			parts[i] = strings.ReplaceAll(text, "$table", table)
		}
		text = strings.Join(parts, "\nUNION ALL\n")
	}
	rows, err := s.conn.Query(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", name, clean(err))
	}
	return rows, nil
}

// exec runs queries/NAME.sql for its effect.
func (s *Store) exec(ctx context.Context, name string, args ...any) error {
	text, err := statement(name)
	if err != nil {
		return err
	}
	if err := s.conn.Exec(ctx, text, args...); err != nil {
		return fmt.Errorf("query %s: %w", name, clean(err))
	}
	return nil
}

// each runs queries/NAME.sql and calls scan for every row; scan must not keep
// rows. An error of scan ends it.
func (s *Store) each(ctx context.Context, name string, scan func(driver.Rows) error, args ...any) error {
	return s.eachOf(ctx, nil, name, scan, args...)
}

// eachOf is each for a file that says $table: asked of each of the tables, and all
// answers together.
func (s *Store) eachOf(ctx context.Context, tables []string, name string, scan func(driver.Rows) error, args ...any) error {
	rows, err := s.query(ctx, name, tables, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("query %s: %w", name, clean(err))
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("query %s: %w", name, clean(err))
	}
	return nil
}

// named is clickhouse.Named under a short name: almost every call needs it.
func named(name string, value any) driver.NamedValue { return clickhouse.Named(name, value) }
