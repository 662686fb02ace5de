package eventlog

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
)

// SASLMechanisms are the names that NewSASL knows.
func SASLMechanisms() []string { return []string{"plain", "scram-sha-256", "scram-sha-512"} }

// NewSASL is how to log in to a broker that asks for a user and a password. The
// mechanism is one of SASLMechanisms, in letters of either size. No error holds
// the password.
func NewSASL(mechanism, user, password string) (sasl.Mechanism, error) {
	if user == "" || password == "" {
		return nil, errors.New("logging in to Kafka needs a user and a password")
	}
	var algorithm scram.Algorithm
	switch strings.ToLower(mechanism) {
	case "plain":
		return plain.Mechanism{Username: user, Password: password}, nil
	case "scram-sha-256":
		algorithm = scram.SHA256
	case "scram-sha-512":
		algorithm = scram.SHA512
	default:
		return nil, fmt.Errorf("%q is none of %s", mechanism, strings.Join(SASLMechanisms(), ", "))
	}
	m, err := scram.Mechanism(algorithm, user, password)
	if err != nil {
		return nil, errors.New("the user or the password for Kafka holds characters that SCRAM does not allow")
	}
	return m, nil
}

// PlainPassword says that the password travels as it is: everybody on the way
// can read it.
func (c Config) PlainPassword() bool {
	tlsConfig, mechanism := c.security()
	return tlsConfig == nil && mechanism != nil && mechanism.Name() == plain.Mechanism{}.Name()
}

// refusals are answers of a broker that no waiting cures.
// InvalidReplicationFactor is none of them: a young cluster has fewer brokers
// for a moment.
func refusals() []error {
	return []error{
		kafka.TopicAuthorizationFailed, kafka.ClusterAuthorizationFailed, kafka.PolicyViolation,
		kafka.InvalidPartitionNumber, kafka.InvalidConfiguration,
		kafka.SASLAuthenticationFailed, kafka.UnsupportedSASLMechanism,
	}
}

// alerted tells that the other side ended a TLS connection and said so, for
// want of a client's certificate for example.
func alerted(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

// permanent tells the errors that no waiting cures.
func permanent(err error) bool {
	var untrusted *tls.CertificateVerificationError
	var noTLS tls.RecordHeaderError
	if errors.As(err, &untrusted) || errors.As(err, &noTLS) || alerted(err) {
		return true
	}
	return slices.ContainsFunc(refusals(), func(refusal error) bool { return errors.Is(err, refusal) })
}

// Advice says in one sentence what an operator can do about an error of the
// connection to the log; "" where the error says all there is to say.
func Advice(err error) string {
	var untrusted *tls.CertificateVerificationError
	var noTLS tls.RecordHeaderError
	switch {
	case errors.As(err, &untrusted):
		return "name the file of the authority that issued the brokers' certificates by --kafka-tls-ca; it must be for the names in their advertised.listeners"
	case errors.As(err, &noTLS):
		return "this port speaks no TLS: leave --kafka-tls out, or name the brokers' TLS listener"
	case alerted(err):
		return "the brokers refuse the connection's TLS: if they ask for a client's certificate, give --kafka-tls-cert and --kafka-tls-key"
	case errors.Is(err, kafka.SASLAuthenticationFailed):
		return "correct --kafka-user and HINDSIGHT_KAFKA_PASSWORD"
	case errors.Is(err, kafka.UnsupportedSASLMechanism):
		return "set --kafka-sasl to a mechanism that the brokers allow (sasl.enabled.mechanisms)"
	case errors.Is(err, kafka.TopicAuthorizationFailed), errors.Is(err, kafka.ClusterAuthorizationFailed), errors.Is(err, kafka.GroupAuthorizationFailed):
		return "give the user the rights that docs/operating.md lists (kafka-acls)"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the broker ended the connection without a word: it may want TLS (--kafka-tls) or a login (--kafka-sasl)"
	}
	return ""
}
