package broker_test

import (
	"context"
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
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := b.Start(ctx); err != nil {
		t.Fatal(err)
	}
	return b
}

func stop(t *testing.T, b *broker.Broker) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := b.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func TestConformance(t *testing.T) {
	cfg := broker.Config{Dir: t.TempDir()}
	b := start(t, cfg)
	t.Cleanup(func() { stop(t, b) })
	logtest.Run(t, logtest.Broker{
		Config: eventlog.Config{Brokers: []string{b.Addr()}, SessionTimeout: 2 * time.Second, HeartbeatInterval: 100 * time.Millisecond},
		Restart: func(t *testing.T) {
			stop(t, b)
			b = start(t, cfg)
		},
	})
}
