// Package conformance is one suite of what the program needs of a ClickHouse,
// written against clickhouse-go/v2 alone. The embedded engine must pass it, and
// so must a server: what passes on both may be relied upon.
package conformance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// Target is a ClickHouse to test.
type Target struct {
	// Options returns fresh options for a connection; the suite changes them.
	Options func() *clickhouse.Options
	// Database is one that the suite may create and drop.
	Database string
}

// patience bounds every statement of the suite. It is there so that a hang
// fails; no result depends on it.
const patience = 2 * time.Minute

// Run runs the whole suite.
func Run(t *testing.T, target Target) {
	s := &suite{Target: target}
	conn := s.open(t, nil)
	s.exec(t, conn, "DROP DATABASE IF EXISTS "+s.Database+" SYNC")
	s.exec(t, conn, "CREATE DATABASE "+s.Database)
	t.Cleanup(func() {
		if !t.Failed() {
			s.exec(t, conn, "DROP DATABASE "+s.Database+" SYNC")
		}
	})
	for _, c := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"Tables", s.tables}, {"Replacing", s.replacing}, {"Collapsing", s.collapsing}, {"Aggregates", s.aggregates},
		{"Columns", s.columns}, {"Blobs", s.blobs}, {"Compression", s.compression}, {"Synced", s.synced},
		{"Truncated", s.truncated}, {"Locks", s.locks}, {"InsertSelect", s.insertSelect}, {"InlineValues", s.inlineValues},
		{"Parameters", s.parameters}, {"Streaming", s.streaming}, {"Metadata", s.metadata}, {"Settings", s.settings},
		{"Changes", s.changes}, {"Exceptions", s.exceptions}, {"LateException", s.lateException},
		{"Cancel", s.cancel}, {"Kill", s.kill}, {"Concurrency", s.concurrency},
	} {
		t.Run(c.name, c.run)
	}
}

type suite struct{ Target }

// open connects with options changed by change. The connection closes with t.
func (s *suite) open(t *testing.T, change func(*clickhouse.Options)) clickhouse.Conn {
	t.Helper()
	o := s.Options()
	if change != nil {
		change(o)
	}
	conn, err := clickhouse.Open(o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// in connects to the suite's database.
func (s *suite) in(t *testing.T) clickhouse.Conn {
	t.Helper()
	return s.open(t, func(o *clickhouse.Options) { o.Auth.Database = s.Database })
}

func ctx(t *testing.T) context.Context {
	c, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return c
}

func (s *suite) exec(t *testing.T, conn clickhouse.Conn, sql string, args ...any) {
	t.Helper()
	c, cancel := context.WithTimeout(context.Background(), patience) // also in Cleanup
	defer cancel()
	if err := conn.Exec(c, sql, args...); err != nil {
		t.Fatalf("%s: %v", firstLine(sql), err)
	}
}

// want runs a query and compares its rows, printed with %v and joined.
func (s *suite) want(t *testing.T, conn clickhouse.Conn, want, sql string, args ...any) {
	t.Helper()
	got, err := rows(ctx(t), conn, sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", firstLine(sql), err)
	}
	if got != want {
		t.Errorf("%s\n got %s\nwant %s", firstLine(sql), got, want)
	}
}

// rows runs a query whose result is one string column.
func rows(c context.Context, conn clickhouse.Conn, sql string, args ...any) (string, error) {
	r, err := conn.Query(c, sql, args...)
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }()
	var out []string
	for r.Next() {
		var v string
		if err := r.Scan(&v); err != nil {
			return "", err
		}
		out = append(out, v)
	}
	return strings.Join(out, "|"), r.Err()
}

// code is the exception code of an error, or 0.
func code(err error) int32 {
	var e *clickhouse.Exception
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

func firstLine(sql string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(sql), "\n")
	return fmt.Sprintf("%.120s", line)
}
