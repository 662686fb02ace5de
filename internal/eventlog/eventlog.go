// Package eventlog is the log as the collector and the processor see it: the
// topics, the record that the one writes and the other reads, a producer that
// never gives up a record, and a consumer whose commits are fenced.
//
// It speaks Kafka's protocol through segmentio/kafka-go alone and does not know
// which broker answers: Apache Kafka, or the embedded log of internal/broker on
// a unix socket. What differs is an address.
package eventlog

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"github.com/segmentio/kafka-go/sasl"
)

// The topics.
const (
	// TopicEvents holds the frames as they came, keyed by session.
	TopicEvents = "hindsight.events"
	// TopicDeadLetter holds what could not be stored, with the reason.
	TopicDeadLetter = "hindsight.deadletter"
)

// MaxMessageBytes is the broker's limit for one batch with everything in it
// (Kafka's default of message.max.bytes), set on the topics when made.
const MaxMessageBytes = 1048588

var (
	// ErrClosed says that the producer was closed before the record was acknowledged.
	ErrClosed = errors.New("the log's producer is closed")
	// ErrTooLarge says that the broker will never take a record of this size.
	ErrTooLarge = errors.New("record is larger than the log takes")
	// ErrFenced says that this member no longer owns its partitions: a newer
	// generation of the group exists. What it was about to commit will be read
	// again by the new owner.
	ErrFenced = errors.New("fenced: a newer generation of the consumer group exists")
)

// Config says where the log is and how to talk to it. The zero value of each
// field but Brokers is a usable default.
type Config struct {
	// Brokers are addresses to start from: "host:port", or
	// "unix:/absolute/path.sock" (the embedded log; then exactly one).
	Brokers []string

	// Partitions of hindsight.events when it has to be made (default 8), of
	// hindsight.deadletter (default 1).
	Partitions           int
	DeadLetterPartitions int
	// ReplicationFactor of topics that have to be made. Default 1 on a unix
	// socket, else the cluster's default.
	ReplicationFactor int
	// EventsRetention of hindsight.events when it has to be made: default 7
	// days; on a unix socket always without end, because the embedded log is
	// trimmed below the commit only. An existing topic is left as it is.
	EventsRetention time.Duration

	// TLS to the brokers (nil: plain TCP), and how to log in to them (NewSASL).
	// On a unix socket neither is used.
	TLS  *tls.Config
	SASL sasl.Mechanism
	// Trouble is told once when EnsureTopics has waited for some seconds, and goes
	// on waiting. Optional.
	Trouble func(error)
	// ClientID as brokers log it (default "hindsight").
	ClientID string
	// Dial replaces the way connections are made, whatever the broker
	// advertises (a broker in this process). Optional.
	Dial func(ctx context.Context) (net.Conn, error)
	// Lender is such a broker that takes a producer's batches where they lie.
	// Optional.
	Lender Lender
	// Tail spares consumers of this process what its producer has just appended;
	// the same for both. Optional.
	Tail *Tail

	// SessionTimeout after which a silent member of a consumer group is given
	// up (default 6 s, Kafka's least), HeartbeatInterval (default 500 ms, and a
	// sixth of the session's time-out at the most) and RebalanceTimeout, the longest a member may take to let go (default 15 s).
	SessionTimeout    time.Duration
	HeartbeatInterval time.Duration
	RebalanceTimeout  time.Duration
}

// Lender is a broker in this process that need not have batches written to it.
type Lender interface {
	// Lend gives a name for a batch, to be sent in its place. Until its request is
	// answered, or another one that was sent later is, nobody changes the batch.
	Lend(batch []byte) (name []byte)
	// Back ends a loan: a request that has been given up finds nothing any more.
	Back(name []byte)
}

func (c Config) withDefaults() Config {
	setDefault(&c.Partitions, 8)
	setDefault(&c.DeadLetterPartitions, 1)
	setDefault(&c.EventsRetention, 7*24*time.Hour)
	setDefault(&c.SessionTimeout, 6*time.Second)
	setDefault(&c.HeartbeatInterval, min(500*time.Millisecond, c.SessionTimeout/6))
	setDefault(&c.RebalanceTimeout, 15*time.Second)
	if c.ClientID == "" {
		c.ClientID = "hindsight"
	}
	if c.ReplicationFactor == 0 {
		c.ReplicationFactor = -1
		if c.embedded() {
			c.ReplicationFactor = 1
		}
	}
	return c
}

func setDefault[T int | time.Duration](v *T, def T) {
	if *v == 0 {
		*v = def
	}
}
