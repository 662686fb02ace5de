package broker_test

import (
	"crypto/tls"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"hindsight/internal/certificate"
	"hindsight/internal/certificate/certtest"
	"hindsight/internal/eventlog"
	"hindsight/internal/eventlog/logtest"
)

const (
	brokerUser     = "hindsight"
	brokerPassword = "correct horse battery staple"
)

// TestSecureBrokers: brokers that ask for TLS, a client's certificate and a
// password, as those of other people do.
func TestSecureBrokers(t *testing.T) {
	for name, mechanism := range map[string]string{"plain": "PLAIN", "scram-sha-256": "SCRAM-SHA-256", "SCRAM-SHA-512": "SCRAM-SHA-512"} {
		t.Run(name, func(t *testing.T) {
			authority := certtest.New(t)
			ca := authority.File(t.TempDir())
			cert, key, _ := authority.Files(t.TempDir(), "127.0.0.1")
			pair, err := tls.LoadX509KeyPair(cert, key)
			if err != nil {
				t.Fatal(err)
			}
			cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableSASL(), kfake.Superuser(mechanism, brokerUser, brokerPassword),
				kfake.GroupMinSessionTimeout(time.Second), kfake.TLS(&tls.Config{
					MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair},
					ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: authority.Pool(),
				}))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(cluster.Close)
			good := secureConfig(t, cluster.ListenAddrs(), ca, cert, key, name, brokerPassword)
			foreign := certtest.New(t)
			stranger, strangerKey, _ := foreign.Files(t.TempDir(), "127.0.0.1")
			with := func(change func(*eventlog.Config)) eventlog.Config {
				cfg := good
				change(&cfg)
				return cfg
			}
			// To a wrong password kfake says nothing; Apache Kafka is asked about that.
			logtest.Secure(t, logtest.Broker{Config: good}, brokerPassword, map[string]eventlog.Config{
				"another authority":     secureConfig(t, good.Brokers, foreign.File(t.TempDir()), cert, key, name, brokerPassword),
				"a stranger's cert":     secureConfig(t, good.Brokers, ca, stranger, strangerKey, name, brokerPassword),
				"no client certificate": secureConfig(t, good.Brokers, ca, "", "", name, brokerPassword),
				"a name it is not":      with(func(c *eventlog.Config) { c.Brokers = []string{"localhost" + c.Brokers[0][len("127.0.0.1"):]} }),
			})
		})
	}
}

func secureConfig(t *testing.T, brokers []string, ca, cert, key, mechanism, password string) eventlog.Config {
	t.Helper()
	secure, err := certificate.Client(ca, cert, key)
	if err != nil {
		t.Fatal(err)
	}
	login, err := eventlog.NewSASL(mechanism, brokerUser, password)
	if err != nil {
		t.Fatal(err)
	}
	return eventlog.Config{Brokers: brokers, TLS: secure, SASL: login, Partitions: 2, ReplicationFactor: 1,
		SessionTimeout: 2 * time.Second, HeartbeatInterval: 100 * time.Millisecond}
}
