package eventlog

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/sasl"
)

const unixPrefix = "unix:"

// embedded says whether the address is that of a broker on this machine's own
// socket, which whatever it advertises can only be reached there.
func (c Config) embedded() bool {
	return c.Dial != nil || len(c.Brokers) > 0 && strings.HasPrefix(c.Brokers[0], unixPrefix)
}

// Validate says in one sentence what is wrong with the addresses.
func (c Config) Validate() error {
	if len(c.Brokers) == 0 && c.Dial == nil {
		return errors.New("no address of the log was given")
	}
	for _, b := range c.Brokers {
		if path, ok := strings.CutPrefix(b, unixPrefix); ok {
			if !strings.HasPrefix(path, "/") {
				return fmt.Errorf("log address %q: the path of a unix socket must be absolute", b)
			}
			if len(c.Brokers) > 1 {
				return fmt.Errorf("log address %q: a unix socket must be the only address", b)
			}
			continue
		}
		if host, port, err := net.SplitHostPort(b); err != nil || host == "" || port == "" {
			return fmt.Errorf("log address %q is neither host:port nor unix:/path", b)
		}
	}
	return nil
}

// dialer returns how connections are made, or nil for plain TCP. On a unix
// socket the host and port that the broker advertises mean nothing.
func (c Config) dialer() func(ctx context.Context, network, address string) (net.Conn, error) {
	if c.Dial != nil {
		return func(ctx context.Context, _, _ string) (net.Conn, error) { return c.Dial(ctx) }
	}
	if !c.embedded() {
		return (&net.Dialer{Timeout: 3 * time.Second, KeepAlive: 15 * time.Second}).DialContext
	}
	path := strings.TrimPrefix(c.Brokers[0], unixPrefix)
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}
}

// addresses are what kafka-go is told: names for the embedded log, since only
// dialer knows the way there.
func (c Config) addresses() []string {
	if c.embedded() {
		return []string{"embedded:9092"}
	}
	return c.Brokers
}

// security returns TLS and SASL, which have no place on a private socket.
func (c Config) security() (*tls.Config, sasl.Mechanism) {
	if c.embedded() {
		return nil, nil
	}
	return c.TLS, c.SASL
}

// client returns a kafka-go client with a transport of its own, whose
// background work ends with ctx.
func (c Config) client(ctx context.Context) (*kafka.Client, *kafka.Transport) {
	tlsConfig, mechanism := c.security()
	t := &kafka.Transport{
		Dial:        c.dialer(),
		DialTimeout: 5 * time.Second,
		IdleTimeout: time.Minute,
		MetadataTTL: 10 * time.Second,
		ClientID:    c.ClientID,
		TLS:         tlsConfig,
		SASL:        mechanism,
		Context:     ctx,
	}
	// Without a timeout of its own, kafka-go gives the replicas half a second.
	return &kafka.Client{Addr: kafka.TCP(c.addresses()...), Transport: t, Timeout: 20 * time.Second}, t
}

func (c Config) groupDialer() *kafka.Dialer {
	tlsConfig, mechanism := c.security()
	return &kafka.Dialer{
		ClientID:      c.ClientID,
		Timeout:       5 * time.Second,
		DialFunc:      c.dialer(),
		TLS:           tlsConfig,
		SASLMechanism: mechanism,
	}
}
