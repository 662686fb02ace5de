package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/segmentio/kafka-go"

	"hindsight/internal/broker"
	"hindsight/internal/eventlog"
)

// stored stands in for a processor that keeps up: it commits what the log has,
// unread, so that the log is trimmed as in operation. A log that only grows
// takes memory for its pages that nobody has used since the machine started,
// which some virtual machines have to ask their host for: then a write costs
// up to ten times as much.
func stored(ctx context.Context, b *broker.Broker) {
	transport := &kafka.Transport{Dial: func(ctx context.Context, _, _ string) (net.Conn, error) { return b.Dial(ctx) }}
	defer transport.CloseIdleConnections()
	client := &kafka.Client{Addr: kafka.TCP("embedded:9092"), Transport: transport, Timeout: 5 * time.Second}
	turn := time.NewTicker(time.Second)
	defer turn.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-turn.C:
		}
		if err := commitAll(ctx, client); err != nil && ctx.Err() == nil {
			panic(fmt.Sprintf("commit what was stored: %v", err)) // the log is in this process: a fault of the bench
		}
	}
}

func commitAll(ctx context.Context, client *kafka.Client) error {
	meta, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{eventlog.TopicEvents}})
	if err != nil {
		return err
	}
	var ask []kafka.OffsetRequest
	for _, p := range meta.Topics[0].Partitions {
		ask = append(ask, kafka.LastOffsetOf(p.ID))
	}
	ends, err := client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{eventlog.TopicEvents: ask}})
	if err != nil {
		return err
	}
	var commits []kafka.OffsetCommit
	for _, p := range ends.Topics[eventlog.TopicEvents] {
		if p.Error != nil {
			return p.Error
		}
		commits = append(commits, kafka.OffsetCommit{Partition: p.Partition, Offset: p.LastOffset})
	}
	res, err := client.OffsetCommit(ctx, &kafka.OffsetCommitRequest{GroupID: broker.DefaultGroup, GenerationID: -1,
		Topics: map[string][]kafka.OffsetCommit{eventlog.TopicEvents: commits}})
	if err != nil {
		return err
	}
	for _, p := range res.Topics[eventlog.TopicEvents] {
		if p.Error != nil {
			return p.Error
		}
	}
	return nil
}
