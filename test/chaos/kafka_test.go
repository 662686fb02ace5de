package chaos

import (
	"context"
	"fmt"
	"testing"
	"time"

	"hindsight/internal/broker"
	"hindsight/internal/broker/apachekafka"
	"hindsight/internal/eventlog"
	"hindsight/internal/fault"
	"hindsight/internal/wire"
)

// The tests of this file run on a real Apache Kafka that they start (`make test-kafka`), since they need Java.

func startKafka(t *testing.T, nodes int) apachekafka.Cluster {
	t.Helper()
	if !apachekafka.Wanted() {
		t.Skip("needs Java and Apache Kafka: run by `make test-kafka`")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	k, err := apachekafka.NewCluster(ctx, t.TempDir(), nodes)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Stop)
	if err := k.Start(ctx); err != nil {
		t.Fatal(err)
	}
	return k
}

// TestKafkaFailures is what other tests do on the embedded log: a processor killed at named points, a collector killed
// under real trackers, a zombie. One after the other on one broker, each with a store of its own.
func TestKafkaFailures(t *testing.T) {
	k := startKafka(t, 1)
	baseline(t)
	orders := deaths()
	if !long() {
		orders = []string{fault.AfterInsert + ":5:kill", fault.BeforeCommit + ":1:kill", fault.BetweenTables + ":1:kill"}
	}
	t.Run("processor", func(t *testing.T) { killedAt(t, orders, k.Addrs()...) })
	t.Run("collector", func(t *testing.T) { killedUnderTrackers(t, 2, k.Addrs()...) })
	t.Run("zombie", func(t *testing.T) { twoProcessors(t, []string{fmt.Sprint(fault.BeforeInsert, ":5")}, k.Addrs()...) })
}

// TestKafkaCluster kills one of three brokers, of which two must take a record, while visitors send and a processor
// stores: others lead its partitions and the consumer group then. It comes back (long form: and another one is killed).
func TestKafkaCluster(t *testing.T) {
	k := startKafka(t, 3)
	baseline(t)
	s := newStack(t, k.Addrs()...)
	p := s.processor(t, "").AwaitReady(t, 200)
	c := s.collector(t).Start(t).AwaitReady(t, 200)
	kills := 1
	if long() {
		kills = 3
	}
	for i, node := range k[:kills] {
		var part [][]byte
		for _, f := range frames(t) {
			if int(document(t, f)[0])%kills == i {
				part = append(part, f)
			}
		}
		hold := make(chan struct{})
		crowd := visitHalf(t, c.Base, part, 8, 5*time.Millisecond, hold)
		crowd.awaitAcks(t, len(part)/4)
		node.Kill()
		close(hold)
		crowd.finish(t) // with two of three
		if err := node.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.awaitInSync(t)
		t.Logf("broker %d was killed and is back; all of %d frames are acknowledged", i+1, len(part))
	}
	s.compare(t)
	c.Terminate(t)
	s.stop(t, p)
}

func document(t testing.TB, frame []byte) wire.DocumentID {
	t.Helper()
	h, err := wire.ParseHeader(frame)
	if err != nil {
		t.Fatal(err)
	}
	return h.Document
}

// awaitInSync waits until every replica has everything.
func (s *stack) awaitInSync(t testing.TB) {
	t.Helper()
	eventually(t, "all replicas in sync", func() error {
		in, err := eventlog.Inspect(t.Context(), s.log(t), broker.DefaultGroup)
		if err != nil {
			return err
		}
		for _, topic := range in.Topics {
			if topic.Replicas != 3 {
				t.Fatalf("topic %s has %d replicas", topic.Name, topic.Replicas)
			}
			if topic.Undersynced+topic.Leaderless > 0 {
				return fmt.Errorf("topic %s: %d partitions lack a replica, %d a leader", topic.Name, topic.Undersynced, topic.Leaderless)
			}
		}
		return nil
	})
}
