package storetest_test

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap/zaptest"

	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

// todays are random records of sessions of today.
func todays(rng *rand.Rand, sessions int) []*store.Record {
	records := randomRecords(rng, sessions)
	day := uint16(time.Now().Unix() / (24 * 60 * 60))
	for _, r := range records {
		binary.BigEndian.PutUint16(r.Session[:], day)
	}
	return records
}

// writer is a process that writes what the log says, and derives.
type writer struct {
	*store.Store
	deriver *store.Deriver
	metrics *prometheus.Registry
	earlier *store.Earlier
}

// begin is the start of a generation of the group.
func begin(t *testing.T, s *store.Store) *writer {
	t.Helper()
	w := &writer{Store: s, metrics: prometheus.NewRegistry()}
	w.deriver = store.NewDeriver(s, store.DeriverConfig{}, zaptest.NewLogger(t), w.metrics)
	w.begin(t)
	return w
}

func (w *writer) begin(t *testing.T) {
	t.Helper()
	var err error
	if w.earlier, err = w.Earlier(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// take writes records as a processor does, copies of them: others write them too.
func (w *writer) take(t *testing.T, records []*store.Record) {
	t.Helper()
	out := make([]*store.Record, len(records))
	for i, r := range records {
		mine := *r
		mine.New = !w.earlier.Has(r.Site, r.Session)
		out[i] = &mine
	}
	write(t, w.Store, out)
}

// held is how many sessions were derived without a question.
func (w *writer) held(t *testing.T) float64 { return w.counter(t, "hindsight_derive_held_total", "") }

// derived is how many sessions were derived.
func (w *writer) derived(t *testing.T) float64 {
	return w.counter(t, "hindsight_derive_keys_total", "session")
}

func (w *writer) counter(t *testing.T, name, label string) float64 {
	t.Helper()
	families, err := w.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name && (label == "" || m.GetLabel()[0].GetValue() == label) {
				return m.GetCounter().GetValue()
			}
		}
	}
	t.Fatalf("no metric is called %s", name)
	return 0
}

// TestDerivedFromMemory: what is derived of sessions that were written here from
// their first batch on is what the store would have answered: in any order, in
// any grouping, with batches that come twice, and with the country known of
// some, in one sending or the other.
func TestDerivedFromMemory(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	w := begin(t, storetest.Open(t))
	records := todays(rng, 60)
	for range 2 { // everything twice
		rng.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		for rest := records; len(rest) > 0; {
			n := 1 + rng.IntN(min(80, len(rest)))
			w.take(t, rest[:n])
			if rest = rest[n:]; rng.IntN(2) == 0 {
				drain(t, w.deriver)
			}
		}
	}
	drain(t, w.deriver)
	checkDerived(t, w.Store, records)
	checkVariety(t, records)
	checkNoMarks(t, w.Store)
	if held, all := w.held(t), w.derived(t); held < 100 || held != all {
		t.Errorf("%.0f of %.0f sessions were derived without a question, want all", held, all)
	}
	before, err := storetest.DumpAll(t.Context(), w.Store)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.deriver.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	after, err := storetest.DumpAll(t.Context(), w.Store)
	if err != nil {
		t.Fatal(err)
	}
	if diff := storetest.Compare(before, after); len(diff) > 0 {
		t.Errorf("asking the store gives something else:\n%s", strings.Join(diff, "\n"))
	}
}

// TestDerivedFromMemoryOfTwo: sessions go over from one writer to another, which
// has not seen their beginning; the first one, which does not know, writes once
// more and derives, before the other does and after. Neither hides what the
// other knows, and what one has marked the other does not take for done.
func TestDerivedFromMemoryOfTwo(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	s, cfg := storetest.OpenConfig(t)
	records := todays(rng, 40)
	slices.SortStableFunc(records, func(a, b *store.Record) int { return int(a.Sequence) - int(b.Sequence) })
	third := len(records) / 3
	first, second := begin(t, s), begin(t, again(t, cfg))
	first.take(t, records[:third])
	drain(t, first.deriver)
	first.take(t, records[third:2*third])

	second.begin(t)
	second.take(t, records[third:]) // from the last commit on
	first.take(t, records[third:2*third])
	drain(t, first.deriver)
	checkDerived(t, s, records)
	checkNoMarks(t, s)

	second.take(t, records[2*third:])
	drain(t, second.deriver)
	first.take(t, records[third:2*third])
	drain(t, first.deriver)
	checkDerived(t, s, records)
	if first.held(t) == 0 {
		t.Error("no session was derived without a question: the test proves nothing")
	}

	// They come back: what was written meanwhile is not in the first one's memory.
	first.begin(t)
	more := todays(rng, 10)
	for i, r := range more {
		r.Session, r.Site = records[i].Session, records[i].Site
	}
	first.take(t, more)
	drain(t, first.deriver)
	checkDerived(t, s, append(slices.Clone(records), more...))
}

// TestDeletedFromMemory: a session that somebody else deletes is not derived from
// what is held of it, neither by the next round nor when it is written again.
func TestDeletedFromMemory(t *testing.T) {
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(15, 16))
	s, cfg := storetest.OpenConfig(t)
	w, other := begin(t, s), again(t, cfg)
	records := todays(rng, 30)
	w.take(t, records)
	drain(t, w.deriver)
	w.take(t, records) // and is marked when it is deleted
	gone := records[0]
	if err := other.DeleteSessions(ctx, gone.Site, [][16]byte{gone.Session}); err != nil {
		t.Fatal(err)
	}
	left := slices.DeleteFunc(slices.Clone(records), func(r *store.Record) bool { return r.Site == gone.Site && r.Session == gone.Session })
	drain(t, w.deriver)
	checkLeft(t, s, left)
	w.take(t, records)
	drain(t, w.deriver)
	checkLeft(t, s, left)
}
