package api

import (
	"net"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// attempts bounds how often one address is told that its secret is wrong. The
// secrets cannot be guessed (128 random bits and more); this keeps the work and
// the log small. Addresses stay in memory, for minutes.
type attempts struct {
	mu    sync.Mutex
	now   func() time.Time
	known map[string]*rate.Limiter
}

const (
	attemptsBurst  = 10
	attemptsEvery  = 5 * time.Second // one more after the burst
	attemptsHeld   = 10_000          // addresses
	attemptsShared = "others"        // whoever comes when that many are known
)

func newAttempts(now func() time.Time) *attempts {
	return &attempts{now: now, known: map[string]*rate.Limiter{}}
}

// allow takes one failed attempt; false when there were too many.
func (a *attempts) allow(remote string) bool {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	now := a.now()
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.known[host]
	if l == nil && len(a.known) >= attemptsHeld {
		a.forget(now)
	}
	if l == nil {
		if len(a.known) >= attemptsHeld {
			host = attemptsShared
			l = a.known[host]
		}
		if l == nil {
			l = rate.NewLimiter(rate.Every(attemptsEvery), attemptsBurst)
			a.known[host] = l
		}
	}
	return l.AllowN(now, 1)
}

// forget drops the addresses that have not failed for a while.
func (a *attempts) forget(now time.Time) {
	for host, l := range a.known {
		if l.TokensAt(now) >= attemptsBurst {
			delete(a.known, host)
		}
	}
}
