package apachekafka

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// Cluster is a number of nodes that replicate everything to one another.
type Cluster []*Kafka

// NewCluster gets the jars (once: they stay in a cache directory of the user)
// and formats a data directory for each node below dir. An error is one
// sentence that says what is missing.
func NewCluster(ctx context.Context, dir string, nodes int) (Cluster, error) {
	return newCluster(ctx, dir, nodes, nil)
}

func newCluster(ctx context.Context, dir string, nodes int, secure *Secure) (Cluster, error) {
	if _, err := exec.LookPath("java"); err != nil {
		return nil, errors.New("tests on Apache Kafka need Java 17: no java on the PATH")
	}
	jars, err := fetchJars(ctx)
	if err != nil {
		return nil, err
	}
	c := make(Cluster, nodes)
	voters := make([]string, nodes)
	for i := range c {
		k := &Kafka{id: i + 1, nodes: nodes, dir: filepath.Join(dir, fmt.Sprint(i+1)), jars: jars, secure: secure}
		if k.broker, k.control, err = freePorts(ctx); err != nil {
			return nil, err
		}
		if secure != nil {
			if k.securePort, _, err = freePorts(ctx); err != nil {
				return nil, err
			}
		}
		if err := os.MkdirAll(k.dir, 0o700); err != nil {
			return nil, fmt.Errorf("make a directory for Kafka: %w", err)
		}
		voters[i] = fmt.Sprintf("%d@127.0.0.1:%d", k.id, k.control)
		c[i] = k
	}
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	raw[0] &= 0x7f           // an id that begins with '-' would be taken for an option
	id := base64.RawURLEncoding.EncodeToString(raw[:])
	return c, c.each(func(k *Kafka) error {
		k.voters = strings.Join(voters, ",")
		return k.format(ctx, id)
	})
}

// Start starts all nodes and returns when their ports are open.
func (c Cluster) Start(ctx context.Context) error {
	return c.each(func(k *Kafka) error { return k.Start(ctx) })
}

// Stop ends them all at once, as kill -9 does: in order, the last would wait
// for others to take over.
func (c Cluster) Stop() {
	_ = c.each(func(k *Kafka) error { k.Kill(); return nil })
}

// Addrs are the addresses for clients.
func (c Cluster) Addrs() []string {
	addrs := make([]string, len(c))
	for i, k := range c {
		addrs[i] = k.Addr()
	}
	return addrs
}

// each does something with all nodes at once.
func (c Cluster) each(do func(*Kafka) error) error {
	errs := make([]error, len(c))
	var wg sync.WaitGroup
	for i, k := range c {
		wg.Go(func() { errs[i] = do(k) })
	}
	wg.Wait()
	return errors.Join(errs...)
}
