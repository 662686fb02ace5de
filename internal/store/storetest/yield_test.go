package storetest_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap/zaptest"

	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

// derivedRows is how many rows a deriver has written.
func derivedRows(t *testing.T, reg *prometheus.Registry) (sessions, pages int) {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != "hindsight_derive_keys_total" {
			continue
		}
		for _, m := range f.GetMetric() {
			if m.GetLabel()[0].GetValue() == "page" {
				pages += int(m.GetCounter().GetValue())
			} else {
				sessions += int(m.GetCounter().GetValue())
			}
		}
	}
	return sessions, pages
}

// TestDeriversShareTheWork: of two processors each derives what it has stored, a page
// that both have marked one of them; what is left by one that is gone the other takes
// on after a while.
func TestDeriversShareTheWork(t *testing.T) {
	t.Parallel()
	first, cfg := storetest.OpenConfig(t)
	second, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = second.Close() })
	records := randomRecords(rand.New(rand.NewPCG(31, 32)), 20)
	half := map[*store.Store][]*store.Record{}
	sessions := map[*store.Store]map[[16]byte]bool{first: {}, second: {}}
	for _, r := range records {
		s := first
		if r.Session[15]%2 == 0 {
			s = second
		}
		half[s] = append(half[s], r)
		sessions[s][r.Session] = true
	}
	now := time.Now()
	clock := func() time.Time { return now }
	deriver := func(s *store.Store) (*store.Deriver, *prometheus.Registry) {
		reg := prometheus.NewRegistry()
		return store.NewDeriver(s, store.DeriverConfig{Yield: 3 * time.Second, Now: clock}, zaptest.NewLogger(t), reg), reg
	}
	one, ofOne := deriver(first)
	other, ofOther := deriver(second)
	round := func(d *store.Deriver) {
		t.Helper()
		if more, err := d.Round(t.Context()); err != nil || more {
			t.Fatal(more, err)
		}
	}
	for range 2 { // the second time all of it is stored again
		write(t, first, half[first])
		write(t, second, half[second])
		round(one)
		round(other)
		round(one)
		checkDerived(t, first, records)
		checkNoMarks(t, first)
	}
	a, pagesA := derivedRows(t, ofOne)
	b, pagesB := derivedRows(t, ofOther)
	if a != 2*len(sessions[first]) || b != 2*len(sessions[second]) || a == 0 || b == 0 {
		t.Errorf("%d and %d sessions were derived twice as %d and %d rows", len(sessions[first]), len(sessions[second]), a, b)
	}
	pages, err := storetest.Dump(context.Background(), first, "page_days")
	if err != nil {
		t.Fatal(err)
	}
	if pagesA+pagesB != 2*len(pages) || pagesA == 0 || pagesB == 0 {
		t.Errorf("%d pages were derived twice as %d and %d rows", len(pages), pagesA, pagesB)
	}

	// What one has marked before it is killed.
	write(t, second, half[second])
	round(one)
	if again, _ := derivedRows(t, ofOne); again != a {
		t.Errorf("%d sessions that another has marked were derived at once", again-a)
	}
	now = now.Add(2 * time.Second)
	round(one)
	if again, _ := derivedRows(t, ofOne); again != a {
		t.Errorf("%d sessions that another has marked were derived after two seconds", again-a)
	}
	now = now.Add(time.Second)
	round(one)
	if again, _ := derivedRows(t, ofOne); again != a+len(sessions[second]) {
		t.Errorf("after three seconds %d of %d sessions that nobody else derives were", again-a, len(sessions[second]))
	}
	checkNoMarks(t, first)
}
