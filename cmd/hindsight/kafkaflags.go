package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hindsight/internal/certificate"
	"hindsight/internal/eventlog"
)

// brokerFlags say where the log is and how to get in.
type brokerFlags struct {
	brokers     []string
	partitions  int
	replication int
	session     time.Duration // of members of the consumer group

	tls                      bool
	authority, cert, certKey string // files; each of them means TLS
	sasl, user, password     string
}

// addBrokers gives a command that only looks for the log its address, and the way in.
func (f *brokerFlags) addBrokers(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.brokers, "kafka-brokers", nil, "`HOST:PORT` of Apache Kafka, more than one separated by commas (default: the embedded log in --data)")
	cmd.Flags().BoolVar(&f.tls, "kafka-tls", false, "reach the brokers by TLS, trusting the authorities that this machine trusts")
	cmd.Flags().StringVar(&f.authority, "kafka-tls-ca", "", "PEM `FILE` of the authority that issued the brokers' certificates, in place of this machine's (means --kafka-tls)")
	cmd.Flags().StringVar(&f.cert, "kafka-tls-cert", "", "PEM `FILE` of a client's certificate, where brokers ask for one (means --kafka-tls; read at every connection)")
	cmd.Flags().StringVar(&f.certKey, "kafka-tls-key", "", "PEM `FILE` of its key")
	cmd.Flags().StringVar(&f.sasl, "kafka-sasl", "", "`MECHANISM` to log in to the brokers by: "+strings.Join(eventlog.SASLMechanisms(), ", "))
	cmd.Flags().StringVar(&f.user, "kafka-user", "", "`USER` for --kafka-sasl")
	cmd.Flags().StringVar(&f.password, "kafka-password", "", "its password; better given as HINDSIGHT_KAFKA_PASSWORD")
}

func (f *brokerFlags) add(cmd *cobra.Command) {
	f.addBrokers(cmd)
	cmd.Flags().IntVar(&f.partitions, "kafka-partitions", 8, "partitions of the events topic when it is made")
	cmd.Flags().IntVar(&f.replication, "kafka-replication", 0, "replicas of topics when they are made (default: the cluster's default)")
}

// addGroup gives a command that takes part in the consumer group what that needs.
func (f *brokerFlags) addGroup(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&f.session, "kafka-session-timeout", 0, "after how long without a sign of life a processor's partitions go to another one (default 6s; less needs the brokers' group.min.session.timeout.ms to allow it)")
}

// config reads what the flags name. Without brokers it is that of the embedded log, which asks nobody who he is.
func (f *brokerFlags) config() (eventlog.Config, error) {
	cfg := eventlog.Config{Brokers: f.brokers, Partitions: f.partitions, ReplicationFactor: f.replication, SessionTimeout: f.session, Trouble: sayTrouble}
	secure := f.tls || f.authority != "" || f.cert != "" || f.certKey != ""
	if len(f.brokers) == 0 {
		if secure || f.sasl != "" {
			return cfg, usagef("--kafka-tls and --kafka-sasl are for the servers of --kafka-brokers; the embedded log is reached by this user alone")
		}
		return cfg, nil
	}
	var err error
	if secure {
		if cfg.TLS, err = certificate.Client(f.authority, f.cert, f.certKey); err != nil {
			return cfg, usagef("--kafka-tls-ca, --kafka-tls-cert, --kafka-tls-key: %w", err)
		}
	}
	switch {
	case f.sasl != "":
		if cfg.SASL, err = eventlog.NewSASL(f.sasl, f.user, f.password); err != nil {
			return cfg, usagef("--kafka-sasl, --kafka-user, HINDSIGHT_KAFKA_PASSWORD: %w", err)
		}
	case f.user != "" || f.password != "":
		return cfg, usagef("--kafka-user needs --kafka-sasl: one of %s", strings.Join(eventlog.SASLMechanisms(), ", "))
	}
	return cfg, nil
}

// sayTrouble tells who waits for a start what it waits for.
func sayTrouble(err error) {
	fmt.Fprintf(os.Stderr, "The log cannot be used yet, and hindsight waits for it: %v%s\n", err, advised(ofLog(err)))
}

// trouble is an error with what to do about it, which only whoever asked knows: log, store and collector end
// connections in the same words.
type trouble struct {
	error
	advice string
}

func (t *trouble) Unwrap() error { return t.error }

// ofLog is an error of the log with what to do about it.
func ofLog(err error) error {
	if err == nil {
		return nil
	}
	return &trouble{err, eventlog.Advice(err)}
}

// advised is what to do about an error, in brackets, or nothing.
func advised(err error) string {
	var t *trouble
	if errors.As(err, &t) && t.advice != "" {
		return " (" + t.advice + ")"
	}
	return ""
}
