package processor_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/internal/eventlog"
	"hindsight/internal/seal"
	"hindsight/internal/store/storetest"
	"hindsight/internal/wire"
	"hindsight/processor"
)

// TestStoringAgainChangesNothing stores a log, then all of it again in other
// groupings, then once more as trackers resend it: with a later sent_at and
// receive time, by the other way, after midnight, in another order, after a
// restart that lost the sealing key. Every table stays as it was, but for the
// columns that store.VolatileColumns lists.
func TestStoringAgainChangesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	rng := rand.New(rand.NewPCG(1, 1))
	frames := visits(t, rng, 12)
	arrival := firstDay.Time().Add(24*time.Hour + 5*time.Second)
	r.send(frames, sending{received: arrival, via: eventlog.ViaWebSocket})

	r.process("first", processor.Config{FlushRecords: 7, FlushInterval: time.Millisecond}, len(frames))
	r.derive()
	first := r.dump()
	if n := len(first["batches"]); n != len(frames) {
		t.Fatalf("%d batches of %d frames", n, len(frames))
	}
	for _, table := range storetest.Tables() {
		if len(first[table]) == 0 {
			t.Errorf("%s is empty: the test proves nothing about it", table)
		}
	}
	for _, row := range first["batches"] {
		if row["country"] != "FR" || row["browser"] != "Firefox" {
			t.Errorf("country %q, browser %q", row["country"], row["browser"])
		}
	}

	// A group of another name reads everything from the start.
	r.process("second", processor.Config{FlushRecords: 31, FlushInterval: time.Millisecond}, len(frames))
	r.derive()
	compare(t, "other groupings", first, r.dump())

	resent := make([][]byte, 0, len(frames))
	for _, frame := range frames {
		again := bytes.Clone(frame)
		h, err := wire.ParseHeader(again)
		if err != nil {
			t.Fatal(err)
		}
		wire.SetSentAt(again, h.SentAt+float64(30*time.Hour/time.Millisecond))
		resent = append(resent, again)
	}
	slices.Reverse(resent)
	r.sealer = seal.NewRandomSealer()
	r.send(resent, sending{received: arrival.Add(31 * time.Hour), via: eventlog.ViaBeacon})
	r.sealer = seal.NewRandomSealer() // the key is gone: no country this time
	r.process("first", processor.Config{FlushRecords: 13, FlushInterval: time.Millisecond}, len(resent))
	r.derive()
	compare(t, "resent", first, r.dump())
	for _, row := range r.dump()["batches"] {
		if row["country"] != "FR" {
			t.Errorf("a row that knew its country was replaced by one that does not")
		}
	}
	noAddress(t, r)
}

func compare(t *testing.T, what string, before, after map[string][]storetest.Row) {
	t.Helper()
	if diff := storetest.Compare(before, after); len(diff) > 0 {
		t.Errorf("%s: %d differences, as\n%s", what, len(diff), strings.Join(diff[:min(len(diff), 20)], "\n"))
	}
}

// noAddress looks for the client's address in all that was stored and logged.
func noAddress(t *testing.T, r *rig) {
	t.Helper()
	control := false
	for table, rows := range r.dump() {
		for _, row := range rows {
			for column, value := range row {
				if strings.Contains(value, canaryAddress) {
					t.Errorf("%s.%s holds the client's address", table, column)
				}
				control = control || strings.Contains(value, "Europe/Berlin")
			}
		}
	}
	if !control {
		t.Error("the control text is not found either: the search proves nothing")
	}
	for _, entry := range r.logs.All() {
		for name, value := range entry.ContextMap() {
			if s, ok := value.(string); ok && strings.Contains(s, canaryAddress) || strings.Contains(entry.Message, canaryAddress) {
				t.Errorf("log line %q, field %s holds the client's address", entry.Message, name)
			}
		}
	}
}
