package eventlog

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/segmentio/kafka-go"
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

// settleTime is how long who only looks waits for partitions to find a leader:
// those of a topic that was just made, or whose broker went away.
const settleTime = 10 * time.Second

// settled asks something of the log once more while the answer is one that
// passes by itself, such as that of a broker which does not lead the partition
// yet. What was learnt about leaders is forgotten before. It gives up after
// settleTime, or when ctx ends.
func settled(ctx context.Context, transport *kafka.Transport, ask func() error) error {
	for attempt, giveUp := 1, time.Now().Add(settleTime); ; attempt++ {
		err := ask()
		var refused kafka.Error
		if err == nil || !errors.As(err, &refused) || !refused.Temporary() || time.Now().After(giveUp) {
			return err
		}
		transport.CloseIdleConnections()
		if !sleep(ctx, backoff(attempt)) {
			return err
		}
	}
}
