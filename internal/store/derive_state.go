package store

import (
	"fmt"
	"sync"
	"time"
)

const (
	// standstill is for how long nothing can be derived before a deriver is not ready.
	standstill = 30 * time.Second
	// weighAgain is the time between two looks for what is heavy, where there was
	// nothing.
	weighAgain = 10 * time.Second
)

// deriveState is how a deriver gets on.
type deriveState struct {
	mu       sync.Mutex
	failing  time.Time          // since when nothing can be derived; zero: it can
	err      error              // why not
	complete time.Time          // all that was marked before is derived, or apart
	weighed  map[int8]time.Time // when nothing heavy was found, by kind
}

// round takes in what became of a round.
func (s *deriveState) round(started time.Time, derived int, more bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil && !more {
		s.complete = started
	}
	if err == nil || derived > 0 {
		s.failing, s.err = time.Time{}, nil
		return
	}
	if s.failing.IsZero() {
		s.failing = started
	}
	s.err = err
}

// mayWeigh tells whether it is time to look for keys of a kind that are heavy.
func (s *deriveState) mayWeigh(what int8) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(s.weighed[what]) >= weighAgain
}

// nothingHeavy takes in that no key of a kind is.
func (s *deriveState) nothingHeavy(what int8) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.weighed == nil {
		s.weighed = map[int8]time.Time{}
	}
	s.weighed[what] = time.Now()
}

// behind is how old what is marked and neither derived nor apart may be.
func (s *deriveState) behind() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(s.complete)
}

// ready is nil as long as something can be derived.
func (s *deriveState) ready(now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failing.IsZero() || now.Sub(s.failing) < standstill {
		return nil
	}
	return fmt.Errorf("for %.0f s nothing can be derived: %w", now.Sub(s.failing).Seconds(), s.err)
}

// Ready tells whether anything can be derived: single keys that cannot do not
// count. It says why not after half a minute.
func (d *Deriver) Ready() error { return d.state.ready(time.Now()) }
