package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"
	"go.uber.org/zap"
)

// bounds of a partition: the earliest offset and the one after the last.
type bounds struct{ first, last int64 }

func listBounds(ctx context.Context, client *kafka.Client, partitions []int) (map[int]bounds, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req := make([]kafka.OffsetRequest, 0, 2*len(partitions))
	for _, p := range partitions {
		req = append(req, kafka.FirstOffsetOf(p), kafka.LastOffsetOf(p))
	}
	found, err := listOffsets(ctx, client, req)
	if err != nil {
		return nil, err
	}
	out := make(map[int]bounds, len(partitions))
	for _, p := range partitions {
		o, ok := found[p]
		if !ok {
			return nil, fmt.Errorf("partition %d: the broker's answer leaves it out", p)
		}
		out[p] = bounds{o.FirstOffset, o.LastOffset}
	}
	return out, nil
}

func listOffsets(ctx context.Context, client *kafka.Client, req []kafka.OffsetRequest) (map[int]kafka.PartitionOffsets, error) {
	res, err := client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{TopicEvents: req}})
	if err != nil {
		return nil, err
	}
	out := make(map[int]kafka.PartitionOffsets)
	for _, o := range res.Topics[TopicEvents] {
		if o.Error != nil {
			return nil, fmt.Errorf("partition %d: %w", o.Partition, o.Error)
		}
		out[o.Partition] = o
	}
	return out, nil
}

// ErrGroupActive says that offsets cannot be set while members of the group run.
var ErrGroupActive = errors.New("another processor is in the consumer group: stop it first (`hindsight all` is one: stop it, and start it with --rewind)")

// Rewind sets the group's offsets back to the records of the last since, so
// that they are stored again on purpose. It never moves an offset forward, and
// reaches no further than the log does: the embedded log lets go of what is
// committed. The group must have no members; a killed one counts until its
// session times out, for which Rewind waits before it says ErrGroupActive.
// Call it before Run.
func (c *Consumer) Rewind(ctx context.Context, since time.Duration) error {
	runCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	client, transport := c.cfg.client(runCtx)
	defer transport.CloseIdleConnections()
	giveUp := time.Now().Add(2*c.cfg.SessionTimeout + time.Second)
	at := time.Now().Add(-since)
	for attempt := 1; ; attempt++ {
		err := c.rewindOnce(runCtx, client, at)
		if err == nil {
			return nil
		}
		if isFenced(err) {
			if time.Now().After(giveUp) { // the broker's own words tell an operator nothing
				return fmt.Errorf("rewind: %w", ErrGroupActive)
			}
			if attempt == 1 {
				c.log.Warn("rewind: another processor is in the consumer group; one that was killed is so until its session times out",
					zap.String("group", c.group), zap.Duration("waits", time.Until(giveUp).Round(time.Second)))
			}
		}
		transport.CloseIdleConnections()
		if !sleep(ctx, backoff(attempt)) {
			return fmt.Errorf("rewind: %w", err)
		}
	}
}

func (c *Consumer) rewindOnce(ctx context.Context, client *kafka.Client, at time.Time) error {
	meta, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{TopicEvents}})
	if err != nil {
		return err
	}
	if len(meta.Topics) != 1 || meta.Topics[0].Error != nil {
		return kafka.UnknownTopicOrPartition
	}
	var partitions []int
	var req []kafka.OffsetRequest
	for _, p := range meta.Topics[0].Partitions {
		partitions = append(partitions, p.ID)
		req = append(req, kafka.TimeOffsetOf(p.ID, at))
	}
	byTime, err := listOffsets(ctx, client, req)
	if err != nil {
		return err
	}
	res, err := client.OffsetFetch(ctx, &kafka.OffsetFetchRequest{GroupID: c.group, Topics: map[string][]int{TopicEvents: partitions}})
	if err != nil {
		return err
	}
	if res.Error != nil {
		return res.Error
	}
	back := make(map[int]int64)
	for _, o := range res.Topics[TopicEvents] {
		if o.Error != nil {
			return o.Error
		}
		for offset := range byTime[o.Partition].Offsets {
			// -1: no record is that young. Committed -1: nothing to set back.
			if offset >= 0 && offset < o.CommittedOffset {
				back[o.Partition] = offset
			}
		}
	}
	if len(back) == 0 {
		c.log.Info("rewind: the group has committed nothing that young", zap.String("group", c.group))
		return nil
	}
	if err := commitOnce(ctx, client, c.group, -1, "", back); err != nil {
		return err
	}
	c.log.Warn("rewind: the group's offsets were set back on purpose", zap.String("group", c.group), zap.Int("partitions", len(back)), zap.Time("to", at))
	return nil
}
