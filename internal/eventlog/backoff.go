package eventlog

import (
	"context"
	"math/rand/v2"
	"time"
)

// backoff returns how long to wait before the nth attempt (from 1): 50 ms
// doubling to 2 s, of which the upper half is random so that many clients of a
// broker that returns do not come at once.
func backoff(attempt int) time.Duration {
	const least, most = 50 * time.Millisecond, 2 * time.Second
	d := most
	if attempt < 7 {
		d = min(most, least<<max(0, attempt-1))
	}
	return d/2 + rand.N(d/2+1) //nolint:gosec // spreads clients, hides nothing
}

// sleep waits d or until ctx ends, and says whether it waited to the end.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
