package eventlog

import (
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
		for _, p := range pieces {
			maxBytes -= len(p.records)
			records, err := p.unpack(g.buffer, c.partition, c.next)
			if err != nil {
				g.log.Error("the broker is asked for a batch", zap.Int("partition", c.partition), zap.Int64("offset", p.base), zap.Error(err))
				break
			}
			g.metrics.recent.Add(float64(len(records) - len(g.buffer)))
			g.buffer, c.next, c.fed = records, p.end(), time.Now()
		}
	}
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
