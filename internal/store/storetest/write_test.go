package storetest_test

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

// TestOneBadRecordLeavesItsNeighbours has the store refuse one record's row.
func TestOneBadRecordLeavesItsNeighbours(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	err := s.Conn().Exec(ctx, "ALTER TABLE events ADD CONSTRAINT honest CHECK name != 'poison'")
	if err != nil {
		t.Fatal(err)
	}
	records := randomRecords(rand.New(rand.NewPCG(3, 3)), 12)
	bad := records[len(records)/3]
	bad.Events = append(bad.Events, store.EventRow{Index: 99, Kind: "event", Name: "poison", Data: "{}"})

	rejected, err := s.Write(ctx, records)
	if err != nil {
		t.Fatal(err)
	}
	if len(rejected) != 1 || rejected[0].Record != bad || rejected[0].Err == nil {
		t.Fatalf("rejected %v; want the one bad record", rejected)
	}
	if strings.Contains(rejected[0].Err.Error(), "poison") {
		t.Errorf("the error repeats the row's content: %v", rejected[0].Err)
	}
	rows, err := storetest.Dump(ctx, s, "batches")
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < len(records)-1 {
		t.Errorf("%d of %d batches stored; want all but the bad one", len(rows), len(records))
	}
}

// TestWriteManyDays stores more days than one insert may touch.
func TestWriteManyDays(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t)
	records := onDays(rand.New(rand.NewPCG(5, 5)), 230)
	write(t, s, records)
	drain(t, newDeriver(t, s, store.DeriverConfig{}))
	checkDerived(t, s, records)
}

// onDays are sessions of a day each, in any order.
func onDays(rng *rand.Rand, days int) (records []*store.Record) {
	for day := range days {
		session := randomID(rng)
		binary.BigEndian.PutUint16(session[:], uint16(19000+day))
		at := time.Unix(int64(19000+day)*86400, 0).UnixMilli()
		r := &store.Record{Identity: store.Identity{Site: "s", Session: session, Document: randomID(rng), Sequence: 1}}
		r.Batch = store.BatchRow{Path: "/", FirstAt: at, LastAt: at, OffsetSource: store.OffsetHandshake, ReceivedAt: at, SentAt: at}
		addView(rng, r, "/")
		records = append(records, r)
	}
	rng.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	return records
}

// TestWriteFailsWhole: a store that is not well gives an error and no rejection.
func TestWriteFailsWhole(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	records := randomRecords(rand.New(rand.NewPCG(8, 8)), 2)
	write(t, s, records)
	if err := s.Conn().Exec(ctx, "DROP TABLE snapshots"); err != nil {
		t.Fatal(err)
	}
	records[0].Snapshots = []store.SnapshotRow{{Path: "/"}}
	rejected, err := s.Write(ctx, records)
	if err == nil || len(rejected) > 0 {
		t.Errorf("Write into a store without a table: %d rejected, %v; want an error alone", len(rejected), err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Write(ended, records); err == nil {
		t.Error("Write with a context that has ended gives no error")
	}
}
