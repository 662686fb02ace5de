package eventlog

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

// TestBudgetBounds: never is more out than there is, and in the end all is back.
func TestBudgetBounds(t *testing.T) {
	const all, takers, turns = 1000, 8, 2000
	b := newBudget(all)
	var out, most atomic.Int64
	var wg sync.WaitGroup
	for i := range takers {
		wg.Go(func() {
			for turn := range turns {
				n := int64(1 + (i*turn)%all)
				if err := b.acquire(t.Context(), n); err != nil {
					t.Error(err)
					return
				}
				now := out.Add(n)
				for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
				}
				out.Add(-n)
				b.release(n)
			}
		})
	}
	wg.Wait()
	if most.Load() > all || b.free.Load() != all {
		t.Errorf("%d of %d were out, %d are left", most.Load(), all, b.free.Load())
	}
}

// TestBudgetInTurn: who asks for much is not passed by those who ask for little,
// and who stops waiting lets the next one go on.
func TestBudgetInTurn(t *testing.T) {
	b := newBudget(10)
	if err := b.acquire(t.Context(), 6); err != nil {
		t.Fatal(err)
	}
	large, leave := context.WithCancel(t.Context())
	got := make(chan error, 1)
	go func() { got <- b.acquire(large, 10) }()
	for len(b.turn) == 0 { // until it waits at the head
	}
	small, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.acquire(small, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("a small one went past a large one: %v", err)
	}
	leave()
	if err := <-got; !errors.Is(err, context.Canceled) {
		t.Errorf("it does not wait any more: %v", err)
	}
	if err := b.acquire(t.Context(), 4); err != nil {
		t.Error(err)
	}
	go func() { got <- b.acquire(t.Context(), 10) }()
	for len(b.turn) == 0 {
	}
	b.release(4)
	b.release(6)
	if err := <-got; err != nil || b.free.Load() != 0 {
		t.Errorf("%v, %d left", err, b.free.Load())
	}
}
