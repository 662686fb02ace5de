package collector

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"hindsight/internal/eventlog"
	"hindsight/internal/seal"
	"hindsight/internal/site"
	"hindsight/internal/wire"
)

const (
	testKey    = "test-key"
	testOrigin = "https://shop.example.com"
	patience   = time.Minute // longer than any test needs; nothing is decided by it
)

// faultyLog is a log whose faults can be had at will: one that does not answer
// until it is told to, refuses, fails or blocks. The real log is in
// log_test.go.
type faultyLog struct {
	mu      sync.Mutex
	hold    bool
	err     error // what Append returns
	health  error
	block   chan struct{} // Append waits for it, if it is not nil
	records []eventlog.Record
	orders  []eventlog.Erasure
	dones   []func(error)
	arrived chan struct{}
}

func newFaultyLog() *faultyLog { return &faultyLog{arrived: make(chan struct{}, 1<<16)} }

func (l *faultyLog) Append(ctx context.Context, r *eventlog.Record, done func(error)) error {
	l.mu.Lock()
	block := l.block
	l.mu.Unlock()
	if block != nil {
		select {
		case <-block:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return l.err
	}
	kept := *r
	kept.Frame, kept.Address = slices.Clone(r.Frame), slices.Clone(r.Address)
	l.records = append(l.records, kept)
	l.arrived <- struct{}{}
	if l.hold {
		l.dones = append(l.dones, done)
		return nil
	}
	go done(nil)
	return nil
}

func (l *faultyLog) AppendErasure(_ context.Context, e *eventlog.Erasure) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.orders = append(l.orders, *e)
	}
	return l.err
}

func (l *faultyLog) Healthy() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.health
}

func (l *faultyLog) set(change func(*faultyLog)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(l)
}

// await waits until n more records have arrived.
func (l *faultyLog) await(t *testing.T, n int) {
	t.Helper()
	for range n {
		select {
		case <-l.arrived:
		case <-time.After(patience):
			t.Fatal("the log got no record")
		}
	}
}

// answer calls the done of the i-th record held.
func (l *faultyLog) answer(i int, err error) {
	l.mu.Lock()
	done := l.dones[i]
	l.mu.Unlock()
	done(err)
}

func (l *faultyLog) all() []eventlog.Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.records)
}

type siteList struct {
	mu    sync.Mutex
	sites map[string]site.Site
}

func (l *siteList) Site(key string) (site.Site, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, ok := l.sites[key]
	return s, ok
}

func (l *siteList) set(s site.Site) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sites[s.Key] = s
}

// rig is a collector behind a real socket.
type rig struct {
	*Collector
	t        *testing.T
	sites    *siteList
	sealer   *seal.Sealer
	registry *prometheus.Registry
	logs     *observer.ObservedLogs
	server   *httptest.Server
	now      func() time.Time
}

func testSite() site.Site {
	s := site.New("Test", testOrigin)
	s.Key, s.ID, s.Consent, s.SampleRate = testKey, "site-1", site.ModeImplied, 0.25
	return s
}

func newRig(t *testing.T, log Log, change func(*Config, *Deps)) *rig {
	t.Helper()
	core, logs := observer.New(zapcore.DebugLevel)
	g := &rig{
		t: t, sites: &siteList{sites: map[string]site.Site{testKey: testSite()}},
		sealer: seal.NewRandomSealer(), registry: prometheus.NewRegistry(), logs: logs,
		now: func() time.Time { return time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC) },
	}
	cfg := Config{}
	cfg.Linger = 500 * time.Millisecond
	deps := Deps{Sites: g.sites, Log: log, Sealer: g.sealer, Metrics: g.registry, Logger: zap.New(core), Now: g.now}
	if change != nil {
		change(&cfg, &deps)
	}
	g.Collector = New(cfg, deps)
	g.server = httptest.NewServer(g.Handler())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := g.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
		g.server.Close()
	})
	return g
}

