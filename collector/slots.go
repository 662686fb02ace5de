package collector

import (
	"context"
	"sync"
	"time"
)

// slots bounds how many buffers of a class are out while their messages are
// read. Whoever has got one and then hardly sends would keep it from others:
// while somebody waits, the slowest of those is made to give it back. While
// nobody waits the slow may take their time.
type slots struct {
	free    chan struct{} // one token for each that may be out
	grace   time.Duration // how long nobody is called slow who sends nothing
	evicted func()        // counts; may be nil

	mu      sync.Mutex
	holders map[*lease]struct{}
}

// lease is one slot in use. Bytes that arrive buy time for the next ones, at
// slowPace, but never more than the grace: a fast beginning is no excuse for a
// standstill.
type lease struct {
	end   func() // ends the read; nil where it cannot be ended
	grace time.Duration

	mu    sync.Mutex
	due   time.Time // when more should have come
	ended bool
}

// slowPace, in bytes a second, is what a reader must keep up while others wait
// for its buffer: a slow uplink does ten times that.
const slowPace = 16 << 10

func newSlots(n int, grace time.Duration, evicted func()) *slots {
	return &slots{free: make(chan struct{}, n), grace: grace, evicted: evicted, holders: make(map[*lease]struct{})}
}

// take waits for a slot.
func (s *slots) take(ctx context.Context, end func()) (*lease, error) {
	select {
	case s.free <- struct{}{}:
	default:
		if err := s.wait(ctx); err != nil {
			return nil, err
		}
	}
	l := &lease{end: end, grace: s.grace, due: time.Now().Add(s.grace)}
	s.mu.Lock()
	s.holders[l] = struct{}{}
	s.mu.Unlock()
	return l, nil
}

// wait ends when a slot was taken. It makes one slow holder go at each turn.
func (s *slots) wait(ctx context.Context) error {
	turn := time.NewTicker(max(s.grace/8, time.Millisecond))
	defer turn.Stop()
	for {
		select {
		case s.free <- struct{}{}:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-turn.C:
			s.evict(time.Now())
		}
	}
}

func (s *slots) give(l *lease) {
	s.mu.Lock()
	delete(s.holders, l)
	s.mu.Unlock()
	<-s.free
}

// evict ends the read of the slowest holder, if it is too slow.
func (s *slots) evict(now time.Time) {
	s.mu.Lock()
	var slowest *lease
	least := now
	for l := range s.holders {
		if due, ok := l.awaited(); ok && due.Before(least) {
			slowest, least = l, due
		}
	}
	s.mu.Unlock()
	if slowest == nil || !slowest.finish() {
		return
	}
	if s.evicted != nil {
		s.evicted()
	}
	slowest.end()
}

// read counts what has arrived.
func (l *lease) read(n int) {
	if l == nil {
		return
	}
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.due = l.due.Add(time.Duration(n) * (time.Second / slowPace))
	if most := now.Add(l.grace); l.due.After(most) {
		l.due = most
	}
}

// finish marks the lease as over: its message is complete, or is not to be. It
// tells whether it was not so before.
func (l *lease) finish() bool {
	if l == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	first := !l.ended
	l.ended = true
	return first
}

// awaited is when more should have come; not ok where nothing is waited for.
func (l *lease) awaited() (due time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.due, !l.ended && l.end != nil
}
