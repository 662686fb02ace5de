package eventlog

import (
	"sync"
	"time"
)

// trouble is what does not work at the moment and since when, by partition: for
// whoever asks whether something makes progress. The zero value is none.
type trouble struct {
	mu   sync.Mutex
	what map[int]failure
}

type failure struct {
	since time.Time
	err   error
}

// everywhere stands for all partitions.
const everywhere = -1

// is notes an error, or with nil that it works.
func (t *trouble) is(partition int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil {
		delete(t.what, partition)
		return
	}
	if t.what == nil {
		t.what = map[int]failure{}
	}
	f, lasts := t.what[partition]
	if !lasts {
		f.since = time.Now()
	}
	f.err = err
	t.what[partition] = f
}

// none forgets everything.
func (t *trouble) none() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.what)
}

// lasting is what has lasted for some seconds, the oldest; nil if nothing has. A
// leader that moves to another broker is no trouble.
func (t *trouble) lasting() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	oldest := failure{}
	for _, f := range t.what {
		if oldest.err == nil || f.since.Before(oldest.since) {
			oldest = f
		}
	}
	if oldest.err == nil || time.Since(oldest.since) < stalled {
		return nil
	}
	return oldest.err
}
