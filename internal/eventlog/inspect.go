package eventlog

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/segmentio/kafka-go"
)

// Cluster is what an operator has to know of a log.
type Cluster struct {
	ID      string
	Brokers []BrokerState
	Topics  []TopicState // hindsight.events and hindsight.deadletter; a missing one has no partitions
	// Lag is how many records of hindsight.events the group has not committed;
	// Committed tells whether it ever has.
	Lag       int64
	Committed bool
}

// BrokerState is one broker of the cluster; Err is nil when a connection to
// where it advertises itself could be made.
type BrokerState struct {
	Address string
	Err     error
}

// TopicState is one topic.
type TopicState struct {
	Name                    string
	Partitions              int
	Leaderless, Undersynced int // partitions without a leader, and with fewer in-sync replicas than replicas
	Replicas                int // of the partition that has fewest
	// Settings as the broker has them, by name: retention.ms, min.insync.replicas,
	// max.message.bytes, cleanup.policy. Empty when it does not tell.
	Settings map[string]string
}

// Number is a setting that is a number; ok is false when it is not told.
func (t *TopicState) Number(name string) (n int64, ok bool) {
	n, err := strconv.ParseInt(t.Settings[name], 10, 64)
	return n, err == nil
}

// Inspect asks the log about itself, once and without changing anything. The
// error says that it could not be reached at all.
func Inspect(ctx context.Context, cfg Config, group string) (Cluster, error) {
	if err := cfg.Validate(); err != nil {
		return Cluster{}, err
	}
	cfg = cfg.withDefaults()
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	client, transport := cfg.client(ctx)
	defer transport.CloseIdleConnections()
	meta, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{TopicEvents, TopicDeadLetter}})
	if err != nil {
		return Cluster{}, fmt.Errorf("ask for the log's topics: %w", err)
	}
	c := Cluster{ID: meta.ClusterID}
	for _, b := range meta.Brokers {
		c.Brokers = append(c.Brokers, cfg.reach(ctx, b))
	}
	for _, name := range []string{TopicEvents, TopicDeadLetter} {
		at := slices.IndexFunc(meta.Topics, func(t kafka.Topic) bool { return t.Name == name })
		if at < 0 || len(meta.Topics[at].Partitions) == 0 {
			if err := hidden(ctx, client, name); err != nil {
				return c, err
			}
			c.Topics = append(c.Topics, TopicState{Name: name})
			continue
		}
		settings, err := topicSettings(ctx, client, name)
		if err != nil && !errors.Is(err, kafka.TopicAuthorizationFailed) { // it may be used all the same
			return c, err
		}
		t := topicState(&meta.Topics[at])
		t.Settings = settings
		c.Topics = append(c.Topics, t)
	}
	if c.Topics[0].Partitions > 0 && c.Topics[0].Leaderless == 0 {
		err = settled(ctx, transport, func() error { return c.readLag(ctx, client, group) })
	}
	return c, err
}

// reach connects to a broker where it advertises itself: a broker that can be
// asked for its topics may still name an address that nobody reaches.
func (c Config) reach(ctx context.Context, b kafka.Broker) BrokerState {
	state := BrokerState{Address: net.JoinHostPort(b.Host, strconv.Itoa(b.Port))}
	if c.embedded() {
		state.Address = "embedded"
		return state // it has answered by the one way there is
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	conn, err := c.dialer()(ctx, "tcp", state.Address)
	if err != nil {
		state.Err = err
		return state
	}
	defer func() { _ = conn.Close() }()
	if c.TLS != nil { // its certificate must be for the name that it advertises
		config := c.TLS.Clone()
		config.ServerName = b.Host
		state.Err = tls.Client(conn, config).HandshakeContext(ctx)
	}
	return state
}

func topicState(t *kafka.Topic) TopicState {
	s := TopicState{Name: t.Name, Partitions: len(t.Partitions), Replicas: len(t.Partitions[0].Replicas)}
	for _, p := range t.Partitions {
		s.Replicas = min(s.Replicas, len(p.Replicas))
		if p.Leader.Host == "" {
			s.Leaderless++
		}
		if len(p.Isr) < len(p.Replicas) {
			s.Undersynced++
		}
	}
	return s
}

// hidden is an error where a topic that is not there may merely not be seen:
// brokers do not tell a user of topics that it has no rights to.
func hidden(ctx context.Context, client *kafka.Client, topic string) error {
	_, err := topicSettings(ctx, client, topic)
	if errors.Is(err, kafka.TopicAuthorizationFailed) {
		return fmt.Errorf("topic %s may be there, but this user cannot see it: %w", topic, kafka.TopicAuthorizationFailed)
	}
	return nil
}

func topicSettings(ctx context.Context, client *kafka.Client, topic string) (map[string]string, error) {
	res, err := client.DescribeConfigs(ctx, &kafka.DescribeConfigsRequest{Resources: []kafka.DescribeConfigRequestResource{{
		ResourceType: kafka.ResourceTypeTopic, ResourceName: topic,
		ConfigNames: []string{"retention.ms", "min.insync.replicas", "max.message.bytes", "cleanup.policy"},
	}}})
	if err != nil {
		return nil, fmt.Errorf("ask for the settings of %s: %w", topic, err)
	}
	out := map[string]string{}
	for _, r := range res.Resources {
		if r.Error != nil {
			return nil, fmt.Errorf("ask for the settings of %s: %w", topic, r.Error)
		}
		for _, e := range r.ConfigEntries {
			out[e.ConfigName] = e.ConfigValue
		}
	}
	return out, nil
}

// readLag compares what the group has committed with where the log ends.
func (c *Cluster) readLag(ctx context.Context, client *kafka.Client, group string) error {
	c.Lag, c.Committed = 0, false
	partitions := make([]int, c.Topics[0].Partitions)
	for i := range partitions {
		partitions[i] = i
	}
	ends, err := listBounds(ctx, client, partitions)
	if err != nil {
		return fmt.Errorf("ask for the log's end: %w", err)
	}
	res, err := client.OffsetFetch(ctx, &kafka.OffsetFetchRequest{GroupID: group, Topics: map[string][]int{TopicEvents: partitions}})
	if err == nil {
		err = res.Error
	}
	if errors.Is(err, kafka.GroupIdNotFound) { // nobody has ever read
		for _, end := range ends {
			c.Lag += end.last - end.first
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("ask what group %s has committed: %w", group, err)
	}
	for _, o := range res.Topics[TopicEvents] {
		from := o.CommittedOffset
		if from < 0 {
			from = ends[o.Partition].first
		} else {
			c.Committed = true
		}
		c.Lag += max(0, ends[o.Partition].last-from)
	}
	return nil
}
