package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"hindsight/internal/native"
)

// columnTypes remembers the types of a table's columns, so that an insert over
// HTTP need not ask for them each time.
type columnTypes struct {
	mu     sync.Mutex
	tables map[string]map[string]string
}

// typesOf gives the types of the named columns in their order.
func (s *Store) typesOf(ctx context.Context, table string, columns []column) ([]clickhouse.ColumnNameAndType, error) {
	s.columns.mu.Lock()
	defer s.columns.mu.Unlock()
	if s.columns.tables[table] == nil {
		if err := s.readColumns(ctx); err != nil {
			return nil, err
		}
	}
	known := s.columns.tables[table]
	out := make([]clickhouse.ColumnNameAndType, len(columns))
	for i, c := range columns {
		if known[c.name] == "" {
			return nil, fmt.Errorf("table %s has no column %s: is the store migrated?", table, c.name)
		}
		out[i] = clickhouse.ColumnNameAndType{Name: c.name, Type: known[c.name]}
	}
	return out, nil
}

// readColumns asks for the columns of all tables at once: who writes to one soon
// writes to the others.
func (s *Store) readColumns(ctx context.Context) error {
	tables := map[string]map[string]string{}
	err := s.each(ctx, "write_columns", func(rows driver.Rows) error {
		var table, name, typ string
		err := rows.Scan(&table, &name, &typ)
		if tables[table] == nil {
			tables[table] = map[string]string{}
		}
		tables[table][name] = typ
		return err
	})
	if err == nil {
		s.columns.tables = tables
	}
	return err
}

// column is one column of an insert: a native.Source with a value for each row.
type column struct {
	name   string
	values any
}

// each makes a column of what get finds in each row. It is asked when the column
// is written, and again if that is tried again.
func each[T, V any](name string, rows []T, get func(*T) V) column {
	return column{name, native.Source[V]{Rows: len(rows), Fill: func(from int, into []V) {
		for i := range into {
			into[i] = get(&rows[from+i])
		}
	}}}
}

// tableRows is an insert into one table.
type tableRows struct {
	table   string
	count   int
	columns []column
}

// appendColumn gives a column of the driver's its values. It takes lists of
// lists by reflection, each number by itself, unless it is given them row by
// row, and knows days as times only.
func appendColumn(to driver.BatchColumn, source any) error {
	all, ok := source.(interface{ All() any })
	if !ok {
		return errContent
	}
	switch values := all.All().(type) {
	case []native.Day:
		times := make([]time.Time, len(values))
		for i, day := range values {
			times[i] = day.Time()
		}
		return to.Append(times)
	case [][]int32:
		return appendRows(to, values)
	case [][]uint32:
		return appendRows(to, values)
	default:
		return to.Append(values)
	}
}

func appendRows[T any](to driver.BatchColumn, rows []T) error {
	for _, row := range rows {
		if err := to.AppendRow(row); err != nil {
			return err
		}
	}
	return nil
}

// tableRow is a row with the identity of the batch it belongs to.
type tableRow[T any] struct {
	*Identity
	v *T
}

// flatten gathers the rows of one table from all records.
func flatten[T any](records []*Record, of func(*Record) []T) []tableRow[T] {
	n := 0
	for _, r := range records {
		n += len(of(r))
	}
	out := make([]tableRow[T], 0, n)
	for _, r := range records {
		rows := of(r)
		for i := range rows {
			out = append(out, tableRow[T]{&r.Identity, &rows[i]})
		}
	}
	return out
}

// single gathers what each record has one of, or none.
func single[T any](records []*Record, of func(*Record) *T) []tableRow[T] {
	out := make([]tableRow[T], 0, len(records))
	for _, r := range records {
		if row := of(r); row != nil {
			out = append(out, tableRow[T]{&r.Identity, row})
		}
	}
	return out
}

// collect makes a column of what get finds in each row.
func collect[T, V any](name string, rows []tableRow[T], get func(tableRow[T]) V) column {
	return column{name, native.Source[V]{Rows: len(rows), Fill: func(from int, into []V) {
		for i := range into {
			into[i] = get(rows[from+i])
		}
	}}}
}

// identity makes the columns that every raw table has.
func identity[T any](rows []tableRow[T]) []column {
	return []column{
		collect("day", rows, func(r tableRow[T]) native.Day { return dayNumber(r.Session) }),
		collect("site", rows, func(r tableRow[T]) string { return r.Site }),
		collect("session", rows, func(r tableRow[T]) [16]byte { return r.Session }),
		collect("document", rows, func(r tableRow[T]) [16]byte { return r.Document }),
		collect("sequence", rows, func(r tableRow[T]) uint32 { return r.Sequence }),
	}
}
