package broker

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"

	"hindsight/internal/eventlog"
)

// lending notes what a producer lends.
type lending struct {
	*Broker
	lent, back atomic.Int64
	lose       atomic.Bool // the broker is not to find what is lent
}

func (l *lending) Lend(batch []byte) []byte {
	l.lent.Add(1)
	name := l.Broker.Lend(batch)
	if l.lose.Load() {
		l.Broker.Back(name)
	}
	return name
}

func (l *lending) Back(name []byte) {
	l.back.Add(1)
	l.Broker.Back(name)
}

// TestLoans: what is lent comes into the log as it is, once and in order, and each
// loan ends. What the broker does not find it refuses, and the producer tries on.
func TestLoans(t *testing.T) {
	dir := t.TempDir()
	b := startBroker(t, Config{Dir: dir, Partitions: 2})
	l := &lending{Broker: b}
	p, err := eventlog.NewProducer(eventlog.Config{
		Brokers: []string{b.Addr()}, Lender: l, Dial: func(ctx context.Context) (net.Conn, error) { return b.Dial(ctx) },
	}, eventlog.ProducerConfig{}, nil, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	const records = 300
	done := make(chan error, records)
	add := func(from, to uint32) {
		for seq := from; seq <= to; seq++ {
			if err := p.Append(t.Context(), testRecord(seq, 100), func(err error) { done <- err }); err != nil {
				t.Fatal(err)
			}
		}
	}
	l.lose.Store(true)
	add(1, 100)
	eventually(t, "an unhealthy producer", func() bool { return p.Healthy() != nil })
	if len(done) != 0 {
		t.Fatal("a record that is not in the log was acknowledged")
	}
	l.lose.Store(false)
	add(101, records)
	for range records {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := l.lent.Load(); n == 0 || n != l.back.Load() {
		t.Errorf("%d loans, of which %d ended", n, l.back.Load())
	}
	if n := len(b.loans.of); n != 0 {
		t.Errorf("%d loans are left", n)
	}
	for seq, times := range consume(t, dir, 1, records) {
		if times != 1 {
			t.Errorf("record %d is in the log %d times", seq, times)
		}
	}
}

// producing is a request for partition 0 of the events with these records.
func producing(records []byte) *kmsg.ProduceRequest {
	request := kmsg.NewPtrProduceRequest()
	topic := kmsg.NewProduceRequestTopic()
	topic.Topic = eventlog.TopicEvents
	partition := kmsg.NewProduceRequestTopicPartition()
	partition.Records = records
	topic.Partitions = append(topic.Partitions, partition)
	request.Topics = append(request.Topics, topic)
	return request
}

// TestLoanNames: a name is good for its loan, as long as that lasts, and for
// nothing that another process makes up.
func TestLoanNames(t *testing.T) {
	var l loans
	find := func(name []byte) string {
		request := producing(name)
		l.putInPlace(request)
		return string(request.Topics[0].Partitions[0].Records)
	}
	if zero := make([]byte, len(loanName{})); find(zero) != string(zero) {
		t.Error("found before anything was lent")
	}
	first, second := l.lend([]byte("first")), l.lend([]byte("second"))
	if got := find(first) + " " + find(second); got != "first second" {
		t.Errorf("found %q", got)
	}
	guessed := make([]byte, len(loanName{}))
	guessed[len(guessed)-1] = 1
	if find(guessed) != string(guessed) {
		t.Error("a name was guessed")
	}
	l.back(first)
	if find(first) != string(first) || find(second) != "second" {
		t.Error("found after it was given back, or the other one not")
	}
}

// TestNameWithoutALoan: a request that names nothing is refused for good, as any
// that holds no batch, and leaves nothing behind.
func TestNameWithoutALoan(t *testing.T) {
	b := startBroker(t, Config{Dir: t.TempDir(), Partitions: 1})
	name := b.Lend([]byte("batch"))
	b.Back(name)
	request := producing(name)
	request.Acks, request.TimeoutMillis = -1, 1000
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	response, err := request.RequestWith(ctx, b.admin.client)
	if err != nil {
		t.Fatal(err)
	}
	if code := response.Topics[0].Partitions[0].ErrorCode; code != 2 { // CORRUPT_MESSAGE
		t.Errorf("answered with %d", code)
	}
	if info := b.cluster.PartitionInfo(eventlog.TopicEvents, 0); info.HighWatermark != 0 {
		t.Errorf("%+v", info)
	}
}
