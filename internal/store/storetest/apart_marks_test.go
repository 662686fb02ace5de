package storetest_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

// hits are records of one session, each with a view of one path.
func hits(base *store.Record, first uint32, paths ...string) []*store.Record {
	out := make([]*store.Record, len(paths))
	for i, path := range paths {
		r := *base
		r.Sequence = first + uint32(i)
		r.Views, r.Events, r.HeatPoints, r.Traces, r.Chunk, r.Sheets, r.Snapshots = nil, nil, nil, nil, nil, nil, nil
		r.Hits = []store.HitRow{{Index: 1, Path: path, Kind: store.HitView}}
		out[i] = &r
	}
	return out
}

// pendingOf counts the marks of a path.
func pendingOf(t *testing.T, s *store.Store, path string) (n uint64) {
	t.Helper()
	err := s.Conn().QueryRow(t.Context(), "SELECT count() FROM (SELECT mark FROM derive_marks WHERE what = 'page' AND key = '"+path+"' GROUP BY mark HAVING sum(sign) > 0)").Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestMarksWhileApart: of the marks that come while a key is derived apart one at
// least stays, however many give way to one: that derivation may have read before.
func TestMarksWhileApart(t *testing.T) {
	records := randomRecords(rand.New(rand.NewPCG(23, 24)), 2)
	base := records[0]
	const path = "/slow"
	for _, before := range []int{1, 9, 20} { // more than 8 give way to one
		t.Run(fmt.Sprint(before), func(t *testing.T) {
			s := storetest.Open(t)
			cfg := impatient(1)
			var now func() // called by Apart once it has its marks
			cfg.Retention = func(string) store.Retention {
				if then := now; then != nil {
					now = nil
					then()
				}
				return store.Retention{}
			}
			d := newDeriver(t, s, cfg)
			sequence := uint32(10_000)
			put := func(n int) {
				for range n {
					write(t, s, hits(base, sequence, path))
					sequence++
				}
			}
			round := func() {
				if _, err := d.Round(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			put(before)
			round() // sets it apart
			if n := pendingOf(t, s, path); n == 0 || n > 8 {
				t.Fatalf("%d marks of %d wait", n, before)
			}
			now = func() {
				put(20)
				round()
			}
			if tried, err := d.Apart(t.Context()); err != nil || !tried || now != nil {
				t.Fatalf("nothing was derived apart: %v", err)
			}
			if n := pendingOf(t, s, path); n == 0 {
				t.Fatal("no mark is left of what came after the marks that were in hand")
			}
		})
	}
}

// TestSiteOfManyMarks: a site of very many marks does not keep the others waiting.
func TestSiteOfManyMarks(t *testing.T) {
	s := storetest.Open(t)
	records := randomRecords(rand.New(rand.NewPCG(23, 24)), 40)
	busy, quiet := records[0], records[0]
	for _, r := range records {
		if r.Site < busy.Site {
			busy = r
		}
		if r.Site > quiet.Site {
			quiet = r
		}
	}
	var paths []string
	for i := range 400 {
		paths = append(paths, fmt.Sprintf("/product/%d", i))
	}
	write(t, s, hits(busy, 10_000, paths...))
	write(t, s, hits(quiet, 10_000, "/quiet"))
	d := newDeriver(t, s, store.DeriverConfig{MarksPerRound: 20})
	rounds := 0
	for more := true; more; rounds++ {
		var err error
		if more, err = d.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		if rounds == 2 && pendingOf(t, s, "/quiet") > 0 {
			t.Error("after three rounds another site's page still waits")
		}
	}
	checkNoMarks(t, s)
	if rounds > 60 {
		t.Errorf("%d rounds of 20 marks for some 400", rounds)
	}
}

// TestRebuildAmongErasures: a rebuild ends though something is erased all the time;
// what it could not be sure of is left marked.
func TestRebuildAmongErasures(t *testing.T) {
	s := storetest.Open(t)
	records := randomRecords(rand.New(rand.NewPCG(25, 26)), 10)
	write(t, s, records)
	d := newDeriver(t, s, store.DeriverConfig{})
	drain(t, d)
	derived := func() []storetest.Row {
		rows, err := storetest.Dump(t.Context(), s, "page_days")
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			delete(row, "version") // tells how much was erased before
		}
		return rows
	}
	want := derived()
	if err := s.Conn().Exec(t.Context(), "TRUNCATE TABLE page_days"); err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithTimeout(t.Context(), time.Minute)
	defer end()
	erasing, stop := context.WithCancel(ctx)
	var beside sync.WaitGroup
	beside.Go(func() {
		for erasing.Err() == nil {
			_ = s.Conn().Exec(erasing, "INSERT INTO erasures SELECT generateUUIDv4(), 'another', now64(3)")
		}
	})
	p, err := d.Rebuild(ctx, nil)
	stop()
	beside.Wait()
	if err != nil || p.DaysDone != p.Days || p.Pages == 0 {
		t.Fatalf("rebuild ended with %+v, %v", p, err)
	}
	drain(t, d)
	if diff := cmp.Diff(want, derived()); diff != "" {
		t.Errorf("page_days differs from before (-want +got):\n%s", diff)
	}
	checkNoMarks(t, s)
}
