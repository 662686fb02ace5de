package broker

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/zap"

	"hindsight/internal/eventlog"
)

// TestGate: while events are refused nothing is acknowledged and nothing lost,
// health says so, letters are written all the same; afterwards everything comes
// in, once and in order.
func TestGate(t *testing.T) {
	dir := t.TempDir()
	var full atomic.Bool
	b := startBroker(t, Config{Dir: dir, Partitions: 2, Refuse: func() error {
		if full.Load() {
			return errors.New("full")
		}
		return nil
	}})
	produce(t, dir, 1, 20, 100)
	full.Store(true)
	p := startProducer(t, dir)
	done := make(chan error, 30)
	for seq := uint32(21); seq <= 50; seq++ {
		if err := p.Append(t.Context(), testRecord(seq, 100), func(err error) { done <- err }); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "an unhealthy producer", func() bool { return p.Healthy() != nil })
	if n := testutil.ToFloat64(b.metrics.refused); n == 0 {
		t.Error("no refusal was counted")
	}
	letters, err := eventlog.NewDeadLetter(childConfig(dir), nil, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	if err := letters.Write(t.Context(), eventlog.Refused{LogID: b.ID(), Record: &eventlog.Fetched{Offset: 1}, Reason: "test"}); err != nil {
		t.Errorf("a letter: %v", err)
	}
	if info := b.cluster.PartitionInfo(eventlog.TopicDeadLetter, 0); info.HighWatermark != 1 {
		t.Errorf("letters: %+v", info)
	}
	if len(done) != 0 {
		t.Fatal("a record that is not in the log was acknowledged")
	}
	full.Store(false)
	for range cap(done) {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "a healthy producer", func() bool { return p.Healthy() == nil })
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for seq, times := range consume(t, dir, 1, 50) {
		if times != 1 {
			t.Errorf("record %d is in the log %d times", seq, times)
		}
	}
}
