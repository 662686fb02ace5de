package bench

import (
	"errors"
	"maps"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// Result is what was seen so far. Times are ms, sizes bytes.
type Result struct {
	Seconds   float64 `json:"seconds"` // from the first frame to the newest ack
	Elapsed   float64 `json:"elapsed"` // seconds since the beginning
	Connected int64   `json:"connected"`
	// Sent are frames, each once; Resent how often one was sent again after its
	// connection broke. Every frame sent ends as acked, refused or unacked.
	Sent    uint64            `json:"sent"`
	Acked   uint64            `json:"acked"`
	Resent  uint64            `json:"resent"`
	Unacked uint64            `json:"unacked"`
	Refused map[string]uint64 `json:"refused"` // by reason
	// WrongAcks are acks of what was never sent, or of less than before: the
	// collector broke its promise.
	WrongAcks uint64 `json:"wrong_acks"`
	// Failed are connections that could not be made, Closes those that ended
	// before their time, by close code (1006: without one).
	Failed uint64 `json:"failed_connections"`
	// Trouble is why a connection could not be made or broke, the newest such.
	Trouble string         `json:"trouble,omitempty"`
	Closes  map[int]uint64 `json:"closes"`
	Bytes   uint64         `json:"bytes"`      // of frames, those sent again included
	Rate    float64        `json:"acked_rate"` // acked frames a second
	// From a frame's first sending to its ack.
	P50 float64 `json:"p50_ms"`
	P90 float64 `json:"p90_ms"`
	P99 float64 `json:"p99_ms"`
	Max float64 `json:"max_ms"`

	counts [steps]uint64 // of times, by step
}

// Between gives a quantile, ms, of the times that came after an earlier result
// of the same run.
func (r Result) Between(earlier Result, share float64) float64 {
	for i := range r.counts {
		r.counts[i] -= earlier.counts[i]
	}
	return quantile(&r.counts, share)
}

// Good tells whether every frame was acked, and rightly so.
func (r Result) Good() bool {
	return r.Sent > 0 && r.Acked == r.Sent && r.WrongAcks == 0
}

// tally is what all connections count in.
type tally struct {
	connected                  atomic.Int64
	sent, acked, resent, wrong atomic.Uint64
	failed, bytes              atomic.Uint64
	first, last                atomic.Int64 // Unix ns of the first frame and the newest ack
	times                      histogram
	mu                         sync.Mutex
	refused                    map[string]uint64
	closes                     map[int]uint64
	lastError                  error
	began                      time.Time
}

func newTally() *tally {
	return &tally{began: time.Now(), refused: map[string]uint64{}, closes: map[int]uint64{}}
}

func (t *tally) refuse(reason string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refused[reason]++
}

func (t *tally) closed(code int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closes[code]++
}

func (t *tally) trouble(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lastError = err
}

func (t *tally) why() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lastError == nil {
		return errors.New("the collector did not say welcome in time")
	}
	return t.lastError
}

func (t *tally) result() Result {
	t.mu.Lock()
	refused, closes, trouble := maps.Clone(t.refused), maps.Clone(t.closes), ""
	if t.lastError != nil {
		trouble = t.lastError.Error()
	}
	t.mu.Unlock()
	r := Result{
		Connected: t.connected.Load(), Acked: t.acked.Load(), Resent: t.resent.Load(), WrongAcks: t.wrong.Load(),
		Failed: t.failed.Load(), Bytes: t.bytes.Load(), Refused: refused, Closes: closes,
		Elapsed: time.Since(t.began).Seconds(), Trouble: trouble, counts: t.times.counts(),
	}
	r.P50, r.P90, r.P99, r.Max = quantile(&r.counts, 0.5), quantile(&r.counts, 0.9), quantile(&r.counts, 0.99), quantile(&r.counts, 1)
	r.Sent = t.sent.Load() // after acked: a frame is never acked before it is sent
	r.Unacked = r.Sent - r.Acked
	for _, n := range refused {
		r.Unacked -= min(n, r.Unacked)
	}
	if first, last := t.first.Load(), t.last.Load(); first > 0 && last > first {
		r.Seconds = time.Duration(last - first).Seconds()
		r.Rate = float64(r.Acked) / r.Seconds
	}
	return r
}

// histogram counts times in steps of 2 %, from a microsecond to a minute.
type histogram struct {
	steps [steps]atomic.Uint64
}

const (
	steps = 910
	step  = 1.02
)

func (h *histogram) add(d time.Duration) {
	us := max(1, float64(d)/1e3)
	h.steps[min(int(math.Log(us)/math.Log(step)), len(h.steps)-1)].Add(1)
}

func (h *histogram) counts() (counts [steps]uint64) {
	for i := range h.steps {
		counts[i] = h.steps[i].Load()
	}
	return counts
}

// quantile is the upper end of the step in which a share of the times ends, ms.
func quantile(counts *[steps]uint64, share float64) float64 {
	var total, seen uint64
	for _, n := range counts {
		total += n
	}
	for i, n := range counts {
		if seen += n; seen > 0 && float64(seen) >= share*float64(total) {
			return math.Round(math.Pow(step, float64(i+1))) / 1e3
		}
	}
	return 0
}
