package collector

import (
	"context"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/zap"

	"hindsight/internal/site"
	"hindsight/internal/wire"
)

// conn is one tracker's connection. One goroutine reads; what is to be written
// is noted under mu, and a short-lived second one writes it (see outbox.go).
type conn struct {
	c      *Collector
	ws     *websocket.Conn
	socket *socket // nil with TLS
	tap    *tap    // over either
	cancel context.CancelFunc
	key    string
	origin string
	agent  string
	addr   netip.Addr // for the Sealer and the registry only
	quota  quota

	// The reader's own.
	site      site.Site
	all       *quota    // the site's
	checked   time.Time // when site was last asked for
	deadline  time.Time // of the next read
	class     int       // of the last frame's buffer
	malformed int
	inFrame   bool // reading a frame, which has a deadline of its own
	timed     bool // that deadline is set
	controls  int  // control messages since
	since     time.Time

	mu     sync.Mutex
	window window
	flying int // frames that the log has and has not answered for
	out    outbox
	want   wire.CloseCode // why reading was interrupted
	// waiting: the reader does, for room; room (capacity 1) tells that there may be.
	waiting bool
	room    chan struct{}
	ping    *time.Timer
	writes  sync.WaitGroup // the writing goroutine
}

func newConn(c *Collector, ws *websocket.Conn, key string, r *http.Request) *conn {
	const maxAgent = 512 // more is cut off in the log anyway
	agent := r.UserAgent()
	k := &conn{
		c: c, ws: ws, key: key,
		origin: strings.Clone(r.Header.Get("Origin")),
		agent:  strings.Clone(agent[:min(len(agent), maxAgent)]),
		addr:   clientAddr(r, c.cfg.TrustedProxies),
		room:   make(chan struct{}, 1),
	}
	k.quota.set(c.cfg.ConnFrames, c.cfg.ConnBytes, limitConnectionFrames, limitConnectionBytes)
	k.quota.setInflated(c.cfg.ConnInflated, connInflatedBurst)
	return k
}

// serve runs the connection from hello to its end.
func (k *conn) serve(ctx context.Context) {
	c := k.c
	siteID := k.site.ID
	if k.socket != nil {
		k.socket.patient, k.socket.waits = false, k.waits
	}
	k.mu.Lock()
	k.ping = time.AfterFunc(c.cfg.Ping, k.pingDue)
	k.mu.Unlock()
	c.metrics.connections.Inc()
	defer func() {
		_ = k.ws.Close() // nothing more is expected of it
		k.cancel()
		c.metrics.connections.Dec()
		c.conns.remove(k, siteID)
	}()
	code := k.guarded(ctx)
	// What was read before a stop is worth its ack; a page that is gone, or
	// that must go, gets what is ready.
	if code == wire.CloseComeBack {
		k.settleAll()
	}
	k.finish()
	c.metrics.closed(code)
	if !peerGone(code) {
		k.say(code)
	}
}

// guarded keeps a fault in the handling of one connection from ending all
// others. The tracker must not come back with what caused it.
func (k *conn) guarded(ctx context.Context) (code wire.CloseCode) {
	defer func() {
		if fault := recover(); fault != nil {
			k.c.metrics.result(resultPanic)
			k.c.deps.Logger.Error("connection ended by a fault", zap.String("site", k.site.ID),
				zap.ByteString("stack", debug.Stack()))
			code = wire.CloseProtocol
		}
	}()
	return k.run(ctx)
}

// run greets and reads until there is a reason to stop, which it gives.
func (k *conn) run(ctx context.Context) wire.CloseCode {
	if k.socket != nil {
		k.ws.SetCloseHandler(k.answerClose)
	}
	k.ws.SetPongHandler(func(string) error { return k.heard() })
	k.ws.SetPingHandler(func(data string) error {
		if err := k.heard(); err != nil {
			return err
		}
		k.note(func(o *outbox) { o.pong, o.pongData = true, data })
		return nil
	})
	if code := k.greet(); code != 0 {
		return code
	}
	for {
		if code := k.awaitRoom(ctx); code != 0 {
			return code
		}
		if code := k.message(ctx); code != 0 {
			return code
		}
	}
}

// settleAll waits until the log has answered for everything that was read, or
// Stop loses patience.
func (k *conn) settleAll() {
	for {
		k.mu.Lock()
		flying := k.flying
		k.waiting = true
		k.mu.Unlock()
		if flying == 0 {
			return
		}
		select {
		case <-k.room:
		case <-k.c.force:
			return
		}
	}
}

// interrupt makes the reader stop with code; the first code stays.
func (k *conn) interrupt(code wire.CloseCode) {
	k.mu.Lock()
	if k.want == 0 {
		k.want = code
	}
	k.mu.Unlock()
	// A deadline in the past ends a read that is under way.
	_ = k.ws.SetReadDeadline(time.Unix(1, 0))
	k.moved()
}

// tooSlow ends the connection because others wait for the buffer that its
// message trickles into.
func (k *conn) tooSlow() { k.interrupt(wire.CloseRate) }

// wind ends the connection because the collector stops.
func (k *conn) wind() { k.interrupt(wire.CloseComeBack) }

func (k *conn) interrupted() wire.CloseCode {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.want
}

// moved wakes whoever waits for room.
func (k *conn) moved() {
	select {
	case k.room <- struct{}{}:
	default:
	}
}
