package store_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

// ofEveryTable are records that have rows for every table, with values at the
// edges of what columns hold, and more texts than one byte tells apart.
func ofEveryTable() []*store.Record {
	var out []*store.Record
	for i := range 300 {
		n := byte(i)
		text := fmt.Sprintf("ü %d \x00\n'", i)
		at := readNow.UnixMilli() + int64(i)
		r := &store.Record{
			Identity: store.Identity{Site: "s", Session: [16]byte{80, 7, n, byte(i >> 8)}, Document: [16]byte{15: n}, Sequence: 1<<32 - 1 - uint32(i)},
			Batch: store.BatchRow{
				Tab: 1<<64 - 1, Visitor: [16]byte{1, n}, Flags: 1<<16 - 1, Consent: 3, View: uint16(i), Path: "/" + text, FirstAt: at, LastAt: at + 5, OffsetMS: -250,
				OffsetSource: store.OffsetHandshake, ReceivedAt: at, SentAt: at, Via: "ws", Browser: text, Device: []string{"", "mobile"}[i%2], Country: "DE", ReplayState: store.ReplayKept,
			},
			Views:      []store.ViewRow{{Index: 1, At: at, Path: text, Title: text, DPR: 1.5, ViewportW: 1<<16 - 1, DocumentH: 1<<32 - 1}},
			Hits:       []store.HitRow{{Path: text, Kind: store.HitLoad, MS: 1.25}},
			Events:     []store.EventRow{{Index: 2, At: at, Kind: "click", Name: text, Value: -1e9, Data: `{"a":1}`}, {Index: 3, At: at, Kind: text}},
			HeatPoints: []store.HeatRow{{Path: "/", Kind: store.HeatClick, At: at, Selector: text, X: -1 << 31, Y: 1<<31 - 1, Device: text}},
			Traces:     []store.TraceRow{{Path: "/", Kind: store.TraceMove, At: at, X: make([]int32, i%3), Y: make([]int32, i%3), Weight: make([]uint32, i%3)}, {Index: 1, Kind: store.TraceAttention, At: at, X: []int32{-5}, Y: []int32{7}, Weight: []uint32{1<<32 - 1}}},
			Chunk:      &store.ChunkRow{Codec: store.ChunkDeflate, FirstTS: -at, LastTS: at, Events: 3, Payload: []byte{0, 0xff, n}},
			Snapshots:  []store.SnapshotRow{{Path: text, At: at, Bytes: 7}},
			Sheets:     []store.SheetRow{{Index: 1, TS: at, ID: "0011223344556677", Hash: [32]byte{n, 31: 1}, Bytes: 2, Payload: []byte{n}}},
			Consents:   []store.ConsentRow{{Key: [16]byte{n, byte(i >> 8)}, At: at, State: "granted", Version: text, URL: "https://a.example/"}},
			Protected:  []int64{int64(i), 1 << 62},
		}
		out = append(out, r)
	}
	return append(out, &store.Record{Identity: store.Identity{Site: "s", Session: [16]byte{80, 8}}, Batch: store.BatchRow{FirstAt: 1, LastAt: 1}})
}

// TestBlocksAreThoseOfTheDriver: what is written as whole blocks lies in the
// tables as what the driver writes column by column; and there is no table
// whose rows cannot be written so.
func TestBlocksAreThoseOfTheDriver(t *testing.T) {
	ctx := context.Background()
	records := ofEveryTable()
	ours, theirs := storetest.Open(t), storetest.Open(t)
	sizes, err := ours.Blocks(ctx, records)
	if err != nil {
		t.Fatal(err)
	}
	for table, size := range sizes {
		if size < 100 {
			t.Errorf("a block of %s has %d bytes: the records hold no row of it", table, size)
		}
	}
	for _, s := range []*store.Store{ours, theirs.ByColumns()} {
		if rejected, err := s.Write(ctx, records); err != nil || len(rejected) > 0 {
			t.Fatal(err, len(rejected))
		}
	}
	got, err := storetest.DumpAll(ctx, ours)
	if err != nil {
		t.Fatal(err)
	}
	want, err := storetest.DumpAll(ctx, theirs)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-driver +blocks)\n%s", diff)
	}
	if len(got["events"]) < 600 || len(got["protected_fields"]) < 300 {
		t.Errorf("%d events and %d rows of protected fields stored", len(got["events"]), len(got["protected_fields"]))
	}
}
