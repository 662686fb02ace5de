package storetest_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"go.uber.org/zap"

	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

// manySessions writes sessions of one day: three batches each, with a view,
// clicks and a protected field.
func manySessions(b *testing.B, s *store.Store, sessions int) []store.Document {
	b.Helper()
	rng := rand.New(rand.NewPCG(1, 1))
	documents := make([]store.Document, 0, sessions)
	var records []*store.Record
	for i := range sessions {
		id := store.Identity{Site: "shop", Session: randomID(rng), Document: randomID(rng)}
		binary.BigEndian.PutUint16(id.Session[:], uint16(randomDay.Unix()/86400))
		documents = append(documents, store.Document{Site: id.Site, Session: id.Session, Document: id.Document})
		for sequence := range uint32(3) {
			at := randomDay.UnixMilli() + int64(sequence)*2000
			r := &store.Record{Identity: id, Protected: []int64{7}}
			r.Sequence = sequence + 1
			r.Batch = store.BatchRow{Path: "/", FirstAt: at, LastAt: at + 2000, ReceivedAt: at, SentAt: at, Clicks: 4, Views: 1, OffsetSource: store.OffsetHandshake}
			r.Views = []store.ViewRow{{Path: "/", At: at}}
			for n := range uint16(4) {
				r.Events = append(r.Events, store.EventRow{Index: n + 1, At: at + int64(n)*100, Kind: "click", Path: "/", Name: "button", Data: fmt.Sprintf(`{"fx":0.5,"fy":0.5,"x":%d,"y":20,"ptr":"mouse"}`, n)})
			}
			records = append(records, r)
		}
		if len(records) >= 6000 || i == sessions-1 {
			if rejected, err := s.Write(context.Background(), records); err != nil || len(rejected) > 0 {
				b.Fatal(err, len(rejected))
			}
			records = records[:0]
		}
	}
	return documents
}

// BenchmarkDerive derives 20,000 sessions of a day anew, as a rebuild does.
func BenchmarkDerive(b *testing.B) {
	s := storetest.Open(b)
	manySessions(b, s, 20_000)
	d := store.NewDeriver(s, store.DeriverConfig{}, zap.NewNop(), nil)
	for b.Loop() {
		if p, err := d.Rebuild(context.Background(), nil); err != nil || p.Sessions != 20_000 {
			b.Fatal(p, err)
		}
	}
}

// BenchmarkRecall asks what was shown of 2,000 of 20,000 documents, as a
// processor does that begins in the middle of them.
func BenchmarkRecall(b *testing.B) {
	s := storetest.Open(b)
	documents := manySessions(b, s, 20_000)
	for b.Loop() {
		found, err := s.ProtectedFields(context.Background(), documents[9000:11_000], 2000)
		if err != nil || len(found) != 2000 {
			b.Fatal(len(found), err)
		}
	}
}