// client is a tracker as far as the protocol goes.
type client struct {
	t  *testing.T
	ws *websocket.Conn
}

func (g *rig) dial(key, origin string, protocols ...string) (*client, *http.Response, error) {
	if protocols == nil {
		protocols = []string{wire.Subprotocol}
	}
	header := http.Header{"User-Agent": {"Mozilla/5.0 (Test)"}}
	if origin != "" {
		header.Set("Origin", origin)
	}
	dialer := websocket.Dialer{Subprotocols: protocols}
	ws, response, err := dialer.Dial("ws"+strings.TrimPrefix(g.server.URL, "http")+"/v1/stream?site="+key, header)
	if err != nil {
		return nil, response, err
	}
	g.t.Cleanup(func() { _ = ws.Close() })
	_ = ws.SetReadDeadline(time.Now().Add(patience))
	return &client{g.t, ws}, response, nil
}

// connect dials and says hello.
func (g *rig) connect() *client {
	g.t.Helper()
	c, _, err := g.dial(testKey, testOrigin)
	if err != nil {
		g.t.Fatal(err)
	}
	c.text(`{"hello":{"tracker":"0.1.0"}}`)
	if m := c.next(); m.Welcome == nil {
		g.t.Fatalf("no welcome but %+v", m)
	}
	return c
}

func (c *client) text(message string) {
	c.t.Helper()
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(message)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) send(frame []byte) {
	c.t.Helper()
	if err := c.ws.WriteMessage(websocket.BinaryMessage, frame); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) next() wire.ServerMessage {
	c.t.Helper()
	_, b, err := c.ws.ReadMessage()
	if err != nil {
		c.t.Fatal(err)
	}
	m, err := wire.ParseServerMessage(b)
	if err != nil {
		c.t.Fatalf("%s: %v", b, err)
	}
	return m
}

// ack reads until the ack n; nothing else may come.
func (c *client) ack(n uint64) {
	c.t.Helper()
	for {
		m := c.next()
		if m.Ack == 0 || m.Ack > n {
			c.t.Fatalf("waiting for ack %d: %+v", n, m)
		}
		if m.Ack == n {
			return
		}
	}
}

func (c *client) refused(n uint64, reason wire.Reason) wire.Refuse {
	c.t.Helper()
	m := c.next()
	if m.Refuse == nil || m.Refuse.N != n || m.Refuse.Reason != reason {
		c.t.Fatalf("no refusal of %d with %s but %+v", n, reason, m)
	}
	return *m.Refuse
}

// closed reads to the close message, over whatever comes before.
func (c *client) closed(want wire.CloseCode) {
	c.t.Helper()
	for {
		_, _, err := c.ws.ReadMessage()
		if err == nil {
			continue
		}
		var e *websocket.CloseError
		if !errors.As(err, &e) || e.Code != int(want) {
			c.t.Fatalf("closed with %v, not %d", err, want)
		}
		if want >= 4000 && e.Text != want.Name() {
			c.t.Errorf("close text %q", e.Text)
		}
		return
	}
}

// frame builds a good frame of the rig's day.
func (g *rig) frame(sequence uint32, change func(*wire.Header)) []byte {
	g.t.Helper()
	h := wire.Header{Consent: wire.ConsentImplied, Session: wire.NewSessionID(wire.DayOf(g.now())),
		Document: wire.NewDocumentID(), Sequence: sequence, SentAt: float64(g.now().UnixMilli())}
	if change != nil {
		change(&h)
	}
	b, err := wire.EncodeFrame(h, []byte(`{"origin":1,"view":0,"path":"/","signals":[]}`), nil, wire.CodecGzip)
	if err != nil {
		g.t.Fatal(err)
	}
	return b
}

func (g *rig) batches(result string) float64 {
	return testutil.ToFloat64(g.metrics.batches.WithLabelValues(result))
}

// eventually waits for something that happens in another goroutine and that
// nothing announces.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if cond() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

var loopback = netip.MustParsePrefix("127.0.0.0/8")
