package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/zap/zaptest"

	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

// impatient finds that everything takes too long.
func impatient(heavy uint64) store.DeriverConfig {
	return store.DeriverConfig{Patience: 1, Heavy: heavy}
}

// aside derives what is apart and due.
func aside(t *testing.T, d *store.Deriver) (tried int) {
	t.Helper()
	for {
		more, err := d.Apart(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return tried
		}
		tried++
	}
}

func marksPending(t *testing.T, s *store.Store) (keys, marks uint64) {
	t.Helper()
	err := s.Conn().QueryRow(context.Background(),
		"SELECT uniqExact(site, day, key), count() FROM (SELECT site, day, key FROM derive_marks GROUP BY what, site, day, key, mark HAVING sum(sign) > 0)").Scan(&keys, &marks)
	if err != nil {
		t.Fatal(err)
	}
	return keys, marks
}

// TestDerivedApart: what is derived key by key is what is derived together.
func TestDerivedApart(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	s := storetest.Open(t)
	records := randomRecords(rng, 20)
	write(t, s, records)
	d := newDeriver(t, s, impatient(1))
	if _, err := d.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rows, err := storetest.Dump(t.Context(), s, "sessions"); err != nil || len(rows) > 0 {
		t.Errorf("%d sessions were not set apart, %v", len(rows), err)
	}
	if tried := aside(t, d); tried < len(bruteSessions(records)) {
		t.Errorf("%d keys were apart", tried)
	}
	checkDerived(t, s, records)
	checkVariety(t, records)
	checkNoMarks(t, s)
}

