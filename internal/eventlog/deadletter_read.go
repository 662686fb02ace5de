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

// ErrNoRecord says that the log does not hold, or no longer, what was asked for.
var ErrNoRecord = errors.New("the log does not hold this record any more")

// errEnough ends a reading early.
var errEnough = errors.New("enough")

// ReadDeadLetters returns what hindsight.deadletter holds, partition by
// partition, oldest first, at most limit. It changes nothing.
func ReadDeadLetters(ctx context.Context, cfg Config, limit int) ([]Fetched, error) {
	var out []Fetched
	err := EachDeadLetter(ctx, cfg, func(f *Fetched) error {
		if len(out) == limit {
			return errEnough
		}
		out = append(out, *f)
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return out, err
}

// EachDeadLetter calls each for every record of hindsight.deadletter, partition
// by partition, oldest first, until it returns an error. It reads without a
// group, up to where the topic ended when it began.
func EachDeadLetter(ctx context.Context, cfg Config, each func(*Fetched) error) error {
	if err := cfg.Validate(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	client, transport := cfg.withDefaults().client(ctx)
	defer transport.CloseIdleConnections()
	meta, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{TopicDeadLetter}})
	if err != nil {
		return fmt.Errorf("read dead letters: %w", err)
	}
	if len(meta.Topics) == 0 || len(meta.Topics[0].Partitions) == 0 {
		return hidden(ctx, client, TopicDeadLetter)
	}
	for _, t := range meta.Topics {
		for _, p := range t.Partitions {
			if err := eachOf(ctx, client, transport, p.ID, each); err != nil {
				if errors.Is(err, errEnough) {
					return err
				}
				return fmt.Errorf("read dead letters of partition %d: %w", p.ID, err)
			}
		}
	}
	return nil
}

func eachOf(ctx context.Context, client *kafka.Client, transport *kafka.Transport, partition int, each func(*Fetched) error) error {
	var offset, end int64
	err := settled(ctx, transport, func() (err error) {
		offset, end, err = boundsOf(ctx, client, TopicDeadLetter, partition)
		return err
	})
	if err != nil {
		return err
	}
	for offset < end {
		var got []Fetched
		var next int64
		err := settled(ctx, transport, func() (err error) {
			got, next, err = readSome(ctx, client, TopicDeadLetter, partition, offset, 4<<20)
			return err
		})
		if err != nil {
			return err
		}
		for i := range got {
			if err := each(&got[i]); err != nil {
				return err
			}
		}
		if next == offset {
			return nil // what is left are no records
		}
		offset = next
	}
	return nil
}

// ReadRecord returns the record at one place of a topic; ErrNoRecord when the
// log has let it go.
func ReadRecord(ctx context.Context, cfg Config, topic string, partition int, offset int64) (Fetched, error) {
	if err := cfg.Validate(); err != nil {
		return Fetched{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	client, transport := cfg.withDefaults().client(ctx)
	defer transport.CloseIdleConnections()
	var first, end int64
	missing := false
	err := settled(ctx, transport, func() (err error) {
		first, end, err = boundsOf(ctx, client, topic, partition)
		if missing = errors.Is(err, kafka.UnknownTopicOrPartition); missing {
			return nil
		}
		return err
	})
	if missing {
		return Fetched{}, ErrNoRecord
	}
	if err != nil {
		return Fetched{}, fmt.Errorf("read record %d of %s/%d: %w", offset, topic, partition, err)
	}
	if offset < first || offset >= end {
		return Fetched{}, ErrNoRecord
	}
	got, _, err := readSome(ctx, client, topic, partition, offset, 1<<20)
	if err != nil {
		return Fetched{}, fmt.Errorf("read record %d of %s/%d: %w", offset, topic, partition, err)
	}
	if len(got) == 0 || got[0].Offset != offset {
		return Fetched{}, ErrNoRecord
	}
	return got[0], nil
}

func boundsOf(ctx context.Context, client *kafka.Client, topic string, partition int) (first, end int64, err error) {
	res, err := client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{
		topic: {kafka.FirstOffsetOf(partition), kafka.LastOffsetOf(partition)},
	}})
	if err != nil {
		return 0, 0, err
	}
	answers := res.Topics[topic]
	if len(answers) != 1 {
		return 0, 0, kafka.UnknownTopicOrPartition
	}
	return answers[0].FirstOffset, answers[0].LastOffset, answers[0].Error
}

// readSome reads once from a partition; next is where to go on.
func readSome(ctx context.Context, client *kafka.Client, topic string, partition int, from, most int64) (out []Fetched, next int64, err error) {
	res, err := client.Fetch(ctx, &kafka.FetchRequest{
		Topic: topic, Partition: partition, Offset: from, MinBytes: 1, MaxBytes: most, MaxWait: 100 * time.Millisecond,
	})
	if err != nil {
		return nil, 0, err
	}
	if res.Error != nil {
		return nil, 0, res.Error
	}
	next = from
	for {
		r, err := res.Records.ReadRecord()
		if errors.Is(err, io.EOF) {
			return out, next, nil
		}
		if err != nil {
			return nil, 0, err
		}
		if r.Offset < from {
			continue
		}
		f := Fetched{Partition: partition, Offset: r.Offset, Time: r.Time}
		if f.Key, err = protocol.ReadAll(r.Key); err != nil {
			return nil, 0, err
		}
		if f.Value, err = protocol.ReadAll(r.Value); err != nil {
			return nil, 0, err
		}
		for _, h := range r.Headers {
			f.Headers = append(f.Headers, Header(h))
		}
		out = append(out, f)
		next = r.Offset + 1
	}
}
