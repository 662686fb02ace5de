package eventlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	fetchapi "github.com/segmentio/kafka-go/protocol/fetch"
	"go.uber.org/zap"
)

// answer is what came of one fetch request.
type answer struct {
	cursors []*cursor
	res     *fetchapi.Response
	err     error
}

// Fetch returns records of the member's partitions, in order within each, as
// soon as there are some; none after maxWait. maxBytes bounds what one request
// asks of a broker (at least 1 MiB; a single larger batch still comes), and the
// next request is on its way while the caller works, so up to twice that is
// held for each broker. An error means that the generation is over.
//
// Values hold until the next call, keys and headers until Release.
func (g *Generation) Fetch(ctx context.Context, maxRecords, maxBytes int, maxWait time.Duration) ([]Fetched, error) {
	g.letGo()
	maxBytes = max(maxBytes, maxBatchBytes)
	deadline := time.NewTimer(maxWait)
	defer deadline.Stop()
	var fresh <-chan struct{}
	var again <-chan time.Time
	if g.recent != nil {
		ticker := time.NewTicker(askEvery)
		defer ticker.Stop()
		fresh, again = g.recent.fresh, ticker.C
	}
	for len(g.buffer) == 0 {
		if err := g.ctx.Err(); err != nil {
			return nil, fmt.Errorf("the generation is over: %w", err)
		}
		if g.takeRecent(maxBytes); len(g.buffer) > 0 {
			break
		}
		g.launch(maxBytes, maxWait)
		select {
		case a := <-g.answers:
			g.take(a)
		case <-fresh:
		case <-again: // those that were not asked for, see needless
		case <-deadline.C:
			return nil, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-g.ctx.Done():
		}
	}
	// Everything that has come meanwhile, then the next requests.
	for more := true; more; {
		select {
		case a := <-g.answers:
			g.take(a)
		default:
			more = false
		}
	}
	out := g.give(maxRecords)
	if len(g.buffer) == 0 {
		g.launch(maxBytes, maxWait)
	}
	g.metrics.records.WithLabelValues(TopicEvents).Add(float64(len(out)))
	return out, nil
}

// give hands out what was read, most records of it, 0 for all.
func (g *Generation) give(most int) []Fetched {
	n := len(g.buffer)
	if most > 0 && n > most {
		n = most
	}
	out := g.buffer[:n:n]
	g.given += int64(n)
	if g.buffer = g.buffer[n:]; len(g.buffer) == 0 {
		g.buffer = nil
	}
	return out
}

// launch sends a request to each broker for those of its partitions that no
// request on its way covers.
func (g *Generation) launch(maxBytes int, maxWait time.Duration) {
	idle := make(map[int][]*cursor)
	leaders, err := g.leaders()
	now := time.Now()
	for _, p := range g.Partitions() {
		if c := g.cursors[p]; !c.busy && !g.needless(c, now) {
			// Without metadata the one request fails, and waits.
			idle[leaders[p]] = append(idle[leaders[p]], c)
		}
	}
	for _, cursors := range idle {
		// Another partition stands first each time: brokers fill an answer
		// from the front, and the last ones would starve behind a busy one.
		g.turn++
		k := g.turn % len(cursors)
		cursors = append(cursors[k:len(cursors):len(cursors)], cursors[:k]...)
		for _, c := range cursors {
			c.busy, c.asked = true, now
		}
		req := fetchRequest(cursors, maxBytes, maxWait)
		g.wg.Go(func() { g.answers <- g.request(cursors, req, maxWait, err) })
	}
}

// leaders returns the broker of each partition, from the cached metadata.
func (g *Generation) leaders() (map[int]int, error) {
	ctx, cancel := context.WithTimeout(g.ctx, 5*time.Second)
	defer cancel()
	meta, err := g.client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{TopicEvents}})
	if err != nil {
		return nil, err
	}
	leaders := make(map[int]int)
	for _, t := range meta.Topics {
		for _, p := range t.Partitions {
			leaders[p.ID] = p.Leader.ID
		}
	}
	return leaders, nil
}

// leastShare is the least that is asked of a partition. Each has its share of an
// answer: the embedded log's broker appends a partition's batches to a list that
// grows, and copies it each time.
const leastShare = 2 * targetBatchBytes

func fetchRequest(cursors []*cursor, maxBytes int, maxWait time.Duration) *fetchapi.Request {
	topic := fetchapi.RequestTopic{Topic: TopicEvents}
	share := max(maxBytes/len(cursors), leastShare)
	for _, c := range cursors {
		topic.Partitions = append(topic.Partitions, fetchapi.RequestPartition{
			Partition:          int32(c.partition),
			CurrentLeaderEpoch: -1,
			FetchOffset:        c.next,
			LogStartOffset:     -1,
			PartitionMaxBytes:  int32(share),
		})
	}
	return &fetchapi.Request{
		ReplicaID: -1, MaxWaitTime: int32(maxWait.Milliseconds()), MinBytes: 1, MaxBytes: int32(maxBytes),
		SessionEpoch: -1, Topics: []fetchapi.RequestTopic{topic},
	}
}

