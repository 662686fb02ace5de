package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hindsight/internal/site"
	"hindsight/internal/wire"
	"hindsight/test/process"
)

const (
	siteKey = "chaos-key"
	origin  = "https://shop.example"
)

// collector is a collector that knows the site from a file; no API runs.
func (s *stack) collector(t testing.TB) *process.Process {
	t.Helper()
	return s.collectorFor(t, origin)
}

// collectorFor is one for pages of this origin.
func (s *stack) collectorFor(t testing.TB, origin string) *process.Process {
	t.Helper()
	one := site.New("Shop", origin)
	one.ID, one.Key, one.Consent = siteID, siteKey, site.ModeImplied
	raw, err := json.Marshal(map[string]any{"sites": []site.Site{one}})
	if err != nil {
		t.Fatal(err)
	}
	cache := filepath.Join(filepath.Dir(s.data), "sites.json")
	// Renamed into place: collectors that have been started may be reading it.
	if err := errors.Join(os.WriteFile(cache+".new", raw, 0o600), os.Rename(cache+".new", cache)); err != nil {
		t.Fatal(err)
	}
	return command(t, append([]string{"collector", "--data", s.data, "--api", "http://127.0.0.1:9", "--token", "none", "--sites-cache", cache, "--batch-interval", "3s"}, s.logFlags()...)...)
}

// visitor sends frames as a tracker does: it keeps each until it is acknowledged, and comes back and resends what was
// not when its connection breaks.
type visitor struct {
	url    string
	frames [][]byte
	pause  time.Duration // between two new frames
	window int           // frames that wait for their acks
	hold   chan struct{} // closed when it may send its second half; nil: it may

	acked       atomic.Int64 // all before this one are acknowledged
	connections atomic.Int64
	resent      atomic.Int64
	calledBack  atomic.Int64 // connections that ended with "come back"
	broken      atomic.Int64 // that ended in any other way before all was acknowledged
}

// crowd is many visitors.
type crowd struct {
	visitors []*visitor
	wg       sync.WaitGroup
	mu       sync.Mutex
	failed   error
}

// visit has n visitors send the frames, those of a document by one visitor and in their order.
func visit(t testing.TB, collector string, frames [][]byte, n int, pause time.Duration) *crowd {
	t.Helper()
	c := gather(t, collector, frames, n, pause)
	c.start(t)
	return c
}

func gather(t testing.TB, collector string, frames [][]byte, n int, pause time.Duration) *crowd {
	t.Helper()
	c := &crowd{visitors: make([]*visitor, n)}
	for i := range c.visitors {
		c.visitors[i] = &visitor{url: "ws" + strings.TrimPrefix(collector, "http") + "/v1/stream?site=" + siteKey, pause: pause, window: 4}
	}
	for _, f := range frames {
		h, err := wire.ParseHeader(f)
		if err != nil {
			t.Fatal(err)
		}
		v := c.visitors[int(h.Document[15])%n]
		v.frames = append(v.frames, f)
	}
	return c
}

func (c *crowd) start(t testing.TB) {
	ctx, cancel := context.WithCancel(context.Background())
	for _, v := range c.visitors {
		c.wg.Go(func() {
			if err := v.run(ctx); err != nil {
				c.mu.Lock()
				c.failed = err
				c.mu.Unlock()
			}
		})
	}
	t.Cleanup(func() { cancel(); c.wg.Wait() })
}

// visitHalf is visit, but every other visitor keeps its second half to itself until hold is closed.
func visitHalf(t testing.TB, collector string, frames [][]byte, n int, pause time.Duration, hold chan struct{}) *crowd {
	t.Helper()
	c := gather(t, collector, frames, n, pause)
	for i, v := range c.visitors {
		if i%2 == 0 {
			v.hold = hold
		}
	}
	c.start(t)
	return c
}

func (c *crowd) sum(of func(*visitor) int64) (n int64) {
	for _, v := range c.visitors {
		n += of(v)
	}
	return n
}

