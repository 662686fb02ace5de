// Package brokertest starts the embedded log for tests.
package brokertest

import (
	"context"
	"testing"

	"go.uber.org/zap"

	"hindsight/internal/broker"
)

// Start runs a broker until the test's end and returns its address.
func Start(t testing.TB, config broker.Config, logger *zap.Logger) string {
	t.Helper()
	b, err := broker.New(config, logger)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return b.Addr()
}
