package eventlog

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/segmentio/kafka-go"
)

// EnsureTopics makes the topics where they are missing and waits until every
// partition has a leader. It retries while the cluster is young or away, until
// ctx ends, and changes nothing about a topic that exists: retention there is
// the operator's.
func EnsureTopics(ctx context.Context, cfg Config) error {
	if err := cfg.Validate(); err != nil {
		return err
	}
	cfg = cfg.withDefaults()
	runCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	for attempt := 1; ; attempt++ {
		err := ensureOnce(runCtx, cfg)
		if err == nil {
			return nil
		}
		cfg.complain(attempt, err)
		if ctx.Err() == nil && !permanent(err) && sleep(ctx, backoff(attempt)) {
			continue
		}
		return fmt.Errorf("make the log's topics: %w", err)
	}
}

func ensureOnce(ctx context.Context, cfg Config) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	client, transport := cfg.client(ctx)
	defer transport.CloseIdleConnections()

	missing, err := missingTopics(ctx, client, cfg)
	if err != nil {
		return err
	}
	if len(missing) == 0 {
		return nil
	}
	res, err := client.CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: missing})
	if err != nil {
		return err
	}
	for topic, err := range res.Errors {
		if err != nil && !errors.Is(err, kafka.TopicAlreadyExists) {
			return fmt.Errorf("topic %s: %w", topic, err)
		}
	}
	// A fresh transport: the cached metadata is older than the topics.
	transport.CloseIdleConnections()
	missing, err = missingTopics(ctx, client, cfg)
	if err == nil && len(missing) > 0 {
		err = kafka.LeaderNotAvailable
	}
	return err
}

// missingTopics returns what has to be made; an error while a topic that
// exists has a partition without leader.
func missingTopics(ctx context.Context, client *kafka.Client, cfg Config) ([]kafka.TopicConfig, error) {
	wanted := []kafka.TopicConfig{
		{Topic: TopicEvents, NumPartitions: cfg.Partitions, ReplicationFactor: cfg.ReplicationFactor, ConfigEntries: cfg.eventsConfig()},
		{Topic: TopicDeadLetter, NumPartitions: cfg.DeadLetterPartitions, ReplicationFactor: cfg.ReplicationFactor, ConfigEntries: cfg.commonConfig()},
	}
	meta, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{TopicEvents, TopicDeadLetter}})
	if err != nil {
		return nil, err
	}
	have := make(map[string]bool)
	for _, t := range meta.Topics {
		if errors.Is(t.Error, kafka.UnknownTopicOrPartition) {
			continue
		}
		if t.Error != nil {
			return nil, fmt.Errorf("topic %s: %w", t.Name, t.Error)
		}
		for _, p := range t.Partitions {
			if p.Error != nil {
				return nil, fmt.Errorf("topic %s partition %d: %w", t.Name, p.ID, p.Error)
			}
		}
		have[t.Name] = len(t.Partitions) > 0
	}
	missing := wanted[:0]
	for _, t := range wanted {
		if !have[t.Topic] {
			missing = append(missing, t)
		}
	}
	return missing, nil
}

func (c Config) commonConfig() []kafka.ConfigEntry {
	entries := []kafka.ConfigEntry{{ConfigName: "max.message.bytes", ConfigValue: strconv.Itoa(MaxMessageBytes)}}
	if c.ReplicationFactor >= 3 {
		// acks=all means nothing while a single replica counts as all.
		entries = append(entries, kafka.ConfigEntry{ConfigName: "min.insync.replicas", ConfigValue: "2"})
	}
	return entries
}

func (c Config) eventsConfig() []kafka.ConfigEntry {
	retention := strconv.FormatInt(c.EventsRetention.Milliseconds(), 10)
	if c.embedded() {
		retention = "-1"
	}
	return append(c.commonConfig(), kafka.ConfigEntry{ConfigName: "retention.ms", ConfigValue: retention})
}

// LogID names this log for ever: the cluster id (of the embedded log, an id
// drawn once and kept in its directory). Offsets mean something only together
// with it. It retries until ctx ends, unless no waiting would help.
func LogID(ctx context.Context, cfg Config) (string, error) {
	if err := cfg.Validate(); err != nil {
		return "", err
	}
	cfg = cfg.withDefaults()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	client, transport := cfg.client(ctx)
	defer transport.CloseIdleConnections()
	for attempt := 1; ; attempt++ {
		meta, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{TopicEvents}})
		if err == nil && meta.ClusterID == "" {
			err = errors.New("the log's broker does not say its cluster id")
		}
		if err == nil {
			return meta.ClusterID, nil
		}
		transport.CloseIdleConnections()
		if permanent(err) || !sleep(ctx, backoff(attempt)) {
			return "", fmt.Errorf("ask for the log's id: %w", err)
		}
	}
}

// complaintAfter attempts (some 2 s) somebody who waits for a start is told for
// what.
const complaintAfter = 6

// complain says once that the log cannot be reached, and why.
func (c Config) complain(attempt int, err error) {
	if attempt == complaintAfter && c.Trouble != nil {
		c.Trouble(err)
	}
}
