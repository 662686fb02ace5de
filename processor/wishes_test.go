package processor_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hindsight/internal/eventlog"
	"hindsight/internal/wire"
	"hindsight/processor"
)

// waited is a visitor whose order waits: another's was carried out a moment ago.
type waited struct {
	*rig
	theirs map[wire.SessionID][][]byte
	gone   map[string]bool
	others [][]byte
	cfg    processor.Config
	stop   func()
	reg    *prometheus.Registry
	at     func(after time.Duration) sending
}

// orderWaits stores visits, has somebody erased and then that visitor.
func orderWaits(t *testing.T, stopTime time.Duration) *waited {
	t.Helper()
	w := &waited{rig: newRig(t), gone: map[string]bool{}}
	visitor := wire.VisitorHash{1}
	w.theirs, w.others = ofVisitor(t, visits(t, rand.New(rand.NewPCG(5, 5)), 16), visitor)
	arrival := firstDay.Time().Add(24*time.Hour + 5*time.Second)
	w.at = func(after time.Duration) sending {
		return sending{received: arrival.Add(after), via: eventlog.ViaWebSocket}
	}
	w.cfg = processor.Config{FlushInterval: time.Millisecond, ErasurePause: time.Hour, StopTimeout: stopTime}
	p, reg := w.processor("group", w.cfg)
	w.reg = reg
	w.stop = w.start(p)
	t.Cleanup(w.stop)
	for session, frames := range w.theirs {
		w.gone[strings.ToUpper(session.String())] = true
		w.send(frames, w.at(0))
		w.await("the visits to be stored", func() bool { return w.held(w.gone)["batches"] >= len(frames) })
	}
	w.eraseAt(arrival.Add(time.Second), wire.VisitorHash{201})
	w.await("the first order to be carried out", func() bool { return w.calls() > 0 && count(t, reg, "hindsight_erasures_total", "visitor") == 1 })
	w.eraseAt(arrival.Add(10*time.Second), visitor)
	w.await("the orders to be read", func() bool { return count(t, reg, "hindsight_processor_records_total", "erasure") == 6 })
	return w
}

// calls is how often the store was told to erase.
func (r *rig) calls() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.erased)
}

// waiting is how many visitors' erasures are told not to be over.
func waiting(t *testing.T, reg *prometheus.Registry) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "hindsight_processor_erasures_waiting" {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatal("no metric of erasures that wait")
	return 0
}

// TestErasuresWaitForOneAnother: an order soon after another waits, and nobody
// waits for it; whoever is killed meanwhile leaves it to the next one.
func TestErasuresWaitForOneAnother(t *testing.T) {
	t.Parallel()
	w := orderWaits(t, time.Second)
	w.await("one visitor's erasure to be told as waiting", func() bool { return waiting(t, w.reg) == 1 })
	before, stored := w.deletions.Load(), w.written.Load()
	w.send(w.others, w.at(20*time.Second))
	w.await("everybody else to be stored", func() bool { return w.written.Load() == stored+int64(len(w.others)) })
	if n := w.deletions.Load(); n != before {
		t.Errorf("the store was told to delete %d times more", n-before)
	}
	if n := w.held(w.gone); n["batches"] == 0 {
		t.Error("the order did not wait: the test proves nothing")
	}
	w.failing.Store(true) // it cannot finish, as if it were killed
	w.stop()
	w.failing.Store(false)
	w.cfg.StopTimeout = time.Minute // those that follow end what they began
	p, reg := w.processor("group", w.cfg)
	stop := w.start(p)
	w.await("the order to be carried out", func() bool { return count(t, reg, "hindsight_erasures_total", "visitor") >= 1 })
	w.await("nobody to wait any more", func() bool { return waiting(t, reg) == 0 })
	stop()
	w.derive()
	if n := w.held(w.gone); len(n) > 0 {
		t.Errorf("left after the erasure: %v", n)
	}
	next, reg := w.processor("group", w.cfg)
	stop = w.start(next)
	w.send(w.others[:1], w.at(30*time.Second))
	w.await("one more batch to be read", func() bool { return eventsRead(t, reg) == 1 })
	stop()
	if n := count(t, reg, "hindsight_processor_records_total", "erasure"); n != 0 {
		t.Errorf("%v orders were read again after they had been carried out", n)
	}
}

// TestErasureThatWaitsMissesNothing: while an order waits its visitor's batches
// are sent again, which hides when they came first, and the visitor comes again.
func TestErasureThatWaitsMissesNothing(t *testing.T) {
	t.Parallel()
	w := orderWaits(t, time.Minute)
	before := w.calls()
	for _, frames := range w.theirs {
		w.send(frames, w.at(20*time.Second))
	}
	later, stay := visits(t, rand.New(rand.NewPCG(9, 9)), 16), map[string]bool{}
	theirs, _ := ofVisitor(t, later, wire.VisitorHash{1})
	sent := 0
	for session, frames := range theirs {
		stay[strings.ToUpper(session.String())] = true
		w.send(frames, w.at(30*time.Second))
		sent += len(frames)
	}
	// What was sent again is written, too: a count of what is written would not do.
	w.await("the later visits to be stored", func() bool { return w.held(stay)["batches"] >= sent })
	if w.calls() == before {
		t.Error("nothing was written down of what is sent again")
	}
	w.stop()
	w.derive()
	if n := w.held(w.gone); len(n) > 0 {
		t.Errorf("left after the erasure: %v", n)
	}
	if n := w.held(stay); sent == 0 || n["batches"] != sent {
		t.Errorf("of %d later batches there are %d", sent, n["batches"])
	}
}
