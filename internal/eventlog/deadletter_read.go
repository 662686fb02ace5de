package eventlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
)

// ReadDeadLetters returns the dead letters of the log, partition by partition,
// oldest first, at most limit. It reads without a group and changes nothing.
func ReadDeadLetters(ctx context.Context, cfg Config, limit int) ([]Fetched, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	client, transport := cfg.withDefaults().client(ctx)
	defer transport.CloseIdleConnections()
	meta, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{TopicDeadLetter}})
	if err != nil {
		return nil, fmt.Errorf("read dead letters: %w", err)
	}
	var out []Fetched
	for _, t := range meta.Topics {
		for _, p := range t.Partitions {
			for offset, done := kafka.FirstOffset, false; !done && len(out) < limit; {
				var got []Fetched
				got, offset, done, err = readDeadLetters(ctx, client, p.ID, offset)
				if err != nil {
					return nil, fmt.Errorf("read dead letters of partition %d: %w", p.ID, err)
				}
				out = append(out, got...)
			}
		}
	}
	return out[:min(len(out), limit)], nil
}

// readDeadLetters reads once from a partition; done says that its end came.
func readDeadLetters(ctx context.Context, client *kafka.Client, partition int, from int64) (out []Fetched, next int64, done bool, err error) {
	if from == kafka.FirstOffset {
		res, err := client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{TopicDeadLetter: {kafka.FirstOffsetOf(partition)}}})
		if err != nil {
			return nil, 0, false, err
		}
		for _, o := range res.Topics[TopicDeadLetter] {
			if o.Error != nil {
				return nil, 0, false, o.Error
			}
			from = o.FirstOffset
		}
	}
	res, err := client.Fetch(ctx, &kafka.FetchRequest{
		Topic: TopicDeadLetter, Partition: partition, Offset: from, MinBytes: 1, MaxBytes: 4 << 20, MaxWait: 100 * time.Millisecond,
	})
	if err != nil {
		return nil, 0, false, err
	}
	if res.Error != nil {
		return nil, 0, false, res.Error
	}
	next = from
	for {
		r, err := res.Records.ReadRecord()
		if errors.Is(err, io.EOF) {
			return out, next, next >= res.HighWatermark || next == from, nil
		}
		if err != nil {
			return nil, 0, false, err
		}
		if r.Offset < from {
			continue
		}
		f := Fetched{Partition: partition, Offset: r.Offset, Time: r.Time}
		if f.Key, err = protocol.ReadAll(r.Key); err != nil {
			return nil, 0, false, err
		}
		if f.Value, err = protocol.ReadAll(r.Value); err != nil {
			return nil, 0, false, err
		}
		for _, h := range r.Headers {
			f.Headers = append(f.Headers, Header(h))
		}
		out = append(out, f)
		next = r.Offset + 1
	}
}
