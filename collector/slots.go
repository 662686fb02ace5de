package collector

import (
	"context"
	"slices"
	"sync"
	"time"
)

// slots bounds how many buffers of a class are out while their messages are
// read. Whoever has got one and then hardly sends would keep it from others:
// while somebody waits, the slowest of those is made to give it back. While
// nobody waits the slow may take their time.
//
// A sender just above the slowest pace could hold a buffer for a minute, and as
// many of them as there are buffers could hold all. So who waits is served by the
// pace at which it has sent so far, and after the grace takes the place of a
// holder that is far slower. A slow network is the slowest of all only where
// nobody trickles on purpose.
type slots struct {
	grace   time.Duration // how long nobody is called slow who sends nothing
	evicted func()        // counts; may be nil

	mu      sync.Mutex
	free    int
	holders map[*lease]struct{}
	queue   []*waiter // in the order of their coming
}

// lease is one slot in use. Bytes that arrive buy time for the next ones, at
// slowPace, but never more than the grace: a fast beginning is no excuse for a
// standstill.
type lease struct {
	end   func() // ends the read; nil where it cannot be ended
	grace time.Duration
	began time.Time

	mu    sync.Mutex
	came  int
	due   time.Time // when more should have come
	ended bool
}

// waiter waits for a slot.
type waiter struct {
	pace  float64 // bytes a second
	since time.Time
	given chan struct{} // closed when it has one
}

const (
	// slowPace, in bytes a second, is what a reader must keep up while others wait
	// for its buffer: a slow uplink does ten times that.
	slowPace = 16 << 10
	// unknownPace is taken for that of a sender of whom nothing is known yet.
	unknownPace = 16 * slowPace
	// farSlower: so many times faster than a holder is who may take its place.
	farSlower = 4
)

func newSlots(n int, grace time.Duration, evicted func()) *slots {
	return &slots{free: n, grace: grace, evicted: evicted, holders: make(map[*lease]struct{})}
}

// take waits for a slot. pace is that of what has come so far, bytes a second.
func (s *slots) take(ctx context.Context, pace float64, end func()) (*lease, error) {
	s.mu.Lock()
	var w *waiter
	if s.free > 0 {
		s.free--
	} else {
		w = &waiter{pace: pace, since: time.Now(), given: make(chan struct{})}
		s.queue = append(s.queue, w)
	}
	s.mu.Unlock()
	if w != nil {
		if err := s.wait(ctx, w); err != nil {
			return nil, err
		}
	}
	now := time.Now()
	l := &lease{end: end, grace: s.grace, began: now, due: now.Add(s.grace)}
	s.mu.Lock()
	s.holders[l] = struct{}{}
	s.mu.Unlock()
	return l, nil
}

// wait ends when a slot was given. It makes one slow holder go at each turn.
func (s *slots) wait(ctx context.Context, w *waiter) error {
	turn := time.NewTicker(max(s.grace/8, time.Millisecond))
	defer turn.Stop()
	for {
		select {
		case <-w.given:
			return nil
		case <-ctx.Done():
			s.leave(w)
			return ctx.Err()
		case <-turn.C:
			s.evict(time.Now(), w.pace)
		}
	}
}

// leave takes a waiter out of the queue; if it has just been given a slot, that
// is for the next one.
func (s *slots) leave(w *waiter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.queue, w); i >= 0 {
		s.queue = slices.Delete(s.queue, i, i+1)
		return
	}
	s.pass()
}

func (s *slots) give(l *lease) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.holders, l)
	s.pass()
}

// pass gives a slot to the fastest that waits, and of equal ones to the first.
// Waiting makes up for slowness in the end.
func (s *slots) pass() {
	if len(s.queue) == 0 {
		s.free++
		return
	}
	now := time.Now()
	best, most := 0, 0.0
	for i, w := range s.queue {
		if claim := w.pace * (1 + float64(now.Sub(w.since))/float64(s.grace)); claim > most {
			best, most = i, claim
		}
	}
	close(s.queue[best].given)
	s.queue = slices.Delete(s.queue, best, best+1)
}

// evict ends the read of the slowest holder, if it is too slow: behind the
// slowest pace, or far slower than the one that waits.
func (s *slots) evict(now time.Time, pace float64) {
	s.mu.Lock()
	var late, slowest *lease
	due, least := now, pace/farSlower
	for l := range s.holders {
		at, its, ok := l.awaited(now)
		if ok && at.Before(due) {
			late, due = l, at
		}
		if ok && its < least && now.Sub(l.began) >= s.grace {
			slowest, least = l, its
		}
	}
	s.mu.Unlock()
	if late == nil {
		late = slowest
	}
	if late == nil || !late.finish() {
		return
	}
	if s.evicted != nil {
		s.evicted()
	}
	late.end()
}

// read counts what has arrived.
func (l *lease) read(n int) {
	if l == nil {
		return
	}
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.came += n
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

// awaited is when more should have come, and at which pace it came so far; not ok
// where nothing is waited for.
func (l *lease) awaited(now time.Time) (due time.Time, pace float64, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.due, l.paceAt(now), !l.ended && l.end != nil
}

// pace is at how many bytes a second the message came while this was held.
func (l *lease) pace() float64 {
	if l == nil {
		return unknownPace
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.paceAt(time.Now())
}

func (l *lease) paceAt(now time.Time) float64 {
	return float64(l.came) / max(now.Sub(l.began), time.Millisecond).Seconds()
}
