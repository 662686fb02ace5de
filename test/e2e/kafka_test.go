package e2e

import (
	"testing"

	"hindsight/internal/broker/apachekafka"
)

// The tests of this file run the services as separate processes against a real Apache Kafka that they start. They are
// asked for by HINDSIGHT_TEST_KAFKA=1 (`make test-kafka`), since they need Java.

func startKafka(t *testing.T) []string {
	t.Helper()
	if !apachekafka.Wanted() {
		t.Skip("needs Java and Apache Kafka: run by `make test-kafka`")
	}
	k, err := apachekafka.New(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Stop)
	if err := k.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return []string{k.Addr()}
}

// TestKafkaVisit is TestVisit with collector, processor and API apart.
func TestKafkaVisit(t *testing.T) {
	t.Parallel()
	brokers := startKafka(t)
	visitAndFind(t, func(origin string) *deployment { return apart(t, brokers, origin) })
}

// TestKafkaKill kills every process but Kafka with -9 while sessions run.
func TestKafkaKill(t *testing.T) {
	t.Parallel()
	killAndCount(t, apart(t, startKafka(t), killOrigin), 2)
}
