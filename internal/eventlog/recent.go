package eventlog

import (
	"slices"
	"time"

	"go.uber.org/zap"
)

// askEvery is how often the broker is asked at least for a partition that is fed
// by the tail: others may append to it as well.
const askEvery = 200 * time.Millisecond

// takeRecent reads what the tail holds next of each partition, some maxBytes
// together.
func (g *Generation) takeRecent(maxBytes int) {
	if g.recent == nil {
		return
	}
	partitions := g.Partitions()
	g.turn++ // none starves behind a busy one
	for i := range partitions {
		c := g.cursors[partitions[(g.turn+i)%len(partitions)]]
		pieces, end := g.recent.take(c.partition, c.next, maxBytes)
		g.mu.Lock()
		g.end[c.partition] = max(g.end[c.partition], end)
		g.mu.Unlock()
		for i, p := range pieces {
			maxBytes -= len(p.records)
			read := g.given + int64(len(g.buffer))
			records, err := p.unpack(slices.Grow(g.buffer, p.count), &g.kept, read, c.partition, c.next)
			if err != nil {
				g.log.Error("the broker is asked for a batch", zap.Int("partition", c.partition), zap.Int64("offset", p.base), zap.Error(err))
				for _, p := range pieces[i:] {
					g.passed = append(g.passed, p.in)
				}
				break
			}
			g.metrics.recent.Add(float64(len(records) - len(g.buffer)))
			g.buffer, c.next, c.fed = records, p.end(), time.Now()
			g.held = append(g.held, held{in: p.in, last: g.given + int64(len(records))})
		}
	}
}

// held is the memory of a batch that was read from the tail, the last of whose
// records is that which makes so many.
type held struct {
	in   *chunk
	last int64
}

// letGo gives the tail the memory of those batches back whose records the caller
// has had, and is done with.
func (g *Generation) letGo() {
	if g.recent == nil {
		return
	}
	n := 0
	for n < len(g.held) && g.held[n].last <= g.given {
		g.passed = append(g.passed, g.held[n].in)
		n++
	}
	g.held = slices.Delete(g.held, 0, n)
	g.tail.giveBack(g.passed)
	g.passed = g.passed[:0]
}

// Release says that nobody looks any more at what Fetch has given so far.
func (g *Generation) Release() {
	g.letGo()
	g.kept.release(g.given)
}

// needless tells whether the broker need not be asked for a partition: the tail
// holds what comes next, or had it a moment ago and knows of nothing that it
// lacks.
func (g *Generation) needless(c *cursor, now time.Time) bool {
	if g.recent == nil {
		return false
	}
	has, lacks := g.recent.look(c.partition, c.next)
	return has || !lacks && now.Sub(c.fed) < askEvery && now.Sub(c.asked) < askEvery
}
