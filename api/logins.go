package api

import (
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"
)

const (
	loginLife = 15 * time.Minute
	loginsMax = 1_000 // outstanding
)

// logins are one-time logins, in memory: a restart forgets them.
type logins struct {
	mu    sync.Mutex
	now   func() time.Time
	known map[[sha256.Size]byte]time.Time // hash of the token → its end
}

func newLogins(now func() time.Time) *logins {
	return &logins{now: now, known: map[[sha256.Size]byte]time.Time{}}
}

// issue makes a login of 130 random bits. When there are too many the one that
// ends soonest goes.
func (l *logins) issue() (token string, expires time.Time) {
	token = rand.Text()
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	expires = now.Add(loginLife)
	l.forget(now)
	l.known[sha256.Sum256([]byte(token))] = expires
	return token, expires
}

func (l *logins) forget(now time.Time) {
	var soonest [sha256.Size]byte
	var end time.Time
	for hash, expires := range l.known {
		switch {
		case !now.Before(expires):
			delete(l.known, hash)
		case end.IsZero() || expires.Before(end):
			soonest, end = hash, expires
		}
	}
	if len(l.known) >= loginsMax {
		delete(l.known, soonest)
	}
}

// redeem takes a login once. Looking up by hash leaks nothing of use by time:
// nobody can choose the hash of a secret they do not know.
func (l *logins) redeem(token string) bool {
	hash := sha256.Sum256([]byte(token))
	l.mu.Lock()
	defer l.mu.Unlock()
	expires, ok := l.known[hash]
	delete(l.known, hash)
	return ok && l.now().Before(expires)
}
