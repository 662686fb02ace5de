package apachekafka_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hindsight/internal/broker/apachekafka"
	"hindsight/internal/certificate"
	"hindsight/internal/certificate/certtest"
	"hindsight/internal/eventlog"
	"hindsight/internal/eventlog/logtest"
)

// TestSecureConformance: Apache Kafka with TLS, clients' certificates and passwords.
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
	logtest.Secure(t, logtest.Broker{Config: config(ca, cert, key, "scram-sha-512", password)}, password, wrong)
}
