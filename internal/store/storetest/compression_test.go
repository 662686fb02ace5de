package storetest_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"hindsight/internal/engine/enginetest"
	"hindsight/internal/store"
)

// TestCompression: inserts do not wait for a thorough compression, merges make
// up for it, and no column keeps to one by itself but those that hold what is
// compressed already.
func TestCompression(t *testing.T) {
	ctx := context.Background()
	s, err := store.Open(ctx, store.Config{DSN: "unix://" + enginetest.Start(t).Socket()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	texts := func(query string) (out []string) {
		t.Helper()
		if err := s.Conn().QueryRow(ctx, query).Scan(&out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	const parts = "SELECT groupUniqArray(default_compression_codec) FROM system.parts WHERE database = currentDatabase() AND active AND table = "
	records := randomRecords(rand.New(rand.NewPCG(10, 10)), 200)
	if _, err := s.Write(ctx, records); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"batches", "events", "page_hits", "heat_traces", "recording_chunks"} {
		if got := texts(parts + "'" + table + "'"); !slices.Equal(got, []string{"LZ4"}) {
			t.Errorf("an insert into %s is compressed by %v, want LZ4", table, got)
		}
		if err := s.Conn().Exec(ctx, "OPTIMIZE TABLE "+table+" FINAL"); err != nil {
			t.Fatal(err)
		}
		if got := texts(parts + "'" + table + "'"); !slices.Equal(got, []string{"ZSTD(1)"}) {
			t.Errorf("merged, %s is compressed by %v, want ZSTD(1)", table, got)
		}
	}
	own := texts(`SELECT groupArray(table || '.' || name) FROM system.columns WHERE database = currentDatabase()
		AND compression_codec NOT IN ('', 'CODEC(NONE)', 'CODEC(Default)')`)
	if len(own) > 0 {
		t.Errorf("columns with a codec of their own, which inserts pay for: %v", own)
	}
}
