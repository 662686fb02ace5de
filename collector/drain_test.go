package collector

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"

	"hindsight/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func counter(v *prometheus.CounterVec, label string) float64 {
	return testutil.ToFloat64(v.WithLabelValues(label))
}

// What was read before the stop gets its ack, then everyone is told to come
// back.
func TestDrain(t *testing.T) {
	log := newFaultyLog()
	log.hold = true
	g := newRig(t, log, nil)
	busy, idle, silent := g.connect(), g.connect(), g.connect()
	_ = silent
	half, _, err := g.dial(testKey, testOrigin) // never says hello
	if err != nil {
		t.Fatal(err)
	}
	busy.send(g.frame(1, nil))
	log.await(t, 1)

	stopped := make(chan error, 1)
	go func() { stopped <- g.Stop(context.Background()) }()
	idle.closed(wire.CloseComeBack)
	half.closed(wire.CloseComeBack)
	if _, response, err := g.dial(testKey, testOrigin); err == nil || response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a connection while stopping: %v", err)
	}
	if response := g.post(t, testKey, testOrigin, g.frame(1, nil)); response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a beacon while stopping: %d", response.StatusCode)
	}
	select {
	case err := <-stopped:
		t.Fatalf("stopped before the append ended: %v", err)
	default:
	}
	log.answer(0, nil)
	busy.ack(1)
	busy.closed(wire.CloseComeBack)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if g.appends.count() != 0 || g.conns.tally.count() != 0 {
		t.Error("something is open after the stop")
	}
}

// A log that never answers does not hold a stop up beyond its deadline.
func TestDrainGivesUpAtItsDeadline(t *testing.T) {
	log := newFaultyLog()
	log.hold = true
	g := newRig(t, log, nil)
	waiting := g.connect()
	waiting.send(g.frame(1, nil))
	log.await(t, 1)
	blocked := g.connect() // inside Append
	log.set(func(l *faultyLog) { l.block = make(chan struct{}) })
	blocked.send(g.frame(1, nil))
	eventually(t, "the second append has begun", func() bool { return g.appends.count() == 2 })

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := g.Stop(ctx)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "1 appends open") {
		t.Errorf("stop: %v", err)
	}
	waiting.closed(wire.CloseComeBack)
	blocked.closed(wire.CloseComeBack)
	log.answer(0, nil) // a late answer harms nothing
	eventually(t, "the late answer is counted", func() bool { return g.appends.count() == 0 })
}

// halfBody posts a body of which only the beginning comes, and waits for the
// answer.
func (g *rig) halfBody(t *testing.T) (status func() int) {
	t.Helper()
	body, more := io.Pipe()
	t.Cleanup(func() { _ = more.Close() })
	request, err := http.NewRequest(http.MethodPost, g.server.URL+"/v1/batch?site="+testKey, body)
	if err != nil {
		t.Fatal(err)
	}
	request.ContentLength = 100_000
	request.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	request.Header.Set("Origin", testOrigin)
	answered := make(chan int, 1)
	go func() {
		response, err := g.server.Client().Do(request)
		if err != nil {
			t.Error(err)
			answered <- 0
			return
		}
		_ = response.Body.Close()
		answered <- response.StatusCode
	}()
	if _, err := more.Write(make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	return func() int { return <-answered }
}

// A body that does not come is waited for no longer than a connection that does
// not close.
func TestDrainEndsHalfBodies(t *testing.T) {
	g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) { c.Idle, c.BeaconWait = time.Hour, time.Hour })
	status := g.halfBody(t)
	for g.beacons.count() == 0 {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := g.Stop(ctx); err != nil {
		t.Error(err)
	}
	if got := status(); got != http.StatusServiceUnavailable {
		t.Errorf("answered %d", got)
	}
}

// The log has no part in a body that comes too slowly.
func TestSlowBody(t *testing.T) {
	g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) { c.Idle, c.BeaconWait = 100*time.Millisecond, 100*time.Millisecond })
	if got := g.halfBody(t)(); got != http.StatusTooManyRequests {
		t.Errorf("answered %d", got)
	}
	if got := counter(g.metrics.batches, resultRate); got != 1 {
		t.Errorf("counted %v", got)
	}
}
