package collector

import (
	"sync"
	"time"
)

// meter is a token bucket. It is kept as one number, the time at which it will
// be full again (the generic cell rate algorithm, ITU-T I.371), so that a frame
// costs no garbage; golang.org/x/time/rate makes some at each reservation. The
// zero meter is no limit.
type meter struct {
	each  float64 // ns that one token takes to come back; 0: no limit
	burst float64 // tokens that can be taken at once

	mu   sync.Mutex
	full time.Time // when it is, or was
}

func (m *meter) set(perSecond float64, burst int) {
	m.each, m.burst = float64(time.Second)/perSecond, float64(burst)
}

// take takes n tokens, and gives how long to wait until they are due. Nothing is
// taken where that is more than patience, or n more than there can ever be.
func (m *meter) take(now time.Time, n int, patience time.Duration) (wait time.Duration, ok bool) {
	if m.each == 0 {
		return 0, true
	}
	if float64(n) > m.burst {
		return 0, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	full := m.full
	if full.Before(now) {
		full = now
	}
	full = full.Add(time.Duration(float64(n) * m.each))
	wait = full.Sub(now) - time.Duration(m.burst*m.each)
	if wait > patience {
		return 0, false
	}
	m.full = full
	return max(wait, 0), true
}

// takeDown is take also of more than there can ever be at once: what is more is
// owed, and nothing is given until it is paid.
func (m *meter) takeDown(now time.Time, n int, patience time.Duration) (wait time.Duration, ok bool) {
	if m.each == 0 {
		return 0, true
	}
	due := min(n, int(m.burst))
	if wait, ok = m.take(now, due, patience); ok {
		m.giveBack(due - n)
	}
	return wait, ok
}

// giveBack undoes take.
func (m *meter) giveBack(n int) {
	if m.each == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.full = m.full.Add(-time.Duration(float64(n) * m.each))
}

// isFull tells whether nothing is taken, or all of it has come back.
func (m *meter) isFull(now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.full.After(now)
}
