package logtest

import (
	"testing"
	"time"

	"hindsight/internal/eventlog"
)

// inspect: the log says of itself what an operator has to know.
func (b Broker) inspect(t *testing.T) {
	group := newGroup(t)
	first := record("inspect", 3, 1, 10)
	b.produce(t, first, record("inspect", 3, 2, 10), record("inspect", 3, 3, 10))
	before, err := eventlog.Inspect(t.Context(), b.Config, group)
	if err != nil {
		t.Fatal(err)
	}
	if before.Committed || before.Lag < 3 || before.ID == "" || len(before.Brokers) == 0 || before.Brokers[0].Err != nil {
		t.Errorf("before anything was read: %+v", before)
	}
	events := before.Topics[0]
	if len(before.Topics) != 2 || events.Name != eventlog.TopicEvents || events.Partitions < 2 || events.Replicas < 1 || events.Leaderless != 0 || events.Undersynced != 0 {
		t.Errorf("topics: %+v", before.Topics)
	}
	if size, ok := events.Number("max.message.bytes"); !ok || size < eventlog.MaxMessageBytes {
		t.Errorf("max.message.bytes is %d, %v", size, ok)
	}
	if _, ok := events.Number("retention.ms"); !ok {
		t.Errorf("retention.ms is not told: %v", events.Settings)
	}
	seen := 0
	b.consume(t, group, true, func(f eventlog.Fetched) bool {
		if r, err := eventlog.DecodeRecord(&f); err == nil && r.Site == "inspect" && r.Received.Sub(first.Received) >= -time.Second {
			seen++
		}
		return seen == 3
	})
	after, err := eventlog.Inspect(t.Context(), b.Config, group)
	if err != nil {
		t.Fatal(err)
	}
	if !after.Committed || after.Lag > before.Lag-3 {
		t.Errorf("after three were read: %d records wait of %d, committed %v", after.Lag, before.Lag, after.Committed)
	}
}
