package collector

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

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
