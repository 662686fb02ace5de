package apachekafka

import (
	"context"
	"fmt"
)

// Secure is a listener that asks for TLS with a client's certificate, and for a
// user and a password by PLAIN or SCRAM-SHA-512. This user may do only what it is
// granted.
type Secure struct {
	KeyStore, TrustStore string // PEM files: the broker's key and certificate; whom it trusts
	User, Password       string
}

// NewSecure is New with such a listener beside the open one.
func NewSecure(ctx context.Context, dir string, s Secure) (*Kafka, error) {
	c, err := newCluster(ctx, dir, 1, &s)
	if err != nil {
		return nil, err
	}
	return c[0], nil
}

// SecureAddr is the address of that listener.
func (k *Kafka) SecureAddr() string { return fmt.Sprintf("127.0.0.1:%d", k.securePort) }

// users are what StorageTool is to know of them.
func (s *Secure) users() []string {
	if s == nil {
		return nil
	}
	return []string{"--add-scram", fmt.Sprintf("SCRAM-SHA-512=[name=%s,password=%s]", s.User, s.Password)}
}

func (k *Kafka) secureListener() string {
	if k.secure == nil {
		return ""
	}
	return ",SECURE://" + k.SecureAddr()
}

func (k *Kafka) secureProperties() string {
	s := k.secure
	if s == nil {
		return ""
	}
	const listener, modules = "listener.name.secure.", "org.apache.kafka.common.security."
	return fmt.Sprintf(`authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
%[1]sssl.keystore.type=PEM
%[1]sssl.keystore.location=%[3]s
%[1]sssl.truststore.type=PEM
%[1]sssl.truststore.location=%[4]s
%[1]sssl.client.auth=required
%[1]ssasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
%[1]splain.sasl.jaas.config=%[2]splain.PlainLoginModule required user_%[5]s="%[6]s";
%[1]sscram-sha-512.sasl.jaas.config=%[2]sscram.ScramLoginModule required;
`, listener, modules, s.KeyStore, s.TrustStore, s.User, s.Password)
}