// request makes one round trip. After a failure it waits a little and forgets
// the metadata, so that the next one finds the new leader.
func (g *Generation) request(cursors []*cursor, req *fetchapi.Request, maxWait time.Duration, err error) answer {
	a := answer{cursors: cursors, err: err}
	if err == nil {
		ctx, cancel := context.WithTimeout(g.ctx, maxWait+10*time.Second)
		defer cancel()
		var res protocol.Message
		res, a.err = g.transport.RoundTrip(ctx, g.client.Addr, req)
		if a.err == nil {
			a.res, _ = res.(*fetchapi.Response)
			if a.res == nil {
				a.err = errors.New("the broker's answer is no answer to a fetch")
			} else if a.res.ErrorCode != 0 {
				a.err = kafka.Error(a.res.ErrorCode)
			}
		}
	}
	if a.err != nil && g.ctx.Err() == nil {
		g.transport.CloseIdleConnections()
		sleep(g.ctx, backoff(2))
	}
	return a
}

// take reads an answer into the buffer and frees its partitions.
func (g *Generation) take(a answer) {
	for _, c := range a.cursors {
		c.busy = false
	}
	if a.err != nil {
		for _, c := range a.cursors {
			g.complain(c, a.err)
		}
		return
	}
	stale := false
	for i := range a.res.Topics {
		for j := range a.res.Topics[i].Partitions {
			p := &a.res.Topics[i].Partitions[j]
			c := g.cursors[int(p.Partition)]
			if c == nil {
				continue
			}
			switch {
			case kafka.Error(p.ErrorCode) == kafka.OffsetOutOfRange:
				g.replace(c)
			case p.ErrorCode != 0:
				stale = true
				g.complain(c, fmt.Errorf("partition %d: %w", c.partition, kafka.Error(p.ErrorCode)))
			default:
				g.trouble.is(c.partition, nil)
				g.read(c, p)
			}
		}
	}
	if stale {
		g.transport.CloseIdleConnections()
		sleep(g.ctx, backoff(2))
		return
	}
	g.mute = false
}

// complain notes a failure to read a partition, and logs it once, not at each
// attempt.
func (g *Generation) complain(c *cursor, err error) {
	if g.ctx.Err() != nil {
		return
	}
	g.trouble.is(c.partition, fmt.Errorf("cannot read the log: %w", err))
	if !g.mute {
		g.log.Warn("cannot read the log; trying on", zap.Error(err))
	}
	g.mute = true
}

// replace puts a cursor that the log moved away from back into it.
func (g *Generation) replace(c *cursor) {
	b, err := listBounds(g.ctx, g.client, []int{c.partition})
	if err != nil {
		g.complain(c, fmt.Errorf("bounds of partition %d: %w", c.partition, err))
		sleep(g.ctx, backoff(2))
		return
	}
	g.place(c, b[c.partition])
}

// read copies the records of a partition's answer. A batch may begin before
// the offset that was asked for.
func (g *Generation) read(c *cursor, p *fetchapi.ResponsePartition) {
	g.mu.Lock()
	g.end[c.partition] = p.HighWatermark
	g.mu.Unlock()
	if p.RecordSet.Records == nil {
		return
	}
	for {
		r, err := p.RecordSet.Records.ReadRecord()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				g.log.Error("a record of the log cannot be read; trying again", zap.Int("partition", c.partition), zap.Int64("offset", c.next), zap.Error(err))
				sleep(g.ctx, backoff(2))
			}
			return
		}
		if r.Offset < c.next {
			closeBytes(r)
			continue
		}
		f := Fetched{Partition: c.partition, Offset: r.Offset, Time: r.Time}
		f.Key, err = protocol.ReadAll(r.Key)
		if err == nil {
			f.Value, err = protocol.ReadAll(r.Value)
		}
		if len(r.Headers) > 0 {
			f.Headers = make([]Header, len(r.Headers))
			for i, h := range r.Headers {
				f.Headers[i] = Header(h)
			}
		}
		closeBytes(r)
		if err != nil {
			g.log.Error("a record of the log cannot be read; trying again", zap.Int("partition", c.partition), zap.Int64("offset", r.Offset), zap.Error(err))
			return
		}
		g.buffer = append(g.buffer, f)
		c.next = r.Offset + 1
	}
}

// closeBytes gives kafka-go its pages back.
func closeBytes(r *protocol.Record) {
	if r.Key != nil {
		_ = r.Key.Close()
	}
	if r.Value != nil {
		_ = r.Value.Close()
	}
}
