package eventlog

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/produce"
	"github.com/segmentio/kafka-go/protocol/rawproduce"
	"go.uber.org/zap"
)

// A sender serves one broker: one request at a time, with the first batch of
// every partition that this broker leads. So order holds in each partition, and
// the busier the log is, the more records share a request.
type sender struct {
	p      *Producer
	leader int
	signal chan struct{} // capacity 1
	sends  []send        // reused
	turn   int
	lastOK bool
}

type send struct {
	q *partition
	b *batch
}

// maxRequestBytes is where a request takes no further batch. Larger ones cost
// more, not less: their memory no longer fits the caches. Measured on the
// embedded log at 16 KiB a record, median of six interleaved runs, CPU per
// record: 34 µs so, 39 µs with batches of 1 MiB and requests of 16 MiB.
const maxRequestBytes = 1 << 20

// wake tells a broker's sender that a partition has something new.
func (p *Producer) wake(leader int) {
	p.mu.Lock()
	s := p.senders[leader]
	p.mu.Unlock()
	if s == nil {
		return // no leader yet: the sender looks when it is made
	}
	s.wake()
}

func (s *sender) wake() {
	select {
	case s.signal <- struct{}{}:
	default:
	}
}

func (s *sender) run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for ctx.Err() == nil {
		retry := s.collect(time.Now())
		if len(s.sends) > 0 {
			began := time.Now()
			s.roundTrip(ctx)
			if early := s.p.tune.Linger - time.Since(began); early > 0 && s.p.pending() < maxRequestBytes {
				sleep(ctx, early)
			}
			continue
		}
		wait := time.Hour
		if !retry.IsZero() {
			wait = max(time.Until(retry), time.Millisecond)
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-s.signal:
			// Nothing was on its way: let the first record find company.
			sleep(ctx, s.p.tune.Linger)
		}
	}
}

// collect takes the first batch of each partition of this broker. It returns
// when the next retry is due if a partition has to wait.
func (s *sender) collect(now time.Time) (retry time.Time) {
	clear(s.sends)
	s.sends = s.sends[:0]
	total := 0
	s.turn++ // another partition stands first each time: none starves behind a busy one
	for i := range s.p.parts {
		q := s.p.parts[(s.turn+i)%len(s.p.parts)]
		if int(q.leader.Load()) != s.leader || total >= maxRequestBytes {
			continue
		}
		b, due := q.take(now)
		if b == nil {
			if !due.IsZero() && (retry.IsZero() || due.Before(retry)) {
				retry = due
			}
			continue
		}
		s.sends = append(s.sends, send{q, b})
		total += b.bytes()
	}
	return retry
}

// roundTrip sends what collect took and tells the partitions how it went.
func (s *sender) roundTrip(ctx context.Context) {
	topic := rawproduce.RequestTopic{
		Topic:      TopicEvents,
		Partitions: make([]rawproduce.RequestPartition, len(s.sends)),
	}
	var lent [][]byte
	for i, x := range s.sends {
		records := x.b.buf
		if lender := s.p.cfg.Lender; lender != nil {
			name := lender.Lend(x.b.buf[lengthPrefix:])
			lent = append(lent, name)
			records = binary.BigEndian.AppendUint32(make([]byte, 0, lengthPrefix+len(name)), uint32(len(name)))
			records = append(records, name...)
		}
		topic.Partitions[i] = rawproduce.RequestPartition{
			Partition: int32(x.q.id),
			RecordSet: protocol.RawRecordSet{Reader: bytes.NewReader(records)},
		}
	}
	start := time.Now()
	reqCtx, cancel := context.WithTimeout(ctx, s.p.tune.RequestTimeout)
	res, err := s.p.transport.RoundTrip(reqCtx, s.p.client.Addr, &rawproduce.Request{
		Acks:    int16(kafka.RequireAll),
		Timeout: int32(s.p.tune.RequestTimeout.Milliseconds() / 2),
		Topics:  []rawproduce.RequestTopic{topic},
	})
	cancel()
	for _, name := range lent {
		s.p.cfg.Lender.Back(name)
	}
	s.p.metrics.seconds.Observe(time.Since(start).Seconds())
	failed := s.settle(ctx, res, err)
	if failed == nil {
		s.p.metrics.requests.WithLabelValues("ok").Inc()
		if !s.lastOK {
			s.p.log.Info("the log takes records", zap.Int("broker", s.leader))
		}
		s.lastOK = true
		return
	}
	s.p.metrics.requests.WithLabelValues("failed").Inc()
	if s.lastOK && ctx.Err() == nil { // once, not at each attempt
		s.p.log.Warn("the log does not take records; trying on", zap.Int("broker", s.leader), zap.Error(failed))
		s.lastOK = false
	}
	s.p.askMetadata()
}

// settle gives each partition its part of the answer and returns the last error
// that another attempt may cure.
func (s *sender) settle(ctx context.Context, res protocol.Message, err error) error {
	answers := make(map[int32]produce.ResponsePartition, len(s.sends))
	if err == nil {
		if r, ok := res.(*produce.Response); ok {
			for _, t := range r.Topics {
				for _, p := range t.Partitions {
					answers[p.Partition] = p
				}
			}
		}
	}
	var last error
	for _, x := range s.sends {
		answer, answered := answers[int32(x.q.id)]
		code := answer.ErrorCode
		perr := err
		switch {
		case perr != nil:
		case !answered:
			perr = errors.New("the broker's answer leaves the partition out")
		case code == 0:
			x.q.acked(answer.BaseOffset)
			continue
		case kafka.Error(code) == kafka.MessageSizeTooLarge, kafka.Error(code) == kafka.RecordListTooLarge:
			x.q.tooLarge()
			continue
		default:
			// Whatever it is: the record was promised. UNKNOWN_SERVER_ERROR (-1)
			// is a full disk of the embedded log; a missing right can be given.
			perr = fmt.Errorf("produce: %w", kafka.Error(code))
		}
		last = perr
		x.q.failed(perr)
		if ctx.Err() == nil {
			s.p.metrics.retries.Inc()
		}
	}
	return last
}
