package apachekafka_test

import (
	"context"
	"testing"
	"time"

	"hindsight/internal/broker/apachekafka"
	"hindsight/internal/eventlog"
	"hindsight/internal/eventlog/logtest"
)

// TestConformance runs on Apache Kafka what the embedded log has to pass.
func TestConformance(t *testing.T) {
	if !apachekafka.Wanted() {
		t.Skipf("runs with %s=1 only (make test-kafka): it needs Java 17 and Maven", apachekafka.Env)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	k, err := apachekafka.New(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Stop)
	logtest.Run(t, logtest.Broker{
		Config: eventlog.Config{Brokers: []string{k.Addr()}, SessionTimeout: 2 * time.Second, HeartbeatInterval: 100 * time.Millisecond},
		Restart: func(t *testing.T) {
			k.Stop()
			if err := k.Start(ctx); err != nil {
				t.Error(err)
			}
		},
	})
}
