package processor_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"hindsight/internal/eventlog"
	"hindsight/processor"
)

// counter sums a metric over its labels.
func counter(t *testing.T, reg *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, f := range families {
		if f.GetName() == name {
			for _, m := range f.GetMetric() {
				sum += value(m)
			}
		}
	}
	return sum
}

func value(m *dto.Metric) float64 {
	return m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
}

// TestStoreOutage: while the store is away nothing is committed and the
// processor says so; when it is back everything is stored, by whoever reads.
func TestStoreOutage(t *testing.T) {
	r := newRig(t)
	frames := visits(t, rand.New(rand.NewPCG(2, 2)), 4)
	r.send(frames, sending{received: firstDay.Time().Add(24 * time.Hour), via: eventlog.ViaWebSocket})
	cfg := processor.Config{FlushInterval: time.Millisecond, RetryLeast: time.Millisecond, RetryMost: 5 * time.Millisecond, StopTimeout: 50 * time.Millisecond}

	r.failing.Store(true)
	p, reg := r.processor("group", cfg)
	if p.Ready() == nil {
		t.Error("ready before it runs")
	}
	stop := r.start(p)
	r.await("the store to be tried", func() bool { return counter(t, reg, "hindsight_processor_store_failures_total") > 3 })
	if p.Ready() == nil {
		t.Error("ready while the store fails")
	}
	stop() // gives up what it has in hand after StopTimeout, without a commit

	// Another process of the same group finds everything still there.
	p, reg = r.processor("group", cfg)
	stop = r.start(p)
	r.await("the store to be tried", func() bool { return counter(t, reg, "hindsight_processor_store_failures_total") > 3 })
	r.failing.Store(false)
	r.await("readiness", func() bool { return p.Ready() == nil && r.written.Load() == int64(len(frames)) })
	stop()
	if n := len(r.dump()["batches"]); n != len(frames) {
		t.Errorf("%d batches of %d frames", n, len(frames))
	}
	if p.Ready() == nil {
		t.Error("ready after it has stopped")
	}

	// All is committed: a third reads only what is new.
	p, reg = r.processor("group", cfg)
	more := visits(t, rand.New(rand.NewPCG(3, 2)), 1)
	r.send(more, sending{received: firstDay.Time().Add(24 * time.Hour), via: eventlog.ViaWebSocket})
	stop = r.start(p)
	r.await("the new records", func() bool { return r.written.Load() == int64(len(frames)+len(more)) })
	stop()
	if got := counter(t, reg, "hindsight_processor_records_total"); got != float64(len(more)) {
		t.Errorf("%v records read, want the %d new ones", got, len(more))
	}
	if got := counter(t, reg, "hindsight_processor_event_age_seconds"); got != float64(len(more)) {
		t.Errorf("%v ages observed, want %d", got, len(more))
	}
	if got := counter(t, reg, "hindsight_processor_lag_records"); got != 0 {
		t.Errorf("lag %v after everything was committed", got)
	}
}

// TestTwoProcessors share the partitions, one goes, and nothing is lost.
func TestTwoProcessors(t *testing.T) {
	r := newRig(t)
	cfg := processor.Config{FlushRecords: 5, FlushInterval: time.Millisecond}
	a, _ := r.processor("shared", cfg)
	b, _ := r.processor("shared", cfg)
	stopA := r.start(a)
	defer stopA()
	r.await("the first to join", func() bool { return a.Ready() == nil })
	frames := visits(t, rand.New(rand.NewPCG(4, 2)), 12)
	half := len(frames) / 2
	r.send(frames[:half], sending{received: firstDay.Time().Add(24 * time.Hour), via: eventlog.ViaWebSocket})
	stopB := r.start(b) // a rebalance in the middle of the work
	defer stopB()
	r.await("the second to join", func() bool { return b.Ready() == nil })
	r.send(frames[half:], sending{received: firstDay.Time().Add(24 * time.Hour), via: eventlog.ViaWebSocket})
	stopA()
	r.await("all batches", func() bool { return len(r.dump()["batches"]) == len(frames) })
	stopB()
	sequences := map[string][]string{}
	for _, row := range r.dump()["batches"] {
		sequences[row["document"]] = append(sequences[row["document"]], row["sequence"])
	}
	for document, list := range sequences {
		if slices.Sort(list); len(slices.Compact(list)) != len(sequences[document]) {
			t.Errorf("document %s: sequences %v", document, list)
		}
	}
}
