package storetest_test

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"time"

	"hindsight/internal/engine"
	"hindsight/internal/engine/enginetest"
	"hindsight/internal/store"
	"hindsight/test/process"
)

// TestMigrationKilledWithItsEngine: whoever is killed in the middle of a migration together with the engine leaves the
// lock behind. The next one does not wait for it until it is old.
func TestMigrationKilledWithItsEngine(t *testing.T) {
	e := enginetest.Start(t)
	// Well below a minute, after which any lock is taken over.
	ctx, cancel := context.WithTimeout(t.Context(), 55*time.Second)
	defer cancel()
	s := locked(t, e)
	time.Sleep(3 * time.Second) // tables and the engine tell their ages in whole seconds
	old := e.PID()
	if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	process.Eventually(t, "the engine is back", process.Patience, func() error {
		if e.PID() == old {
			return errors.New("it is the old one")
		}
		return s.Ping(ctx)
	})
	if steps, err := s.Migrate(ctx); err != nil || steps == 0 {
		t.Errorf("Migrate took %d steps: %v", steps, err)
	}
}

// TestYoungLockIsKept: who migrates while the engine is a few moments old keeps its lock.
func TestYoungLockIsKept(t *testing.T) {
	t.Parallel()
	e := enginetest.Start(t)
	ctx := t.Context()
	s := locked(t, e)
	waits, cancel := context.WithTimeout(ctx, 1500*time.Millisecond) // a whole second of both clocks
	defer cancel()
	if steps, err := s.Migrate(waits); !errors.Is(err, context.DeadlineExceeded) || steps != 0 {
		t.Errorf("beside another's lock Migrate took %d steps, %v; want it to wait", steps, err)
	}
}

// locked is an empty store on an engine that somebody migrates.
func locked(t *testing.T, e *engine.Supervisor) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{DSN: "unix://" + e.Socket()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Conn().Exec(t.Context(), "CREATE TABLE schema_migration_lock (nothing UInt8) ENGINE = MergeTree ORDER BY nothing"); err != nil {
		t.Fatal(err)
	}
	return s
}
