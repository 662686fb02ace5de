package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"hindsight/internal/store"
)

// TestAdviceIsOfWhatFailed: a store or a collector that ends a connection is no broker, and the embedded engine is no
// server with ports.
func TestAdviceIsOfWhatFailed(t *testing.T) {
	gone := fmt.Errorf("query: %w", io.EOF)
	for _, c := range []struct {
		err  error
		want string
	}{
		{gone, ""},
		{ofLog(gone), "--kafka-tls"},
		{ofStore(gone, store.Config{DSN: "clickhouse://127.0.0.1:9000"}), "9440"},
		{ofStore(gone, store.Config{DSN: "unix:///data/engine.sock"}), ""},
	} {
		got := advised(fmt.Errorf("start: %w", c.err))
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%#v: the advice is %q, want one with %q", c.err, got, c.want)
		}
	}
}

// TestRewindIntoTheFuture: it is said, not passed over.
func TestRewindIntoTheFuture(t *testing.T) {
	for _, service := range []string{"processor", "all"} {
		var usage *usageError
		if _, err := invoke(t, service, "--data", t.TempDir(), "--rewind", "-1h"); !errors.As(err, &usage) || !strings.Contains(err.Error(), "--rewind") {
			t.Errorf("%s --rewind -1h: %v", service, err)
		}
	}
}
