package store_test

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/internal/store"
)

// row is a row as a test writes it: only the columns that matter to it.
type row map[string]any

// insertRows writes rows that all name the same columns, as they are, past the
// writing side: reads must be right about whatever lies in the tables.
func insertRows(t *testing.T, s *store.Store, table string, rows ...row) {
	t.Helper()
	columns := slices.Sorted(maps.Keys(rows[0]))
	ctx := context.Background()
	batch, err := s.Conn().PrepareBatch(ctx, "INSERT INTO "+table+" ("+strings.Join(columns, ", ")+")")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		values := make([]any, len(columns))
		for i, c := range columns {
			v, ok := r[c]
			if !ok || len(r) != len(columns) {
				t.Fatalf("rows of %s differ in their columns", table)
			}
			values[i] = v
		}
		if err := batch.Append(values...); err != nil {
			t.Fatal(err)
		}
	}
	if err := batch.Send(); err != nil {
		t.Fatal(err)
	}
}

// with returns a copy of a row with some columns set.
func (r row) with(more row) row {
	out := maps.Clone(r)
	maps.Copy(out, more)
	return out
}

// makeSession is a session id of a day.
func makeSession(day time.Time, n byte) string {
	var id [16]byte
	binary.BigEndian.PutUint16(id[:], uint16(day.Unix()/86400)) // a test's day
	id[15] = n
	return hex.EncodeToString(id[:])
}

func makeDocument(n byte) string { return strings.Repeat("0", 30) + hex.EncodeToString([]byte{n}) }

// bytes16 is the column value of an id.
func bytes16(t *testing.T, id string) string {
	t.Helper()
	raw, err := hex.DecodeString(id)
	if err != nil || len(raw) != 16 {
		t.Fatalf("id %q", id)
	}
	return string(raw)
}
