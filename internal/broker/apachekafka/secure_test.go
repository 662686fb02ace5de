package apachekafka_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap/zaptest"

	"hindsight/internal/broker/apachekafka"
	"hindsight/internal/certificate"
	"hindsight/internal/certificate/certtest"
	"hindsight/internal/eventlog"
	"hindsight/internal/eventlog/logtest"
)

// TestSecureConformance: Apache Kafka with TLS, clients' certificates, passwords
// and rights.
func TestSecureConformance(t *testing.T) {
	if !apachekafka.Wanted() {
		t.Skipf("runs with %s=1 only (make test-kafka): it needs Java 17 and Maven", apachekafka.Env)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	dir, authority, foreign := t.TempDir(), certtest.New(t), certtest.New(t)
	ca, others := authority.File(dir), foreign.File(t.TempDir())
	cert, key, _ := authority.Files(dir, "127.0.0.1")
	stranger, strangerKey, _ := foreign.Files(t.TempDir(), "127.0.0.1")
	store := filepath.Join(dir, "store.pem")
	var both []byte
	for _, name := range []string{key, cert} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		both = append(both, raw...)
	}
	if err := os.WriteFile(store, both, 0o600); err != nil {
		t.Fatal(err)
	}
	const user, password = "hindsight", "correct-horse-battery"
	k, err := apachekafka.NewSecure(ctx, dir, apachekafka.Secure{KeyStore: store, TrustStore: ca, User: user, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Stop)

	rights := documentedRights()
	for _, right := range rights {
		if err := k.Grant(ctx, right); err != nil {
			t.Fatal(err)
		}
	}

	config := func(ca, cert, key, mechanism, password string) eventlog.Config {
		t.Helper()
		secure, err := certificate.Client(ca, cert, key)
		if err != nil {
			t.Fatal(err)
		}
		login, err := eventlog.NewSASL(mechanism, user, password)
		if err != nil {
			t.Fatal(err)
		}
		return eventlog.Config{Brokers: []string{k.SecureAddr()}, TLS: secure, SASL: login, Partitions: 2,
			SessionTimeout: 2 * time.Second, HeartbeatInterval: 100 * time.Millisecond}
	}
	misnamed := config(ca, cert, key, "plain", password)
	misnamed.Brokers = []string{"localhost" + k.SecureAddr()[len("127.0.0.1"):]}
	wrong := map[string]eventlog.Config{
		"another authority":     config(others, cert, key, "plain", password),
		"a stranger's cert":     config(ca, stranger, strangerKey, "plain", password),
		"no client certificate": config(ca, "", "", "plain", password),
		"wrong password, plain": config(ca, cert, key, "plain", password+"!"),
		"wrong password, scram": config(ca, cert, key, "scram-sha-512", password+"!"),
		"another mechanism":     config(ca, cert, key, "scram-sha-256", password),
		"a name it is not":      misnamed,
	}
	if _, err := eventlog.Inspect(ctx, config(ca, cert, key, "plain", password), "anybody"); err != nil {
		t.Errorf("by PLAIN: %v", err)
	}
	scram := config(ca, cert, key, "scram-sha-512", password)
	logtest.Secure(t, logtest.Broker{Config: scram}, password, wrong)
	for _, right := range rights {
		t.Run("without "+right.Name, func(t *testing.T) {
			if err := k.Revoke(ctx, right); err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := k.Grant(ctx, right); err != nil {
					t.Error(err)
				}
			}()
			_, err := eventlog.Inspect(ctx, scram, "anybody")
			if err == nil || eventlog.Advice(err) == "" || ctx.Err() != nil {
				t.Errorf("inspected: %v", err)
			}
			_, err = eventlog.ReadDeadLetters(ctx, scram, 10)
			if right.Name == eventlog.TopicDeadLetter && eventlog.Advice(err) == "" {
				t.Errorf("read dead letters: %v", err)
			}
		})
	}
	t.Run("a right that is taken away", func(t *testing.T) { takenAway(ctx, t, k, scram) })
}

// documentedRights are those of docs/operating.md, for a group of any name.
func documentedRights() []apachekafka.Right {
	topic := []kmsg.ACLOperation{kmsg.ACLOperationRead, kmsg.ACLOperationWrite, kmsg.ACLOperationDescribe, kmsg.ACLOperationDescribeConfigs, kmsg.ACLOperationCreate}
	return []apachekafka.Right{
		{Kind: kmsg.ACLResourceTypeTopic, Name: eventlog.TopicEvents, Operations: topic},
		{Kind: kmsg.ACLResourceTypeTopic, Name: eventlog.TopicDeadLetter, Operations: topic},
		{Kind: kmsg.ACLResourceTypeGroup, Name: "*", Operations: []kmsg.ACLOperation{kmsg.ACLOperationRead, kmsg.ACLOperationDescribe}},
	}
}

// takenAway: a member that may not read any longer says so while it keeps its
// partitions, and goes on when it may.
func takenAway(ctx context.Context, t *testing.T, k *apachekafka.Kafka, cfg eventlog.Config) {
	c, err := eventlog.NewConsumer(cfg, "taken-away", nil, zaptest.NewLogger(t))
	if err != nil {
		t.Fatal(err)
	}
	read := apachekafka.Right{Kind: kmsg.ACLResourceTypeTopic, Name: eventlog.TopicEvents, Operations: []kmsg.ACLOperation{kmsg.ACLOperationRead}}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	err = c.Run(ctx, func(ctx context.Context, g *eventlog.Generation) error {
		defer cancel()
		fetchUntil := func(done func() bool) bool {
			for !done() {
				if _, err := g.Fetch(ctx, 100, 1<<20, 100*time.Millisecond); err != nil {
					t.Errorf("fetch: %v", err)
					return false
				}
			}
			return true
		}
		if err := k.Revoke(ctx, read); err != nil {
			t.Error(err)
			return nil
		}
		var failing error
		fetchUntil(func() bool { failing = c.Healthy(); return failing != nil })
		if !errors.Is(failing, kafka.TopicAuthorizationFailed) || eventlog.Advice(failing) == "" {
			t.Errorf("without the right to read: %v", failing)
		}
		if err := k.Grant(ctx, read); err != nil {
			t.Error(err)
			return nil
		}
		fetchUntil(func() bool { return c.Healthy() == nil })
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
