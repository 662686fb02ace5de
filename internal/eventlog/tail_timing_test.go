package eventlog

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
)

// BenchmarkTail: what a record of 2.4 KB costs from its acknowledgement to the
// consumer, ten of them in a batch, released by a hundred batches.
func BenchmarkTail(b *testing.B) {
	tail := NewTail()
	g := &Generation{
		log: zap.NewNop(), metrics: newConsumerMetrics(prometheus.NewRegistry()), tail: tail,
		cursors: map[int]*cursor{0: {}}, end: map[int]int64{}, committed: map[int]int64{},
	}
	g.recent = tail.follow(map[int]int64{0: 0})
	const records = 10
	full := new(batch)
	full.reset()
	r := tailRecord(1)
	r.Frame, r.Received = make([]byte, 2400), time.UnixMilli(1_790_000_000_000)
	for range records {
		full.add(parts{head: appendHead(nil, r), frame: r.Frame, tail: appendTail(nil, r)}, r.Received.UnixMilli(), 1, nil)
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		tail.add(0, int64(n*records), full)
		g.takeRecent(1 << 20)
		if len(g.give(0)) != records {
			b.Fatal("nothing was read")
		}
		g.letGo()
		if n++; n%100 == 0 {
			g.Release()
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n*records), "ns/record")
}
