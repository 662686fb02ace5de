package storetest_test

import (
	"context"
	"testing"
	"time"

	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

// TestInspect: a store says of itself what an operator has to know, and looking
// makes nothing.
func TestInspect(t *testing.T) {
	s, cfg := storetest.OpenConfig(t)
	ctx := context.Background()
	away := cfg
	away.Database += "_not_there"
	in, err := store.Inspect(ctx, away)
	if err != nil || in.Database || in.Version == "" || len(in.Disks) == 0 || in.Disks[0].Total == 0 {
		t.Fatalf("%+v, %v", in, err)
	}
	var n uint64
	if err := s.Conn().QueryRow(ctx, "SELECT count() FROM system.databases WHERE name = currentDatabase() || '_not_there'").Scan(&n); err != nil || n != 0 {
		t.Errorf("looking made a database: %d, %v", n, err)
	}
	day := time.Now().UTC().Truncate(24 * time.Hour)
	var records []*store.Record
	for i := range byte(3) {
		r := &store.Record{Identity: store.Identity{Site: "shop", Document: [16]byte{i}, Sequence: 1}}
		days := uint16(day.Unix() / 86400)
		r.Session = [16]byte{byte(days >> 8), byte(days), i}
		r.Batch = store.BatchRow{OffsetMS: int64(i) * 1000, OffsetSource: store.OffsetHandshake, FirstAt: day.UnixMilli(), LastAt: day.UnixMilli(), ReceivedAt: day.UnixMilli(), SentAt: day.UnixMilli()}
		records = append(records, r)
	}
	write(t, s, records)
	in, err = store.Inspect(ctx, cfg)
	if err != nil || !in.Database || in.Schema != in.Known || in.Known == 0 || in.Parts == 0 {
		t.Fatalf("%+v, %v", in, err)
	}
	if in.Marks != 3 || in.Documents != 3 || in.Browsers != time.Second {
		t.Errorf("%d marks, %d documents, clocks in the middle %v off; want 3, 3, 1s", in.Marks, in.Documents, in.Browsers)
	}
	if in.Skew.Abs() > in.Blur+time.Second {
		t.Errorf("the clock of this very machine is said to be %v off, give or take %v", in.Skew, in.Blur)
	}
}
