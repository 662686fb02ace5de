package store

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestRowsLieInTheOrderOfTheirTables: the rows of tables that are sorted by page
// go to the engine in that order, all of them and each once, and those of a
// batch in the order of its signals.
func TestRowsLieInTheOrderOfTheirTables(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var records []*Record
	rows := 0
	for range 200 {
		r := &Record{Identity: Identity{Site: string(rune('a' + rng.IntN(2))), Session: [16]byte{byte(rng.IntN(20))}, Sequence: rng.Uint32N(50)}}
		for range rng.IntN(6) {
			r.Traces = append(r.Traces, TraceRow{Path: string(rune('a' + rng.IntN(3))), Kind: int8(rng.IntN(2)), ViewportW: uint16(rng.IntN(2)), Index: uint16(len(r.Traces))})
			r.Events = append(r.Events, EventRow{Index: uint16(rng.IntN(9))})
			rows++
		}
		records = append(records, r)
	}
	flat := grouped(flatten(inOrder(records), func(r *Record) []TraceRow { return r.Traces }),
		func(t *TraceRow) beginning { return beginning{path: t.Path, kind: t.Kind, width: t.ViewportW} })
	inTable := func(a, b tableRow[TraceRow]) int {
		return cmp.Or(cmp.Compare(a.Site, b.Site), cmp.Compare(a.v.Path, b.v.Path), cmp.Compare(a.v.Kind, b.v.Kind), cmp.Compare(a.v.ViewportW, b.v.ViewportW),
			bytes.Compare(a.Session[:], b.Session[:]), cmp.Compare(a.Sequence, b.Sequence))
	}
	if !slices.IsSortedFunc(flat, inTable) {
		t.Error("rows are not in the order of the table")
	}
	seen := map[*TraceRow]bool{}
	for _, r := range flat {
		seen[r.v] = true
	}
	if len(flat) != rows || len(seen) != rows {
		t.Errorf("%d rows, %d different, want %d", len(flat), len(seen), rows)
	}
	for _, r := range records {
		before := slices.Clone(r.Events)
		events := byIndex(flatten([]*Record{r, r}, func(r *Record) []EventRow { return r.Events }), func(e *EventRow) uint16 { return e.Index })
		for half := range slices.Chunk(events, max(1, len(r.Events))) { // each record by itself
			if len(half) != len(r.Events) || !slices.IsSortedFunc(half, func(a, b tableRow[EventRow]) int { return cmp.Compare(a.v.Index, b.v.Index) }) {
				t.Error("events of a batch are not in the order of its signals")
			}
		}
		if !slices.Equal(before, r.Events) {
			t.Error("the record itself was changed")
		}
	}
}

// TestInOrder: records lie as their identities do, and those of one as they came.
func TestInOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var records []*Record
	for range 3000 {
		r := &Record{Identity: Identity{Site: []string{"a", "a", "b", "ab"}[rng.IntN(4)], Sequence: rng.Uint32N(3)}}
		// A byte of each half, which may be below or above the others' sign.
		r.Session[rng.IntN(16)] = []byte{1, 0x7f, 0x80, 0xff}[rng.IntN(4)]
		r.Document[rng.IntN(16)] = []byte{1, 0x80}[rng.IntN(2)]
		records = append(records, r)
	}
	want := slices.Clone(records)
	slices.SortStableFunc(want, func(a, b *Record) int {
		return cmp.Or(strings.Compare(a.Site, b.Site), bytes.Compare(a.Session[:], b.Session[:]),
			bytes.Compare(a.Document[:], b.Document[:]), cmp.Compare(a.Sequence, b.Sequence))
	})
	before := slices.Clone(records)
	if !slices.Equal(inOrder(records), want) {
		t.Error("records are not in the order of the tables")
	}
	if !slices.Equal(records, before) {
		t.Error("the list that came was changed")
	}
}
