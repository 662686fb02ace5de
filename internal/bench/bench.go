// Package bench drives a collector as many trackers would, checks every ack,
// and says what it saw. It is a tool for operators: against a machine of their
// own, before others come.
package bench

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"hindsight/internal/wire"
)

// Config says what to drive, and how hard.
type Config struct {
	// Collector is the address of the collector, http:// or https://.
	Collector string
	// Site is the key of the site that takes the frames, Origin one of its origins.
	Site, Origin string
	// Connections at a time, each a session of its own.
	Connections int
	// Bytes of a frame; never less than MinBytes.
	Bytes int
	// Rate of frames a second over all connections; 0: as fast as acks come.
	Rate float64
	// Window is how many frames of a connection may wait for their acks; the
	// collector may allow fewer.
	Window int
	// Duration of sending, and how long to wait for the last acks then.
	Duration, Drain time.Duration
	// Remote allows a collector on another machine.
	Remote bool
	// TLS is whom to trust; nil: whom this machine trusts.
	TLS *tls.Config
}

// MinBytes is the smallest frame: its header and signals alone.
const MinBytes = 512

// maxConnecting bounds how many connections are made at a time.
const maxConnecting = 64

// DefaultConfig drives gently.
func DefaultConfig() Config {
	return Config{Connections: 100, Bytes: 2048, Window: 4, Duration: 10 * time.Second, Drain: 10 * time.Second}
}

// ErrRemote refuses a target that nobody said yes to.
var ErrRemote = errors.New("the collector is not on this machine; a bench is an attack on whoever did not ask for it")

// Validate says what is wrong with a configuration; ErrRemote when the target
// is on another machine and Remote is not set.
func (c Config) Validate() error {
	u, err := url.Parse(c.Collector)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return fmt.Errorf("the collector's address %q is none such as http://127.0.0.1:8080", c.Collector)
	case c.Site == "" || c.Origin == "":
		return errors.New("a site's key and one of its origins are needed")
	case c.Connections < 1 || c.Connections > 100_000:
		return errors.New("connections must be 1 to 100,000")
	case c.Bytes < MinBytes || c.Bytes > wire.MaxFrame:
		return fmt.Errorf("a frame has %d to %d bytes", MinBytes, wire.MaxFrame)
	case math.IsNaN(c.Rate) || c.Rate < 0 || c.Window < 1 || c.Duration <= 0 || c.Drain < 0:
		return errors.New("the rate is a number, no less than zero; window and times must not be negative, nor window and duration zero")
	case !c.Remote && !loopback(u.Hostname()):
		return ErrRemote
	}
	return nil
}

// loopback tells whether a name can mean this machine only.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func (c Config) stream() string {
	base := "ws" + strings.TrimPrefix(strings.TrimRight(c.Collector, "/"), "http")
	return base + "/v1/stream?site=" + url.QueryEscape(c.Site)
}

// Run drives the collector for Duration and waits for the acks that are left.
// It ends by itself, sooner when ctx does. progress is called about once a
// second and may be nil. The error says why there was nothing to measure; what
// went wrong while it ran stands in the Result.
func Run(ctx context.Context, cfg Config, progress func(Result)) (Result, error) {
	if err := cfg.Validate(); err != nil {
		return Result{}, err
	}
	t := newTally()
	sending, stop := context.WithTimeout(ctx, cfg.Duration)
	defer stop()
	whole, end := context.WithTimeout(ctx, cfg.Duration+cfg.Drain)
	defer end()
	var wg sync.WaitGroup
	padding, gate := newPadding(cfg.Bytes), make(chan struct{}, maxConnecting)
	for i := range cfg.Connections {
		c := newConnection(cfg, i, t, padding, gate)
		wg.Go(func() { c.run(whole, sending) })
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if progress != nil {
				progress(t.result())
			}
		case <-done:
			r := t.result()
			if r.Sent == 0 && ctx.Err() == nil {
				return r, fmt.Errorf("no frame could be sent: %w", t.why())
			}
			return r, nil
		}
	}
}
