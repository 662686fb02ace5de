package broker_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap/zaptest"

	"hindsight/internal/broker"
	"hindsight/internal/eventlog"
	"hindsight/internal/eventlog/logtest"
)

func start(t *testing.T, cfg broker.Config) *broker.Broker {
	t.Helper()
	b, err := broker.New(cfg, zaptest.NewLogger(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := b.Start(ctx); err != nil {
		t.Fatal(err)
	}
	return b
}

func stop(t *testing.T, b *broker.Broker) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := b.Stop(ctx); err != nil {
		t.Error(err)
	}
}

// TestConformance: by the socket as another process does, and as one process with
// producer, broker and consumer in it does.
func TestConformance(t *testing.T) {
	for _, inside := range []bool{false, true} {
		t.Run(map[bool]string{false: "outside", true: "inside"}[inside], func(t *testing.T) {
			cfg := broker.Config{Dir: t.TempDir()}
			var running atomic.Pointer[broker.Broker]
			running.Store(start(t, cfg))
			t.Cleanup(func() { stop(t, running.Load()) })
			at := eventlog.Config{Brokers: []string{running.Load().Addr()}, SessionTimeout: 2 * time.Second, HeartbeatInterval: 100 * time.Millisecond}
			if inside {
				at.Tail, at.Lender = eventlog.NewTail(), lender{&running}
				at.Dial = func(ctx context.Context) (net.Conn, error) { return running.Load().Dial(ctx) }
			}
			logtest.Run(t, logtest.Broker{
				Config: at,
				Restart: func(t *testing.T) {
					stop(t, running.Load())
					running.Store(start(t, cfg))
				},
			})
		})
	}
}

// lender is the broker that runs at the moment.
type lender struct {
	running *atomic.Pointer[broker.Broker]
}

func (l lender) Lend(batch []byte) []byte { return l.running.Load().Lend(batch) }
func (l lender) Back(name []byte)         { l.running.Load().Back(name) }

// TestTrimBeforeAnyoneRead: as where another log is consumed, or no processor was ever started.
func TestTrimBeforeAnyoneRead(t *testing.T) {
	b := start(t, broker.Config{Dir: t.TempDir(), Group: "nobody"})
	t.Cleanup(func() { stop(t, b) })
	if err := b.Trim(t.Context()); err != nil {
		t.Errorf("a log whose group does not exist yet: %v", err)
	}
}
