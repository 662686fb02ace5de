package engine_test

import (
	"strings"
	"testing"

	"hindsight/internal/engine/enginetest"
)

// What the child is told to do less often than by default has to reach it: the
// names are the library's and the allocator's, and one that it does not know it
// passes over in silence.
func TestEngineIsToldToRest(t *testing.T) {
	conn := enginetest.Open(t, enginetest.Options(enginetest.Start(t).Socket()))
	ask := func(query string) (answer string) {
		t.Helper()
		if err := conn.QueryRow(t.Context(), query).Scan(&answer); err != nil {
			t.Fatal(err)
		}
		return answer
	}
	if period := ask("SELECT value FROM system.server_settings WHERE name = 'memory_worker_period_ms'"); period != "250" {
		t.Errorf("it looks at its memory each %s ms, not 250", period)
	}
	const kept = "arenas.dirty_decay_ms: 30000"
	if stats := ask("SELECT * FROM system.jemalloc_stats"); !strings.Contains(stats, kept) {
		t.Errorf("the allocator says nothing of %q", kept)
	}
}