func (c *crowd) acked() int64 { return c.sum(func(v *visitor) int64 { return v.acked.Load() }) }
func (c *crowd) connections() int64 {
	return c.sum(func(v *visitor) int64 { return v.connections.Load() })
}
func (c *crowd) resent() int64 { return c.sum(func(v *visitor) int64 { return v.resent.Load() }) }
func (c *crowd) calledBack() int64 {
	return c.sum(func(v *visitor) int64 { return v.calledBack.Load() })
}
func (c *crowd) broken() int64 { return c.sum(func(v *visitor) int64 { return v.broken.Load() }) }

// awaitAcks waits until n frames are acknowledged.
func (c *crowd) awaitAcks(t testing.TB, n int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d acknowledged frames", n), func() error {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.failed != nil {
			t.Fatal(c.failed)
		}
		if got := c.acked(); got < int64(n) {
			return fmt.Errorf("%d are", got)
		}
		return nil
	})
}

// awaitConnections waits until every visitor has one.
func (c *crowd) awaitConnections(t testing.TB) {
	t.Helper()
	eventually(t, "connections", func() error {
		for _, v := range c.visitors {
			if len(v.frames) > 0 && v.connections.Load() == 0 {
				return process.ErrNotYet
			}
		}
		return nil
	})
}

// finish waits until every frame is acknowledged.
func (c *crowd) finish(t testing.TB) {
	t.Helper()
	c.awaitAcks(t, int(c.sum(func(v *visitor) int64 { return int64(len(v.frames)) })))
	c.wg.Wait()
}

func (v *visitor) run(ctx context.Context) error {
	for int(v.acked.Load()) < len(v.frames) && ctx.Err() == nil {
		if err := v.connection(ctx); errors.Is(err, errRefused) {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

var errRefused = errors.New("a frame was refused")

func (v *visitor) connection(ctx context.Context) error {
	dialer := websocket.Dialer{Subprotocols: []string{wire.Subprotocol}, HandshakeTimeout: 5 * time.Second}
	conn, resp, err := dialer.DialContext(ctx, v.url, http.Header{"Origin": {origin}, "User-Agent": {agent}})
	if resp != nil && resp.Body != nil {
		resp.Body.Close()
	}
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if err := conn.WriteMessage(websocket.TextMessage, wire.AppendHello(nil, wire.Hello{Tracker: "chaos"})); err != nil {
		return err
	}
	if m, err := readMessage(conn); err != nil || m.Welcome == nil {
		return fmt.Errorf("no welcome: %w", err)
	}
	v.connections.Add(1)

	first := int(v.acked.Load())
	acks := make(chan error, 1)
	room := make(chan struct{}, v.window+len(v.frames)) // so many are put into it at the most
	for range v.window {
		room <- struct{}{}
	}
	go func() { acks <- v.readAcks(conn, first, room) }()
	for i, frame := range v.frames[first:] {
		select {
		case <-room:
		case err := <-acks:
			return err
		}
		if v.hold != nil && first+i >= len(v.frames)/2 {
			select {
			case <-v.hold:
			case err := <-acks:
				return err
			}
		}
		if i > 0 {
			time.Sleep(v.pause)
		}
		wire.SetSentAt(frame, float64(time.Now().UnixMilli()))
		if err := conn.WriteMessage(websocket.BinaryMessage, frame); err != nil {
			return <-acks // which says how it ended
		}
		if i < v.window && v.connections.Load() > 1 {
			v.resent.Add(1)
		}
	}
	return <-acks
}

// readAcks takes acks in until every frame has one or the connection breaks.
func (v *visitor) readAcks(conn *websocket.Conn, first int, room chan<- struct{}) error {
	for settled := 0; first+settled < len(v.frames); {
		m, err := readMessage(conn)
		switch {
		case websocket.IsCloseError(err, int(wire.CloseComeBack)):
			v.calledBack.Add(1)
			return err
		case err != nil:
			v.broken.Add(1)
			return err
		case m.Refuse != nil:
			return fmt.Errorf("%w: %s", errRefused, m.Refuse.Reason)
		}
		for ; settled < int(m.Ack); settled++ {
			v.acked.Add(1)
			room <- struct{}{}
		}
	}
	return nil
}

func readMessage(conn *websocket.Conn) (wire.ServerMessage, error) {
	_, raw, err := conn.ReadMessage()
	if err != nil {
		return wire.ServerMessage{}, err
	}
	return wire.ParseServerMessage(raw)
}
