package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"
	"go.uber.org/zap"
)

// askMetadata asks watchMetadata to look who leads what.
func (p *Producer) askMetadata() {
	select {
	case p.refresh <- struct{}{}:
	default:
	}
}

// watchMetadata learns the partitions and their leaders at the start, and
// again whenever a request failed.
func (p *Producer) watchMetadata(ctx context.Context) {
	complained := false
	for attempt := 1; ctx.Err() == nil; {
		err := p.updateMetadata(ctx)
		if err != nil && !complained && ctx.Err() == nil { // once, not at each attempt
			p.log.Warn("cannot ask the log for its partitions; trying on", zap.Error(err))
		}
		complained = err != nil
		p.mu.Lock()
		p.metaErr = err
		p.mu.Unlock()
		if err != nil {
			sleep(ctx, backoff(attempt))
			attempt++
			continue
		}
		// A failure right after an answer is no reason for a storm of questions.
		sleep(ctx, backoff(1))
		attempt = 1
		select {
		case <-ctx.Done():
		case <-p.refresh:
		}
	}
}

func (p *Producer) updateMetadata(ctx context.Context) error {
	ctx2, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	p.transport.CloseIdleConnections() // forget what was cached
	meta, err := p.client.Metadata(ctx2, &kafka.MetadataRequest{Topics: []string{TopicEvents}})
	if err != nil {
		return err
	}
	if len(meta.Topics) != 1 {
		return errors.New("the broker's answer leaves the topic out")
	}
	topic := meta.Topics[0]
	if topic.Error != nil {
		return fmt.Errorf("topic %s: %w", TopicEvents, topic.Error)
	}
	if p.parts == nil {
		if len(topic.Partitions) == 0 {
			return fmt.Errorf("topic %s: %w", TopicEvents, kafka.UnknownTopicOrPartition)
		}
		p.makePartitions(len(topic.Partitions))
	}
	var leaderless error
	for _, mp := range topic.Partitions {
		// Partitions added while this process runs stay unused until its next
		// start: a session must not change its partition half-way.
		if mp.ID < 0 || mp.ID >= len(p.parts) {
			continue
		}
		leader := mp.Leader.ID
		if mp.Leader.Host == "" { // kafka-go leaves the broker empty when there is none
			leader = -1
			leaderless = fmt.Errorf("partition %d: %w", mp.ID, errors.Join(kafka.LeaderNotAvailable, mp.Error))
		}
		p.parts[mp.ID].leader.Store(int64(leader))
		if leader >= 0 {
			p.startSender(ctx, leader)
		}
	}
	select {
	case <-p.ready:
	default:
		close(p.ready)
	}
	return leaderless
}

func (p *Producer) makePartitions(n int) {
	parts := make([]*partition, n)
	for i := range parts {
		parts[i] = &partition{id: i, p: p}
		parts[i].leader.Store(-1)
	}
	p.parts = parts
}

// startSender makes sure that a broker has a sender, and wakes it: partitions
// may have come to it.
func (p *Producer) startSender(ctx context.Context, leader int) {
	p.mu.Lock()
	s := p.senders[leader]
	if s == nil {
		s = &sender{p: p, leader: leader, signal: make(chan struct{}, 1), lastOK: true}
		p.senders[leader] = s
		p.wg.Go(func() { s.run(ctx) })
	}
	p.mu.Unlock()
	s.wake()
}
