package eventlog

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
	"go.uber.org/zap"
)

// Generation is one assignment of partitions to this member. Fetch is for one
// goroutine; Commit, Lag and
// LookAhead may be called from others.
type Generation struct {
	ID       int32
	memberID string
	group    string

	log       *zap.Logger
	metrics   *consumerMetrics
	trouble   *trouble
	client    *kafka.Client
	transport *kafka.Transport

	ctx     context.Context // of the requests on their way; ends before handle's caller goes on
	cursors map[int]*cursor
	buffer  []Fetched
	given   int64 // records that Fetch has given
	answers chan answer
	turn    int
	tail    *Tail // nil where there is none
	recent  *follower
	held    []held   // in the order of the buffer
	passed  []*chunk // to be given back; reused
	kept    keptRoom
	mute    bool // a failure was logged and no success came since
	wg      sync.WaitGroup

	mu        sync.Mutex
	end       map[int]int64 // high watermark
	committed map[int]int64
}

// cursor is where reading of a partition stands.
type cursor struct {
	partition int
	next      int64
	busy      bool      // part of a request on its way
	asked     time.Time // when the broker was
	fed       time.Time // when the tail had something
}

func newGeneration(c *Consumer, client *kafka.Client, transport *kafka.Transport, kgen *kafka.Generation) *Generation {
	g := &Generation{
		ID: kgen.ID, memberID: kgen.MemberID, group: c.group,
		log: c.log, metrics: c.metrics, trouble: &c.trouble, client: client, transport: transport, tail: c.cfg.Tail,
		cursors:   make(map[int]*cursor),
		end:       make(map[int]int64),
		committed: make(map[int]int64),
	}
	for _, a := range kgen.Assignments[TopicEvents] {
		g.cursors[a.ID] = &cursor{partition: a.ID, next: a.Offset}
	}
	g.answers = make(chan answer, len(g.cursors)+1)
	return g
}

// Partitions of this member, ascending; there may be none.
func (g *Generation) Partitions() []int {
	return slices.Sorted(maps.Keys(g.cursors))
}

// begin compares the committed offsets with what the log holds.
func (g *Generation) begin(ctx context.Context) error {
	g.ctx = ctx
	if len(g.cursors) == 0 {
		return nil
	}
	for attempt := 1; ; attempt++ {
		bounds, err := listBounds(ctx, g.client, g.Partitions())
		if err == nil {
			g.trouble.none()
			from := make(map[int]int64, len(g.cursors))
			for p, c := range g.cursors {
				g.place(c, bounds[p])
				from[p] = c.next
			}
			if g.tail != nil {
				g.recent = g.tail.follow(from)
			}
			return nil
		}
		g.trouble.is(everywhere, fmt.Errorf("cannot ask for the log's bounds: %w", err))
		g.transport.CloseIdleConnections()
		if !sleep(ctx, backoff(attempt)) {
			return fmt.Errorf("ask for the log's bounds: %w", err)
		}
	}
}

// place sets a cursor into the log's bounds: at the committed offset if the log
// has it, else at the earliest record, which is said loudly.
func (g *Generation) place(c *cursor, b bounds) {
	reason := ""
	switch {
	case c.next == kafka.FirstOffset: // nothing committed yet
		c.next = b.first
	case c.next < b.first:
		reason = "before_start"
	case c.next > b.last:
		reason = "after_end"
	}
	if reason != "" {
		g.metrics.resets.WithLabelValues(reason).Inc()
		g.log.Error("the committed offset lies outside the log; beginning at the log's earliest record",
			zap.String("group", g.group), zap.Int("partition", c.partition), zap.String("reason", reason),
			zap.Int64("committed", c.next), zap.Int64("log_start", b.first), zap.Int64("log_end", b.last))
		c.next = b.first
	}
	g.mu.Lock()
	g.end[c.partition] = b.last
	g.committed[c.partition] = c.next
	g.mu.Unlock()
}

// Lag returns, for each partition of this member, how many records the log
// holds that the group has not committed.
func (g *Generation) Lag() map[int]int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	lag := make(map[int]int64, len(g.end))
	for p, end := range g.end {
		lag[p] = max(0, end-g.committed[p])
	}
	return lag
}

// LookAhead asks where the log ends, for Lag: the answers of Fetch tell it too,
// but nobody fetches while a batch is worked on. The answer may be older than one of
// Fetch: Lag never takes the log for shorter than it was.
func (g *Generation) LookAhead(ctx context.Context) error {
	if len(g.cursors) == 0 {
		return nil
	}
	b, err := listBounds(ctx, g.client, g.Partitions())
	if err != nil {
		return fmt.Errorf("ask for the log's bounds: %w", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for p := range g.end {
		g.end[p] = max(g.end[p], b[p].last)
	}
	return nil
}

// wait lets the requests on their way end; their context has ended.
func (g *Generation) wait() {
	g.wg.Wait()
	if g.recent == nil {
		return
	}
	g.tail.unfollow(g.recent)
	g.recent.forget()
	for _, h := range g.held { // whoever read them is done
		g.passed = append(g.passed, h.in)
	}
	g.held = nil
	g.letGo()
}
