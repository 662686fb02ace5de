package eventlog

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// partition is the queue of one partition of hindsight.events. Its first batch
// may be on its way; the last one is still open.
type partition struct {
	id     int
	p      *Producer
	leader atomic.Int64 // broker id; -1 while unknown

	mu       sync.Mutex
	queue    []*batch // in order; all but the last are full
	inflight bool     // queue[0] is on its way
	since    time.Time
	attempt  int       // failures of queue[0] in a row
	retryAt  time.Time // not before
	err      error     // of the last attempt
	closed   bool
}

// stalled is how long a request may be on its way before Healthy says so.
const stalled = 5 * time.Second

// append adds a record to the open batch; false if the producer is closed.
func (q *partition) append(piece parts, ms, size int64, done func(error)) bool {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return false
	}
	b, fresh := q.open(piece, ms)
	b.add(piece, ms, size, done)
	q.mu.Unlock()
	if fresh {
		q.p.tellPending()
		q.p.wake(int(q.leader.Load()))
	}
	return true
}

// open returns the batch that takes the next record, and whether it is new: a
// new one is what a sender has to be told of.
func (q *partition) open(piece parts, ms int64) (*batch, bool) {
	if n := len(q.queue); n > 0 && !(n == 1 && q.inflight) {
		b := q.queue[n-1]
		if total, _ := b.sizes(piece, ms); !b.sealed && b.bytes()+total <= targetBatchBytes {
			return b, false
		}
	}
	b := q.p.batches.get()
	q.queue = append(q.queue, b)
	return b, true
}

// take puts the first batch on its way: nil if there is none, or if it has to
// wait until retry (zero: no retry is due).
func (q *partition) take(now time.Time) (b *batch, retry time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.inflight || len(q.queue) == 0 || q.closed {
		return nil, time.Time{}
	}
	if now.Before(q.retryAt) {
		return nil, q.retryAt
	}
	q.inflight, q.since = true, now
	b = q.queue[0]
	b.seal()
	return b, time.Time{}
}

// acked lets the first batch go and tells its records. base is the offset that
// the log gave the first of them.
func (q *partition) acked(base int64) {
	q.mu.Lock()
	b := q.pop()
	q.mu.Unlock()
	if tail := q.p.cfg.Tail; tail != nil {
		tail.add(q.id, base, b)
	}
	q.p.finish(b, nil, "acked")
}

// tooLarge takes the first batch apart until the one record is found that the
// broker refuses; that one is told, its neighbours go on.
func (q *partition) tooLarge() {
	q.mu.Lock()
	b := q.queue[0]
	if len(b.records) > 1 {
		if first, second, err := b.split(); err == nil {
			first.seal()
			second.seal() // no further record: order
			q.queue = append([]*batch{first, second}, q.queue[1:]...)
			q.inflight, q.attempt, q.retryAt = false, 0, time.Time{}
			q.mu.Unlock()
			return
		}
	}
	q.pop()
	q.mu.Unlock()
	q.p.finish(b, ErrTooLarge, "too_large")
}

// failed keeps the first batch for another attempt.
func (q *partition) failed(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.inflight = false
	q.attempt++
	q.err = err
	q.retryAt = time.Now().Add(backoff(q.attempt))
}

// pop removes the first batch. The caller holds mu.
func (q *partition) pop() *batch {
	b := q.queue[0]
	q.queue[0] = nil
	q.queue = q.queue[1:]
	if len(q.queue) == 0 {
		q.queue = nil
	}
	q.inflight, q.attempt, q.retryAt, q.err = false, 0, time.Time{}, nil
	return b
}

func (q *partition) failing() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err == nil && q.inflight && time.Since(q.since) > stalled {
		return errors.New("no answer to a request")
	}
	return q.err
}

// abandon tells every record that is left that the producer is closed, and
// returns how many there were.
func (q *partition) abandon() int {
	q.mu.Lock()
	q.closed = true
	left := q.queue
	q.queue = nil
	q.mu.Unlock()
	n := 0
	for _, b := range left {
		n += len(b.records)
		q.p.finish(b, ErrClosed, "closed")
	}
	return n
}

// finish tells the records of a batch their fate and recycles it.
func (p *Producer) finish(b *batch, err error, result string) {
	var size int64
	for i := range b.records {
		size += b.records[i].size
	}
	p.metrics.records.WithLabelValues(result).Add(float64(len(b.records)))
	p.release(size)
	p.tellPending()
	for i := range b.records {
		b.records[i].done(err)
	}
	p.batches.put(b)
}
