// Package storetest compares what two stores hold, or one store at two
// moments, row by row, and gives tests a store on a real engine.
package storetest

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Row is a row as text: column name to value, binary columns in hexadecimal.
type Row map[string]string

// Tables are what storing a log fills: the raw tables and the derived ones.
func Tables() []string {
	return []string{
		"batches", "page_views", "page_hits", "events", "heat_points", "heat_traces", "recording_chunks", "snapshots", "session_sheets", "style_sheets", "protected_fields",
		"consents",
		"sessions", "page_days",
	}
}

// Source is where rows are read from; *store.Store is one.
type Source interface {
	Conn() driver.Conn
}

// Dump reads a whole table as an exact reader sees it (FINAL), in the order of
// its sorting key.
func Dump(ctx context.Context, s Source, table string) ([]Row, error) {
	names, exprs, key, err := describe(ctx, s, table)
	if err != nil {
		return nil, err
	}
	// Names come from the server's own catalogue; a test may build SQL of them.
	rows, err := s.Conn().Query(ctx, fmt.Sprintf("SELECT [%s] FROM %s FINAL ORDER BY %s", strings.Join(exprs, ", "), table, key))
	if err != nil {
		return nil, fmt.Errorf("dump %s: %w", table, err)
	}
	defer func() { _ = rows.Close() }()
	var out []Row
	for rows.Next() {
		var values []string
		if err := rows.Scan(&values); err != nil {
			return nil, fmt.Errorf("dump %s: %w", table, err)
		}
		row := make(Row, len(names))
		for i, name := range names {
			row[name] = values[i]
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

func describe(ctx context.Context, s Source, table string) (names, exprs []string, key string, err error) {
	rows, err := s.Conn().Query(ctx,
		"SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String} ORDER BY position",
		clickhouse.Named("table", table))
	if err != nil {
		return nil, nil, "", fmt.Errorf("describe %s: %w", table, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name, typ string
		if err := rows.Scan(&name, &typ); err != nil {
			return nil, nil, "", fmt.Errorf("describe %s: %w", table, err)
		}
		names = append(names, name)
		if strings.HasPrefix(typ, "FixedString") || name == "payload" {
			exprs = append(exprs, "hex("+name+")")
		} else {
			exprs = append(exprs, "toString("+name+")")
		}
	}
	if err := rows.Err(); err != nil {
		return nil, nil, "", err
	}
	if len(names) == 0 {
		return nil, nil, "", fmt.Errorf("there is no table %s", table)
	}
	err = s.Conn().QueryRow(ctx,
		"SELECT sorting_key FROM system.tables WHERE database = currentDatabase() AND name = {table:String}",
		clickhouse.Named("table", table)).Scan(&key)
	return names, exprs, key, err
}

// DumpAll dumps every table of Tables.
func DumpAll(ctx context.Context, s Source) (map[string][]Row, error) {
	all := map[string][]Row{}
	for _, table := range Tables() {
		rows, err := Dump(ctx, s, table)
		if err != nil {
			return nil, err
		}
		all[table] = rows
	}
	return all, nil
}

// differences between two rows, but for the columns to leave out.
func differences(a, b Row, except map[string]bool) []string {
	var out []string
	for name, value := range a {
		if !except[name] && b[name] != value {
			out = append(out, fmt.Sprintf("%s: %q, then %q", name, value, b[name]))
		}
	}
	sort.Strings(out)
	return out
}
