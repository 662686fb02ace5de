package collector

import (
	"context"
	"sync"
	"sync/atomic"
)

// tally counts what is going on and lets one wait, with a limit, until nothing
// is. (A sync.WaitGroup cannot be waited for with a limit, nor added to while
// one waits.)
type tally struct {
	n    atomic.Int64
	shut atomic.Bool
	// awaited: someone waits, so that zero has to be told.
	awaited atomic.Bool
	mu      sync.Mutex
	zero    chan struct{} // closed at zero; nil while nobody waits
}

// add counts one more, unless the tally was closed.
func (t *tally) add() bool {
	t.n.Add(1)
	if t.shut.Load() {
		t.done()
		return false
	}
	return true
}

func (t *tally) done() {
	// Whoever waits says so first and counts then, so one of the two sees the other.
	if t.n.Add(-1) > 0 || !t.awaited.Load() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.zero == nil || t.n.Load() > 0 { // another has told it, or will
		return
	}
	close(t.zero)
	t.zero = nil
	t.awaited.Store(false)
}

// close lets nothing more in.
func (t *tally) close() { t.shut.Store(true) }

func (t *tally) count() int { return int(t.n.Load()) }

// wait returns nil when nothing is going on, or why ctx ended before.
func (t *tally) wait(ctx context.Context) error {
	t.mu.Lock()
	if t.zero == nil {
		t.zero = make(chan struct{})
	}
	zero := t.zero
	t.awaited.Store(true)
	t.mu.Unlock()
	if t.n.Load() == 0 {
		return nil
	}
	select {
	case <-zero:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
