package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"
)

// Commit says for each partition which offset to read next: everything before
// it is stored. It is fenced: ErrFenced if this generation is no longer the
// group's. Anything else is retried until ctx ends.
func (g *Generation) Commit(ctx context.Context, next map[int]int64) error {
	if len(next) == 0 {
		return nil
	}
	for attempt := 1; ; attempt++ {
		err := commitOnce(ctx, g.client, g.group, int(g.ID), g.memberID, next)
		switch {
		case err == nil:
			g.metrics.commits.WithLabelValues("ok").Inc()
			g.mu.Lock()
			for p, offset := range next {
				g.committed[p] = offset
			}
			g.mu.Unlock()
			return nil
		case isFenced(err):
			g.metrics.commits.WithLabelValues("fenced").Inc()
			return fmt.Errorf("commit: %w", errors.Join(ErrFenced, err))
		}
		g.metrics.commits.WithLabelValues("failed").Inc()
		g.transport.CloseIdleConnections()
		if !sleep(ctx, backoff(attempt)) {
			return fmt.Errorf("commit: %w", err)
		}
	}
}

func isFenced(err error) bool {
	return errors.Is(err, kafka.IllegalGeneration) || errors.Is(err, kafka.UnknownMemberId) ||
		errors.Is(err, kafka.RebalanceInProgress) || errors.Is(err, kafka.FencedInstanceID)
}

func commitOnce(ctx context.Context, client *kafka.Client, group string, generation int, member string, next map[int]int64) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	commits := make([]kafka.OffsetCommit, 0, len(next))
	for p, offset := range next {
		commits = append(commits, kafka.OffsetCommit{Partition: p, Offset: offset})
	}
	res, err := client.OffsetCommit(ctx, &kafka.OffsetCommitRequest{
		GroupID: group, GenerationID: generation, MemberID: member,
		Topics: map[string][]kafka.OffsetCommit{TopicEvents: commits},
	})
	if err != nil {
		return err
	}
	told := 0
	for _, p := range res.Topics[TopicEvents] {
		if p.Error != nil {
			return fmt.Errorf("partition %d: %w", p.Partition, p.Error)
		}
		told++
	}
	if told != len(next) {
		return errors.New("the broker's answer leaves a partition out")
	}
	return nil
}
