// Package collector takes batches from trackers and appends them to the log.
//
// It serves GET /v1/stream (WebSocket), POST /v1/batch (beacon) and POST
// /v1/erase (a visitor's wish), as docs/wire-protocol.md says. A frame's header is read and judged; its sections
// are never opened. The frame goes to the log together with what only the
// collector knows: when it came, how, from which user agent, and the client's
// address, sealed. It is acknowledged when the log has it, and not before: what
// has no ack the tracker sends again. When the log is slow the collector stops
// reading; it drops nothing in silence.
package collector

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"golang.org/x/time/rate"

	"hindsight/internal/eventlog"
	"hindsight/internal/seal"
	"hindsight/internal/site"
)

// SiteSource knows the sites. Site is called for every connection, at most
// once a second for each that sends, and for every beacon; it must answer from
// memory.
// A source may also have a method Ready() error: while that gives an error, a
// site that is not found is not taken for unknown, and its tracker is told to
// come back.
type SiteSource interface {
	Site(key string) (site.Site, bool)
}

// Log takes records. Append copies what it needs before it returns and may
// block while too much is waiting. If it returns nil, done is called exactly
// once: with nil when every in-sync replica has the record, with
// eventlog.ErrTooLarge when the log can never take it, else with why the log
// gave up. done may be called before Append returns. AppendErasure returns when
// every partition has the order.
type Log interface {
	Append(ctx context.Context, r *eventlog.Record, done func(error)) error
	AppendErasure(ctx context.Context, e *eventlog.Erasure) error
	Healthy() error
}

// Sealer hides a client's address. An address that is not valid appends
// nothing.
type Sealer interface {
	Seal(dst []byte, addr netip.Addr, b seal.Binding) []byte
}

// Deps are the parts that a Collector works with. Now may be nil: time.Now.
type Deps struct {
	Sites   SiteSource
	Log     Log
	Sealer  Sealer
	Metrics prometheus.Registerer
	Logger  *zap.Logger
	Now     func() time.Time
}

// Collector is the service. It is ready to serve once made and does nothing of
// its own; its goroutines are those of its connections.
type Collector struct {
	cfg     Config
	deps    Deps
	metrics *metrics
	buffers *bufferPool
	writers sync.Pool // of gorilla's write buffers
	aheads  *readAheads
	scribes scribes
	flights sync.Pool
	quotas  *quotas
	conns   *registry
	// beacons and appends count what Stop waits for.
	beacons, appends tally

	upgrader websocket.Upgrader
	stopping atomic.Bool
	drain    chan struct{} // closed when Stop begins
	force    chan struct{} // closed when Stop's patience ends
	gaveUp   rate.Sometimes
	foreign  rate.Sometimes
}

// New makes a collector.
func New(cfg Config, deps Deps) *Collector {
	if deps.Now == nil {
		deps.Now = time.Now
	}
	cfg = cfg.withDefaults()
	c := &Collector{
		cfg: cfg, deps: deps,
		metrics: newMetrics(deps.Metrics),
		quotas:  newQuotas(cfg),
		conns:   newRegistry(cfg.MaxConnections, cfg.SiteConnections, cfg.AddressConnections),
		drain:   make(chan struct{}), force: make(chan struct{}),
		gaveUp:  rate.Sometimes{First: 1, Interval: 10 * time.Second},
		foreign: rate.Sometimes{First: 3, Interval: time.Minute},
	}
	c.buffers = newBufferPool(cfg.LargeFrames, cfg.SlowAfter, func() { c.metrics.limited(limitSlow) })
	c.flights.New, c.aheads = newFlight, newReadAheads()
	c.upgrader = newUpgrader(&c.writers, c.metrics.handshakes)
	return c
}

// Handler serves /v1/stream, /v1/batch and /v1/erase.
func (c *Collector) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/stream", c.serveStream)
	mux.HandleFunc("/v1/batch", c.serveBatch)
	mux.HandleFunc("/v1/erase", c.serveErase)
	return mux
}

// Ready says why nothing can be taken at the moment, or nil.
func (c *Collector) Ready() error {
	if c.stopping.Load() {
		return errors.New("the collector is stopping")
	}
	if err := c.deps.Log.Healthy(); err != nil {
		return fmt.Errorf("log: %w", err)
	}
	return nil
}

// Stop drains: new connections and beacons are refused, nothing more is read,
// what was read is appended and acknowledged, and every connection is closed
// with 4000. When ctx ends first the connections are closed at once and an
// error says how many appends are still open; no ack was given for those. The
// log must be stopped after the collector. A second call does nothing.
func (c *Collector) Stop(ctx context.Context) error {
	if c.stopping.Swap(true) {
		return nil
	}
	close(c.drain)
	c.conns.tally.close()
	c.beacons.close()
	c.conns.each(func(k *conn) { k.wind() })
	err := errors.Join(c.conns.tally.wait(ctx), c.beacons.wait(ctx))
	if err != nil {
		close(c.force)
		c.conns.each(func(k *conn) { k.cancel() })
		// From here on nothing waits for the log; the rest is bounded by the
		// time that closing a connection takes.
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.cfg.Linger+time.Second)
		defer cancel()
		err = errors.Join(c.conns.tally.wait(bounded), c.beacons.wait(bounded))
	}
	if waitErr := c.appends.wait(ctx); waitErr != nil {
		err = errors.Join(err, waitErr)
	}
	c.scribes.wg.Wait() // they wait for nothing
	if err != nil {
		return fmt.Errorf("stop collector with %d connections, %d beacons and %d appends open: %w",
			c.conns.tally.count(), c.beacons.count(), c.appends.count(), err)
	}
	return nil
}

// logGaveUp tells, not for every record, that the log did not take one.
func (c *Collector) logGaveUp(siteID string, err error) {
	c.gaveUp.Do(func() {
		c.deps.Logger.Warn("the log did not take a frame; its tracker will send it again",
			zap.String("site", siteID), zap.Error(err))
	})
}
