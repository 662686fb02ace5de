package chaos

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"hindsight/internal/fault"
	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
	"hindsight/internal/wire"
	"hindsight/test/process"
)

// erasureDeaths are the points of an erasure, each with the passings at which the processor is killed there.
func erasureDeaths() []string {
	passings := map[string][]int{fault.BeforeDelete: {1, erasedTables - 1, erasedTables}, fault.BeforeDeleteMarks: {1}, fault.AfterDeleteMarks: {1}}
	if long() {
		passings[fault.BeforeDelete] = nil
		for n := range erasedTables {
			passings[fault.BeforeDelete] = append(passings[fault.BeforeDelete], n+1)
		}
		passings[fault.BeforeCommit] = []int{1}
	}
	var all []string
	for _, point := range append(fault.ErasurePoints(), fault.BeforeCommit) {
		for _, n := range passings[point] {
			all = append(all, fmt.Sprintf("%s:%d:kill", point, n))
		}
	}
	return all
}

// TestErasureKilledAtEveryPoint kills the collector between the partitions that it gives an order to, and the processor
// at each point of its carrying out, another visitor's each time; and each time a derivation that read the sessions
// before they went is late. In the end every erased visitor is gone, and everything of the others is as if the erased
// had never come.
func TestErasureKilledAtEveryPoint(t *testing.T) {
	t.Parallel()
	orders := erasureDeaths()
	all := frames(t)
	of := visitors(t, all, len(orders)+1)
	s := newStack(t)
	s.feeder(t).mustFeed(t, all)
	p := s.processor(t, "")
	s.settled(t)
	p.Terminate(t)
	s.keepDerived(t)

	dying := s.collector(t)
	dying.Cmd.Env = append(dying.Cmd.Env, fmt.Sprintf("%s=%s:2:kill", fault.Variable, fault.AfterOrder))
	dying.Start(t).AwaitReady(t, 200)
	if status := erase(t, dying, 0); status != 0 {
		t.Errorf("an order that only some partitions have is answered with %d", status)
	}
	dying.AwaitKilled(t, fault.AfterOrder)
	c := s.collector(t).Start(t).AwaitReady(t, 200)
	for i, point := range orders {
		before := s.erasures(t)
		if status := erase(t, c, i); status != http.StatusAccepted {
			t.Fatalf("the order is answered with %d", status)
		}
		s.processor(t, point).AwaitKilled(t, point)
		p = s.processor(t, "")
		s.settled(t)
		s.lateDerivation(t, visitorHash(i), before)
		p.Terminate(t)
	}
	want := s.without(t, all, func(h wire.Header) bool { return of[h.Session] != len(orders) })
	for _, row := range s.dump(t)["sessions"] {
		for i, point := range orders {
			if hash := visitorHash(i); row["visitor"] == strings.ToUpper(fmt.Sprintf("%x", hash[:])) {
				t.Errorf("a session is left of the visitor whose erasure was killed at %s: %s of %s, version %s", point, row["session"], row["day"], row["version"])
			}
		}
	}
	s.compareErased(t, want)
	t.Logf("killed at %v", orders)
	c.Terminate(t)
	s.stop(t)
}

func visitorID(i int) string { return fmt.Sprintf("%032x", i+1) }

func visitorHash(i int) wire.VisitorHash {
	sum := sha256.Sum256([]byte(visitorID(i)))
	return wire.VisitorHash(sum[:16])
}

// visitors gives the sessions of the frames to n visitors, in turns, and tells whose each is.
func visitors(t testing.TB, frames [][]byte, n int) map[wire.SessionID]int {
	t.Helper()
	of := map[wire.SessionID]int{}
	for _, frame := range frames {
		h, err := wire.ParseHeader(frame)
		if err != nil {
			t.Fatal(err)
		}
		if _, known := of[h.Session]; !known {
			of[h.Session] = len(of) % n
		}
		hash := visitorHash(of[h.Session])
		copy(frame[48:64], hash[:]) // docs/wire-protocol.md, section 3
	}
	return of
}

// erase posts a visitor's order and tells what is answered; 0: nothing.
func erase(t testing.TB, c *process.Process, visitor int) int {
	t.Helper()
	body := strings.NewReader(`{"visitor":"` + visitorID(visitor) + `"}`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.Base+"/v1/erase?site="+siteKey, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", origin)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

// erasures is how many the store has written down.
func (s *stack) erasures(t testing.TB) (n uint64) {
	t.Helper()
	s.with(t, func(db *store.Store) error {
		return db.Conn().QueryRow(t.Context(), "SELECT count() FROM erasures").Scan(&n)
	})
	return n
}

// with opens the store for a moment.
func (s *stack) with(t testing.TB, f func(*store.Store) error) {
	t.Helper()
	db, err := s.store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := f(db); err != nil {
		t.Fatal(err)
	}
}

// keepDerived keeps the derived sessions as they are, for lateDerivation.
func (s *stack) keepDerived(t testing.TB) {
	t.Helper()
	s.exec(t, "CREATE TABLE kept AS sessions")
	s.exec(t, "INSERT INTO kept SELECT * FROM sessions FINAL")
}

// lateDerivation does what another processor's slow derivation does that read a visitor's sessions in this generation,
// the last in which a derivation may have seen their batches: it writes its rows now.
func (s *stack) lateDerivation(t testing.TB, visitor wire.VisitorHash, generation uint64) {
	t.Helper()
	s.exec(t, fmt.Sprintf("INSERT INTO sessions SELECT * REPLACE (bitShiftLeft(toUInt64(%d), 40) + version AS version) FROM kept WHERE visitor = unhex('%x')",
		generation, visitor[:]))
}

func (s *stack) exec(t testing.TB, query string) {
	t.Helper()
	s.with(t, func(db *store.Store) error { return db.Conn().Exec(t.Context(), query) })
}

// without is what a run holds in which the frames of some never came; proofs of consent and style sheets are of all:
// they name nobody.
func (s *stack) without(t testing.TB, all [][]byte, gone func(wire.Header) bool) map[string][]storetest.Row {
	t.Helper()
	full := baseline(t)
	calm := newStack(t)
	calm.feeder(t).mustFeed(t, slices.DeleteFunc(slices.Clone(all), func(f []byte) bool {
		h, err := wire.ParseHeader(f)
		if err != nil {
			t.Fatal(err)
		}
		return gone(h)
	}))
	p := calm.processor(t, "")
	calm.settled(t)
	want := calm.dump(t)
	calm.stop(t, p)
	want["consents"], want["style_sheets"] = full["consents"], full["style_sheets"]
	return want
}

// compareErased holds every table against want. Versions of pages count erasures, so they are left out.
func (s *stack) compareErased(t testing.TB, want map[string][]storetest.Row) {
	t.Helper()
	got := s.dump(t)
	for _, dump := range []map[string][]storetest.Row{want, got} {
		for _, row := range dump["page_days"] {
			delete(row, "version")
		}
	}
	if diff := storetest.Compare(want, got); len(diff) > 0 {
		t.Fatalf("%d differences to a run without the erased, such as\n%s", len(diff), strings.Join(diff[:min(len(diff), 20)], "\n"))
	}
	t.Logf("%d batches are left, and all that belongs to them", len(got["batches"]))
}
