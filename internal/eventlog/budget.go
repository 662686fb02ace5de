package eventlog

import (
	"context"
	"sync/atomic"
)

// budget bounds bytes. Whoever has to wait is served in turn, so that a large
// request does not starve behind small ones. (x/sync's semaphore.Weighted does
// the same behind a lock that every record would take twice.)
type budget struct {
	free    atomic.Int64
	waiting atomic.Int64
	turn    chan struct{} // capacity 1: full while the first of those that wait does
	freed   chan struct{} // capacity 1: tells it
}

func newBudget(bytes int64) *budget {
	b := &budget{turn: make(chan struct{}, 1), freed: make(chan struct{}, 1)}
	b.free.Store(bytes)
	return b
}

// acquire takes n bytes, at most all there are, or gives why ctx ended.
func (b *budget) acquire(ctx context.Context, n int64) error {
	if b.waiting.Load() == 0 && b.take(n) {
		return nil
	}
	// Whoever waits says so first and looks then, and whoever gives frees first:
	// one of the two sees the other.
	b.waiting.Add(1)
	defer b.waiting.Add(-1)
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-b.turn }()
	for !b.take(n) {
		select {
		case <-b.freed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (b *budget) take(n int64) bool {
	for {
		free := b.free.Load()
		if free < n {
			return false
		}
		if b.free.CompareAndSwap(free, free-n) {
			return true
		}
	}
}

func (b *budget) release(n int64) {
	b.free.Add(n)
	if b.waiting.Load() == 0 {
		return
	}
	select {
	case b.freed <- struct{}{}:
	default:
	}
}
