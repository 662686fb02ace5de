package collector

import (
	"context"
	"sync"
)

// tally counts what is going on and lets one wait, with a limit, until nothing
// is. (A sync.WaitGroup cannot be waited for with a limit, nor added to while
// one waits.)
type tally struct {
	mu   sync.Mutex
	n    int
	shut bool
	zero chan struct{} // closed at zero; nil while nobody waits
}

// add counts one more, unless the tally was closed.
func (t *tally) add() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.shut {
		t.n++
	}
	return !t.shut
}

func (t *tally) done() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n--
	if t.n == 0 && t.zero != nil {
		close(t.zero)
		t.zero = nil
	}
}

// close lets nothing more in.
func (t *tally) close() {
	t.mu.Lock()
	t.shut = true
	t.mu.Unlock()
}

func (t *tally) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n
}

// wait returns nil when nothing is going on, or why ctx ended before.
func (t *tally) wait(ctx context.Context) error {
	t.mu.Lock()
	if t.n == 0 {
		t.mu.Unlock()
		return nil
	}
	if t.zero == nil {
		t.zero = make(chan struct{})
	}
	zero := t.zero
	t.mu.Unlock()
	select {
	case <-zero:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
