package chaos

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"hindsight/internal/eventlog"
	"hindsight/internal/wire"
)

// TestResent sends every batch at least four times: in any order and with one missing, by two connections at once, as
// a beacon a day later, in other groupings. Sessions of the input have two documents of one tab, as a duplicated tab
// makes them, with the same sequence numbers. All of it is counted once, and the gap is told for as long as it is one.
func TestResent(t *testing.T) {
	t.Parallel()
	baseline(t)
	random := seed(t)
	s := newStack(t)
	in := s.feeder(t)
	p := s.processor(t, "")

	first := frames(t)
	late := slices.IndexFunc(first, func(f []byte) bool { return sequence(t, f) == 2 })
	missing := first[late]
	first = slices.Delete(first, late, late+1)
	random.Shuffle(len(first), func(i, j int) { first[i], first[j] = first[j], first[i] })
	in.mustFeed(t, first)
	s.settled(t)
	gap := func(want int) {
		t.Helper()
		h, err := wire.ParseHeader(missing)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range s.dump(t)["sessions"] {
			switch mine := row["session"] == upper(h.Session); {
			case mine && row["missing"] != fmt.Sprint(want):
				t.Errorf("the session of the missing batch tells %s missing ones, want %d", row["missing"], want)
			case !mine && row["missing"] != "0":
				t.Errorf("session %s tells %s missing batches", row["session"], row["missing"])
			}
		}
	}
	gap(1)

	// Two connections send the same at the same time, the missing one too: both are told that it is kept.
	c := s.collector(t).Start(t).AwaitReady(t, 200)
	crowds := []*crowd{visit(t, c.Base, frames(t), 8, 0), visit(t, c.Base, frames(t), 5, 0)}
	for _, crowd := range crowds {
		crowd.finish(t)
	}
	s.settled(t)
	gap(0)
	s.compare(t)

	// And a day later, backwards, by the other way.
	again := frames(t)
	slices.Reverse(again)
	for _, frame := range again {
		rec, err := record(frame)
		if err != nil {
			t.Fatal(err)
		}
		wire.SetSentAt(frame, float64(rec.Received.Add(30*time.Hour).UnixMilli()))
		rec.Received, rec.Via = rec.Received.Add(30*time.Hour+time.Second), eventlog.ViaBeacon
		in.append(t, rec)
	}
	s.compare(t)
	c.Terminate(t)
	s.stop(t, p)
}

func sequence(t testing.TB, frame []byte) uint32 {
	t.Helper()
	h, err := wire.ParseHeader(frame)
	if err != nil {
		t.Fatal(err)
	}
	return h.Sequence
}