// TestHeavyPageApart: a page of very many hits waits in its own lane while others
// are derived; what it comes to then is what the question for many pages answers.
func TestHeavyPageApart(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 24))
	s := storetest.Open(t)
	records := randomRecords(rng, 10)
	heavy := records[0]
	heavy.Hits = append(heavy.Hits, store.HitRow{Index: 900, Path: "/heavy", Kind: store.HitView})
	write(t, s, records)
	err := s.Conn().Exec(t.Context(), fmt.Sprintf("INSERT INTO page_hits SELECT toDate('%s'), '%s', '/heavy', toFixedString(toString(intDiv(number, 3)), 16), "+
		"toFixedString('', 16), number, number %% 2, if(number %% 2 = 0, 'view', 'load'), toFixedString(toString(number %% 1000), 16), (number * 7919 %% 100003) / 10 FROM numbers(50000)",
		heavy.Day().Format("2006-01-02"), heavy.Site))
	if err != nil {
		t.Fatal(err)
	}
	d := newDeriver(t, s, impatient(20_000))
	if _, err := d.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	heavies := func() (n int) {
		rows, err := storetest.Dump(t.Context(), s, "page_days")
		if err != nil || len(rows) < 2 {
			t.Fatalf("%d pages are derived, %v", len(rows), err)
		}
		for _, row := range rows {
			if row["path"] == "/heavy" {
				n++
			}
		}
		return n
	}
	if keys, _ := marksPending(t, s); keys != 1 || heavies() != 0 {
		t.Errorf("%d keys wait after a round, want the heavy page alone", keys)
	}
	if tried := aside(t, d); tried != 1 || heavies() != 1 {
		t.Errorf("%d keys were apart, want the heavy page", tried)
	}
	checkNoMarks(t, s)
	before, err := storetest.DumpAll(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newDeriver(t, s, store.DeriverConfig{}).Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	after, err := storetest.DumpAll(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if diff := storetest.Compare(before, after); len(diff) > 0 {
		t.Errorf("derived with others it comes to something else:\n%s", strings.Join(diff, "\n"))
	}
}

// badMarks announce sessions whose ids are no ids: the engine refuses each
// question that names one.
func badMarks(t *testing.T, s *store.Store, sessions, marks int) {
	t.Helper()
	err := s.Conn().Exec(t.Context(), fmt.Sprintf("INSERT INTO derive_marks SELECT 'session', 'shop', toDate('2026-01-02'), "+
		"concat('longer than an id ', toString(number %% %d)), number, 1 FROM numbers(%d)", sessions, sessions*marks))
	if err != nil {
		t.Fatal(err)
	}
}

// TestFailingKeyAlone: one key that cannot be derived keeps no other waiting, and
// of its many marks one stays; if nothing can be derived, the round fails.
func TestFailingKeyAlone(t *testing.T) {
	s := storetest.Open(t)
	registry := prometheus.NewRegistry()
	d := store.NewDeriver(s, store.DeriverConfig{}, zaptest.NewLogger(t), registry)
	badMarks(t, s, 4, 1)
	if _, err := d.Round(t.Context()); err == nil {
		t.Error("a round in which nothing could be derived went well")
	}
	if err := s.Conn().Exec(t.Context(), "TRUNCATE TABLE derive_marks"); err != nil {
		t.Fatal(err)
	}

	records := randomRecords(rand.New(rand.NewPCG(25, 26)), 15)
	write(t, s, records)
	badMarks(t, s, 1, 20)
	drain(t, d)
	checkDerived(t, s, records)
	if keys, marks := marksPending(t, s); keys != 1 || marks != 1 {
		t.Errorf("%d keys wait by %d marks, want the bad one by one", keys, marks)
	}
	if err := testutil.GatherAndCompare(registry, strings.NewReader(`
		# HELP hindsight_derive_apart_keys Keys that are derived apart from the others, by why (slow, failing).
		# TYPE hindsight_derive_apart_keys gauge
		hindsight_derive_apart_keys{why="failing"} 1
		hindsight_derive_apart_keys{why="slow"} 0
		# HELP hindsight_derive_failures_total Tries of a single key to be derived that failed, by kind (session, page).
		# TYPE hindsight_derive_failures_total counter
		hindsight_derive_failures_total{what="session"} 1
	`), "hindsight_derive_apart_keys", "hindsight_derive_failures_total"); err != nil {
		t.Error(err)
	}
	if tried := aside(t, d); tried != 0 {
		t.Error("it was tried again at once")
	}
	if err := d.Ready(); err != nil {
		t.Errorf("one bad key, and the deriver is not ready: %v", err)
	}
}

// TestRebuildGoesOn: a page that the store refuses to derive keeps a rebuild from
// no other; it stays marked, and the rebuild says so.
func TestRebuildGoesOn(t *testing.T) {
	s := storetest.Open(t)
	records := randomRecords(rand.New(rand.NewPCG(27, 28)), 8)
	write(t, s, records)
	d := newDeriver(t, s, store.DeriverConfig{})
	drain(t, d)
	want, err := storetest.DumpAll(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	// Longer than a question may be.
	err = s.Conn().Exec(t.Context(), fmt.Sprintf("INSERT INTO page_hits SELECT toDate('%s'), '%s', arrayStringConcat(replicate(repeat('x', 1000000), range(3))), toFixedString('', 16), "+
		"toFixedString('', 16), 0, 0, 'view', toFixedString('', 16), 0", records[0].Day().Format("2006-01-02"), records[0].Site))
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"sessions", "page_days"} {
		if err := s.Conn().Exec(t.Context(), "TRUNCATE TABLE "+table); err != nil {
			t.Fatal(err)
		}
	}
	p, err := d.Rebuild(t.Context(), nil)
	if !errors.Is(err, store.ErrNotAllDerived) || p.Refused != 1 || p.DaysDone != p.Days || p.Sessions == 0 || p.Pages == 0 {
		t.Fatalf("rebuild ended with %+v, %v", p, err)
	}
	for _, table := range []string{"sessions", "page_days"} {
		rows, err := storetest.Dump(t.Context(), s, table)
		if err != nil {
			t.Fatal(err)
		}
		if len(want[table]) == 0 {
			t.Fatalf("%s was empty: the test proves nothing", table)
		}
		if diff := cmp.Diff(want[table], rows); diff != "" {
			t.Errorf("%s differs from before (-want +got):\n%s", table, diff)
		}
	}
	if keys, marks := marksPending(t, s); keys != 1 || marks != 1 {
		t.Errorf("%d keys wait by %d marks, want the refused one by one", keys, marks)
	}
}
