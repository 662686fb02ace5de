package storetest_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap/zaptest"

	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

func newDeriver(t *testing.T, s *store.Store, cfg store.DeriverConfig) *store.Deriver {
	return store.NewDeriver(s, cfg, zaptest.NewLogger(t), prometheus.NewRegistry())
}

// drain derives until nothing is marked.
func drain(t *testing.T, d *store.Deriver) {
	t.Helper()
	for {
		more, err := d.Round(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

func write(t *testing.T, s *store.Store, records []*store.Record) {
	t.Helper()
	rejected, err := s.Write(context.Background(), records)
	if err != nil || len(rejected) > 0 {
		t.Fatalf("Write: %v; %d rejected: %v", err, len(rejected), rejected)
	}
}

// checkDerived compares both derived tables with the brute-force answer.
func checkDerived(t *testing.T, s *store.Store, records []*store.Record) {
	t.Helper()
	for table, want := range map[string]map[string]storetest.Row{
		"sessions": bruteSessions(records), "page_days": brutePages(records),
	} {
		rows, err := storetest.Dump(context.Background(), s, table)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]storetest.Row{}
		for _, row := range rows {
			key := row["site"] + "/" + row["session"]
			if table == "page_days" {
				key = row["site"] + "/" + row["day"] + row["path"]
			}
			got[key] = row
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s differs from the brute-force answer (-want +got):\n%s", table, diff)
		}
	}
}

// checkVariety: what is compared must not be all the same.
func checkVariety(t *testing.T, records []*store.Record) {
	t.Helper()
	for _, column := range []string{"active_ms", "rages", "deads", "quick_backs", "gap_ms", "gap_reasons", "refused", "missing"} {
		seen := map[string]bool{}
		for _, row := range bruteSessions(records) {
			seen[row[column]] = true
		}
		if len(seen) < 2 {
			t.Errorf("%s is the same in every session: the comparison proves nothing about it", column)
		}
	}
}

// TestDerivedEqualsBruteForce stores random batches several times in random
// groupings while derivers run, two of them at once and a rebuild, and compares.
func TestDerivedEqualsBruteForce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		rng := rand.New(rand.NewPCG(seed, 7))
		s := storetest.Open(t)
		records := randomRecords(rng, 25)
		d := newDeriver(t, s, store.DeriverConfig{MarksPerRound: 25})

		ctx, stop := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		for _, each := range []*store.Deriver{d, newDeriver(t, s, store.DeriverConfig{MarksPerRound: 25})} {
			wg.Go(func() { // as fast as they can, beside the writer
				for ctx.Err() == nil {
					_, err := each.Round(ctx)
					if err != nil && ctx.Err() == nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Go(func() { // and an operator who derives everything anew meanwhile
			for ctx.Err() == nil {
				if _, err := d.Rebuild(ctx, nil); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
		for range 2 {
			rng.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
			for rest := records; len(rest) > 0; {
				n := 1 + rng.IntN(min(60, len(rest)))
				write(t, s, rest[:n])
				rest = rest[n:]
			}
		}
		stop()
		wg.Wait()
		drain(t, d)
		checkDerived(t, s, records)
		checkVariety(t, records)
		checkNoMarks(t, s)

		before, err := storetest.DumpAll(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		p, err := d.Rebuild(context.Background(), nil)
		if err != nil || p.DaysDone == 0 || p.Frozen != 0 || p.Sessions != len(bruteSessions(records)) {
			t.Errorf("Rebuild: %+v, %v", p, err)
		}
		after, err := storetest.DumpAll(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		if diff := storetest.Compare(before, after); len(diff) > 0 {
			t.Errorf("a rebuild changed:\n%s", strings.Join(diff, "\n"))
		}
	}
}

func checkNoMarks(t *testing.T, s *store.Store) {
	t.Helper()
	var n uint64
	err := s.Conn().QueryRow(context.Background(),
		"SELECT count() FROM (SELECT mark FROM derive_marks GROUP BY what, site, day, key, mark HAVING sum(sign) > 0)").Scan(&n)
	if err != nil || n != 0 {
		t.Errorf("%d marks pending, %v; want none", n, err)
	}
}
