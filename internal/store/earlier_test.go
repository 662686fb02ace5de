package store_test

import (
	"context"
	"testing"
	"time"

	"hindsight/internal/native"
	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

// TestEarlier: a session that is stored is told as such, whatever becomes of it;
// one that came later is not, nor one of the same id on another site; and where
// it cannot be known, of days long past and of too many, all are told as stored.
func TestEarlier(t *testing.T) {
	ctx := context.Background()
	s := storetest.Open(t)
	now := time.Date(2026, 3, 5, 0, 10, 0, 0, time.UTC)
	record := func(site string, day time.Time, n byte) *store.Record {
		number := native.DayOf(day)
		return &store.Record{Identity: store.Identity{Site: site, Session: [16]byte{byte(number >> 8), byte(number), 15: n}}, Batch: store.BatchRow{FirstAt: day.UnixMilli(), LastAt: day.UnixMilli()}}
	}
	today, yesterday, deleted := record("a", now, 1), record("a", now.AddDate(0, 0, -1), 2), record("a", now, 3)
	old, later, elsewhere := record("a", now.AddDate(0, 0, -2), 4), record("a", now, 5), record("b", now, 1)
	if rejected, err := s.Write(ctx, []*store.Record{today, yesterday, deleted}); err != nil || len(rejected) > 0 {
		t.Fatal(err, len(rejected))
	}
	if _, err := s.Write(ctx, []*store.Record{today}); err != nil { // once more, in another part
		t.Fatal(err)
	}
	e, err := s.EarlierAt(ctx, now, 3)
	if err != nil {
		t.Fatal(err)
	}
	if rejected, err := s.Write(ctx, []*store.Record{later}); err != nil || len(rejected) > 0 {
		t.Fatal(err, len(rejected))
	}
	for _, c := range []struct {
		what   string
		record *store.Record
		want   bool
	}{
		{"of today", today, true}, {"of yesterday", yesterday, true}, {"of another", deleted, true},
		{"of a day before", old, true}, {"that came later", later, false}, {"of another site", elsewhere, false},
	} {
		if got := e.Has(c.record.Site, c.record.Session); got != c.want {
			t.Errorf("a session %s is told as stored: %t, want %t", c.what, got, c.want)
		}
	}
	if full, err := s.EarlierAt(ctx, now, 3); err != nil || !full.Has("a", record("a", now, 9).Session) {
		t.Errorf("%v; of more sessions than are counted one is told as not stored", err)
	}
	if none := (*store.Earlier)(nil); !none.Has("a", later.Session) {
		t.Error("who knows nothing tells a session as not stored")
	}
}
