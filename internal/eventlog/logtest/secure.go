package logtest

import (
	"context"
	"strings"
	"testing"
	"time"

	"hindsight/internal/eventlog"
)

// Secure tests a broker that asks for TLS and a password: with b everything
// works, and each of wrong is refused at once, by an error that has an advice
// and does not hold the secret.
func Secure(t *testing.T, b Broker, secret string, wrong map[string]eventlog.Config) {
	for name, cfg := range wrong {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			err := eventlog.EnsureTopics(ctx, cfg)
			_, inspected := eventlog.Inspect(ctx, cfg, "anybody")
			for what, err := range map[string]error{"made topics": err, "was inspected": inspected} {
				switch {
				case err == nil:
					t.Errorf("it %s", what)
				case ctx.Err() != nil:
					t.Errorf("it tried on: %v", err)
				case eventlog.Advice(err) == "":
					t.Errorf("no advice for: %v", err)
				case strings.Contains(err.Error(), secret):
					t.Errorf("the password stands in: %v", err)
				}
			}
		})
	}
	if err := eventlog.EnsureTopics(t.Context(), b.Config); err != nil {
		t.Fatal(err)
	}
	t.Run("order and content", b.orderAndContent)
	t.Run("dead letter", b.deadLetter)
	c, err := eventlog.Inspect(t.Context(), b.Config, newGroup(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, broker := range c.Brokers {
		if broker.Err != nil {
			t.Errorf("%s: %v", broker.Address, broker.Err)
		}
	}
}
