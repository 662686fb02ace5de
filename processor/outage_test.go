package processor_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"hindsight/internal/eventlog"
	"hindsight/internal/wire"
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
	// StopTimeout would end a commit, and the third reader would read again what was stored. Ages are told after it.
	committed := func(n int) func() bool {
		return func() bool { return counter(t, reg, "hindsight_processor_event_age_seconds") >= float64(n) }
	}
	r.await("the commit", committed(len(frames)))
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
	r.await("their commit", committed(len(more)))
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

// valve is a way to the log that a test can shut.
type valve struct {
	shut  atomic.Bool
	mu    sync.Mutex
	conns []net.Conn
}

// through leads connections of cfg through the valve.
func (v *valve) through(cfg eventlog.Config) eventlog.Config {
	path := strings.TrimPrefix(cfg.Brokers[0], "unix:")
	cfg.Brokers = nil
	cfg.Dial = func(ctx context.Context) (net.Conn, error) {
		if v.shut.Load() {
			return nil, errors.New("the test has shut the way")
		}
		var d net.Dialer
		conn, err := d.DialContext(ctx, "unix", path)
		if err == nil {
			v.mu.Lock()
			v.conns = append(v.conns, conn)
			v.mu.Unlock()
		}
		return conn, err
	}
	return cfg
}

func (v *valve) close() {
	v.shut.Store(true)
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, c := range v.conns {
		_ = c.Close()
	}
	v.conns = nil
}

// TestLogOutage: a processor that can write no dead letter, or that cannot join
// its group, is not ready and says why; it recovers by itself.
func TestLogOutage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var reading, burying valve
	whole := r.log
	says := func(p *processor.Processor, what string) {
		t.Helper()
		r.await("it to say that it "+what, func() bool {
			err := p.Ready()
			return err != nil && strings.Contains(err.Error(), what) && strings.Contains(err.Error(), "the test has shut the way")
		})
	}

	r.log = burying.through(whole)
	letters, err := eventlog.NewDeadLetter(r.log, nil, r.logger)
	if err != nil {
		t.Fatal(err)
	}
	r.log = reading.through(whole)
	consumer, err := eventlog.NewConsumer(r.log, "group", nil, r.logger)
	if err != nil {
		t.Fatal(err)
	}
	r.log = whole
	reg := prometheus.NewRegistry()
	p := processor.New(processor.Config{}, processor.Dependencies{
		Log: consumer, LogID: r.logID, DeadLetters: letters, Store: r, Opener: r.sealer, Region: r.region, Logger: r.logger, Registerer: reg,
	})
	burying.close()
	defer r.start(p)()
	frames := visits(t, rand.New(rand.NewPCG(7, 2)), 1)
	how := sending{received: firstDay.Time().Add(24 * time.Hour), via: eventlog.ViaWebSocket}
	header, err := wire.ParseHeader(frames[0])
	if err != nil {
		t.Fatal(err)
	}
	r.produce([]*eventlog.Record{{
		Site: "shop", Session: header.Session, Document: header.Document, Sequence: header.Sequence, Received: how.received,
		Via: how.via, Frame: []byte("no frame"),
	}})
	says(p, "cannot write a dead letter")
	burying.shut.Store(false)
	r.await("readiness", func() bool { return p.Ready() == nil })
	if n := counter(t, reg, "hindsight_deadletter_records_total"); n != 1 {
		t.Errorf("%v dead letters", n)
	}

	reading.close()
	says(p, "cannot join the consumer group")
	reading.shut.Store(false)
	r.send(frames, how)
	r.await("readiness and records", func() bool { return p.Ready() == nil && r.written.Load() == int64(len(frames)) })
}

// TestLagWhileABatchIsWorkedOn: what comes while a batch waits for the store is
// told, though nobody fetches it.
func TestLagWhileABatchIsWorkedOn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	frames := visits(t, rand.New(rand.NewPCG(9, 9)), 6)
	half := len(frames) / 2
	how := sending{received: firstDay.Time().Add(25 * time.Hour), via: eventlog.ViaWebSocket}
	r.send(frames[:half], how)
	p, reg := r.processor("group", processor.Config{FlushRecords: half, FlushInterval: time.Millisecond, RetryLeast: time.Millisecond, RetryMost: time.Millisecond})
	r.failing.Store(true)
	stop := r.start(p)
	defer stop()
	lag := func() float64 { return counter(t, reg, "hindsight_processor_lag_records") }
	r.await("the batch in hand to be told", func() bool { return lag() == float64(half) })
	r.send(frames[half:], how)
	r.await("what waits behind it to be told", func() bool { return lag() == float64(len(frames)) })
	r.failing.Store(false)
	r.await("all to be stored", func() bool { return lag() == 0 && r.written.Load() == int64(len(frames)) })
}
