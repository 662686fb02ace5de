package collector

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"

	"hindsight/internal/site"
	"hindsight/internal/wire"
)

// newUpgrader: small read buffers and shared write buffers keep an idle
// connection small; compression stays off, for sections are compressed already.
func newUpgrader(writers *sync.Pool, refused *prometheus.CounterVec) websocket.Upgrader {
	return websocket.Upgrader{
		HandshakeTimeout: 10 * time.Second,
		// A socket has its own, when it needs one. This is the least.
		ReadBufferSize:  128,
		WriteBufferSize: 1 << 10,
		WriteBufferPool: writers,
		// A foreign origin is told so by a close code, which its script can
		// read; see admit.
		CheckOrigin: func(*http.Request) bool { return true },
		Error: func(w http.ResponseWriter, _ *http.Request, status int, reason error) {
			refused.WithLabelValues("handshake").Inc()
			fail(w, status, "handshake", reason.Error(), 0)
		},
	}
}

// serveStream upgrades a request and leaves the connection to a goroutine of
// its own: the server's goroutine would hold its buffers as long as it ran.
func (c *Collector) serveStream(w http.ResponseWriter, r *http.Request) {
	protocol, spoken := chooseProtocol(r)
	switch {
	case protocol == "":
		c.metrics.handshakes.WithLabelValues("subprotocol").Inc()
		fail(w, http.StatusBadRequest, "subprotocol", "the subprotocol "+wire.Subprotocol+" is needed", 0)
		return
	case c.stopping.Load() || c.conns.full():
		c.metrics.handshakes.WithLabelValues("unavailable").Inc()
		if !c.stopping.Load() {
			c.metrics.limited(limitConnections)
		}
		fail(w, http.StatusServiceUnavailable, "unavailable", "the collector takes no connection at the moment", 5*time.Second)
		return
	}
	key := strings.Clone(r.URL.Query().Get("site"))
	over := hijacker{ResponseWriter: w, aheads: c.aheads}
	ws, err := c.upgrader.Upgrade(&over, r, http.Header{"Sec-Websocket-Protocol": {protocol}})
	if err != nil {
		return // the upgrader has answered
	}
	ws.SetReadLimit(wire.MaxMessage)
	k := newConn(c, ws, key, r)
	k.socket, k.tap = over.socket, over.tap
	code := wire.CloseVersion
	if spoken {
		k.site, code = c.admit(key, k.origin)
	}
	ctx, cancel := context.WithCancel(context.Background())
	k.cancel = cancel
	if code == 0 {
		k.all = c.quotas.of(k.site.ID)
		var limit string
		if code, limit = c.conns.add(k, k.site.ID); limit != "" {
			c.metrics.limited(limit)
		}
	}
	if code != 0 {
		cancel()
		if code == wire.CloseOrigin {
			c.tellForeign(k.site.ID, k.origin)
		}
		k.say(code)
		c.metrics.closed(code)
		_ = ws.Close() // it is closed for good, whatever comes of it
		return
	}
	go k.serve(ctx) // Stop waits for it by the registry
}

// chooseProtocol picks the subprotocol to answer with, and says whether it is
// spoken here. One of another version is only chosen to be able to say no.
func chooseProtocol(r *http.Request) (name string, spoken bool) {
	base := wire.Subprotocol[:strings.LastIndexByte(wire.Subprotocol, '.')+2] // hindsight.v
	for _, offered := range websocket.Subprotocols(r) {
		if offered == wire.Subprotocol {
			return offered, true
		}
		digits, ok := strings.CutPrefix(offered, base)
		if ok && digits != "" && strings.Trim(digits, "0123456789") == "" {
			name = offered
		}
	}
	return name, false
}

// knowsSites tells whether "no such site" can be said at all: a source that has
// never had an answer does not know, and a tracker that is told "unknown site"
// gives up for good.
func (c *Collector) knowsSites() bool {
	source, ok := c.deps.Sites.(interface{ Ready() error })
	return !ok || source.Ready() == nil
}

// admit finds the site and judges the page's origin; the code is 0 when both
// are right.
func (c *Collector) admit(key, origin string) (site.Site, wire.CloseCode) {
	s, ok := c.deps.Sites.Site(key)
	switch {
	case !ok && !c.knowsSites():
		return s, wire.CloseComeBack
	case !ok:
		return s, wire.CloseUnknownSite
	case !s.AllowsOrigin(origin):
		return s, wire.CloseOrigin
	case s.Closed:
		return s, wire.CloseSiteClosed
	}
	return s, 0
}
