package collector

import (
	"bytes"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hindsight/internal/wire"
)

// large is a good frame of that many bytes and some.
func (g *rig) large(sequence uint32, bytes int) []byte {
	g.t.Helper()
	h, err := wire.ParseHeader(g.frame(sequence, nil))
	if err != nil {
		g.t.Fatal(err)
	}
	frame, err := wire.EncodeFrame(h, nil, make([]byte, bytes), wire.CodecNone)
	if err != nil {
		g.t.Fatal(err)
	}
	return frame
}

// trickle sends most of a frame as the beginning of one message and gives what sends the rest.
func (c *client) trickle(frame []byte, first int) (rest func() error) {
	c.t.Helper()
	w, err := c.ws.NextWriter(websocket.BinaryMessage)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := w.Write(frame[:first]); err != nil {
		c.t.Fatal(err)
	}
	return func() error {
		if _, err := w.Write(frame[first:]); err != nil {
			return err
		}
		return w.Close()
	}
}

func (s *slots) left() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.free
}

// Whoever begins a large frame and then stops sending keeps its buffer from
// nobody for long.
func TestSlowSenderMakesRoom(t *testing.T) {
	for name, size := range map[string]int{"large": 300_000, "medium": 60_000} {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) { c.LargeFrames, c.SlowAfter = 1, 30*time.Millisecond })
			class := classOf(size)
			slots := g.buffers.slots[class].left()
			slow := make([]*client, slots)
			for i := range slow {
				slow[i] = g.connect()
				slow[i].trickle(g.large(1, size), size-10_000)
			}
			eventually(t, "all buffers are out", func() bool { return g.buffers.slots[class].left() == 0 })
			honest := g.connect()
			honest.send(g.large(1, size))
			honest.ack(1)
			eventually(t, "one was made to go", func() bool { return counter(g.metrics.limits, limitSlow) >= 1 })
			answer := g.post(t, testKey, testOrigin, g.large(2, size))
			if answer.StatusCode != http.StatusNoContent {
				t.Errorf("a beacon that waited: %d", answer.StatusCode)
			}
			eventually(t, "those that were made to go are closed with 4002", func() bool {
				return counter(g.metrics.closes, "4002") == counter(g.metrics.limits, limitSlow)
			})
		})
	}
}

// A slow line is no crime while nobody waits.
func TestSlowSenderMayTakeItsTime(t *testing.T) {
	g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) { c.LargeFrames, c.SlowAfter = 1, 10*time.Millisecond })
	c := g.connect()
	rest := c.trickle(g.large(1, 300_000), 200_000)
	time.Sleep(100 * time.Millisecond)
	if err := rest(); err != nil {
		t.Fatal(err)
	}
	c.ack(1)
}

// Who sends too much waits for its time without a buffer that others need.
func TestThrottledHoldsNoBuffer(t *testing.T) {
	g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) {
		c.LargeFrames, c.SlowAfter, c.ConnFrames, c.MaxThrottle = 1, time.Hour, 0.001, time.Hour
	})
	fast := g.connect()
	fast.send(g.large(1, 300_000))
	fast.send(g.large(2, 300_000)) // is read, and makes the third wait for 1,000 s
	honest := g.connect()
	honest.send(g.large(1, 300_000))
	honest.ack(1)
	fast.ack(2)
	fast.send(g.large(3, 300_000))
	answer := g.post(t, testKey, testOrigin, g.large(2, 300_000))
	if answer.StatusCode != http.StatusNoContent {
		t.Errorf("a beacon beside one that is throttled: %d", answer.StatusCode)
	}
}

// A message that is cut into pieces of nothing costs what it takes on its way.
func TestPiecesOfNothingCount(t *testing.T) {
	piece, end := []byte{0x00, 0x80, 0, 0, 0, 0}, []byte{0x80, 0x80, 0, 0, 0, 0}
	cut := func(kind byte, n int) []byte {
		return slices.Concat([]byte{kind, 0x80, 0, 0, 0, 0}, bytes.Repeat(piece, n/len(piece)), end)
	}
	t.Run("endless", func(t *testing.T) {
		g := newRig(t, newFaultyLog(), nil)
		c := g.connect()
		go func() { _, _ = c.ws.NetConn().Write(cut(websocket.BinaryMessage, 4*mostOnTheWire)) }() // until it is closed
		c.closed(wire.CloseTooBig)
	})
	t.Run("hello", func(t *testing.T) {
		g := newRig(t, newFaultyLog(), nil)
		c, _, err := g.dial(testKey, testOrigin)
		if err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = c.ws.NetConn().Write(cut(websocket.TextMessage, 4*mostOnTheWire)) }()
		c.closed(wire.CloseTooBig)
	})
	t.Run("often", func(t *testing.T) {
		g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) { c.ConnBytes, c.MaxThrottle = 1, time.Millisecond })
		c := g.connect()
		go func() {
			for range 3 { // the quota's burst is the largest message
				_, _ = c.ws.NetConn().Write(cut(websocket.BinaryMessage, wire.MaxMessage-100))
			}
		}()
		c.refused(1, wire.ReasonMalformed)
		c.closed(wire.CloseRate)
	})
}

// Who waits for a larger buffer holds a smaller one: many at once must not wait for one another.
func TestManyLargeFramesAtOnce(t *testing.T) {
	g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) { c.LargeFrames, c.SlowAfter = 1, time.Hour })
	var wg sync.WaitGroup
	for range 3 * mediumShare {
		c := g.connect()
		wg.Go(func() {
			if err := c.ws.WriteMessage(websocket.BinaryMessage, g.large(1, 300_000)); err != nil {
				t.Error(err)
			}
		})
		t.Cleanup(func() { c.ack(1) })
	}
	wg.Wait()
}

func TestSlowBeaconMakesRoom(t *testing.T) {
	g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) { c.LargeFrames, c.SlowAfter = 1, 30*time.Millisecond })
	body := g.large(1, 300_000)
	reader, writer := io.Pipe()
	defer writer.Close()
	go func() { _, _ = writer.Write(body[:200_000]) }() // then nothing, until the test ends
	request, err := http.NewRequest(http.MethodPost, g.server.URL+"/v1/batch?site="+testKey, reader)
	if err != nil {
		t.Fatal(err)
	}
	request.ContentLength = int64(len(body))
	request.Header.Set("Origin", testOrigin)
	slow := make(chan int, 1)
	go func() {
		response, err := g.server.Client().Do(request)
		if err != nil {
			slow <- 0
			return
		}
		_ = response.Body.Close()
		slow <- response.StatusCode
	}()
	eventually(t, "the buffer is out", func() bool { return g.buffers.slots[largest].left() == 0 })
	if answer := g.post(t, testKey, testOrigin, body); answer.StatusCode != http.StatusNoContent {
		t.Errorf("the one that waited: %d %s", answer.StatusCode, answer.body)
	}
	if status := <-slow; status != http.StatusTooManyRequests {
		t.Errorf("the slow one: %d", status)
	}
}

// dialFrom connects as if through a proxy, for a client of that address.
func (g *rig) dialFrom(address string) *client {
	g.t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{wire.Subprotocol}}
	ws, _, err := dialer.Dial("ws"+strings.TrimPrefix(g.server.URL, "http")+"/v1/stream?site="+testKey,
		http.Header{"Origin": {testOrigin}, "X-Forwarded-For": {address}})
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { _ = ws.Close() })
	_ = ws.SetReadDeadline(time.Now().Add(patience))
	return &client{g.t, ws}
}

func (c *client) greet() {
	c.t.Helper()
	c.text(`{"hello":{"tracker":"0.1.0"}}`)
	if m := c.next(); m.Welcome == nil {
		c.t.Fatalf("no welcome but %+v", m)
	}
}

func TestConnectionsOfAnAddress(t *testing.T) {
	g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) {
		c.AddressConnections, c.TrustedProxies = 2, []netip.Prefix{loopback}
	})
	for _, pair := range [][3]string{
		{"203.0.113.7", "203.0.113.7", "203.0.113.8"},
		{"2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"}, // one /64, and another
	} {
		first := g.dialFrom(pair[0])
		first.greet()
		g.dialFrom(pair[1]).greet()
		g.dialFrom(pair[0]).closed(wire.CloseRate)
		g.dialFrom(pair[2]).greet()
		before := g.conns.tally.count()
		_ = first.ws.Close()
		eventually(t, "it is gone", func() bool { return g.conns.tally.count() < before })
		g.dialFrom(pair[1]).greet()
	}
	if n := counter(g.metrics.limits, limitAddressConnections); n != 2 {
		t.Errorf("%v were turned away", n)
	}
	if n := len(g.logs.FilterMessageSnippet("203.0.113").All()); n != 0 {
		t.Error("an address was logged")
	}
}

// Without the limit no address is kept anywhere.
func TestNoAddressIsCounted(t *testing.T) {
	g := newRig(t, newFaultyLog(), nil)
	g.connect()
	g.conns.mu.Lock()
	defer g.conns.mu.Unlock()
	if len(g.conns.addresses) != 0 {
		t.Error("addresses are kept")
	}
}

// Each limit is counted by its name, so that an operator knows which to raise.
func TestLimitsAreCounted(t *testing.T) {
	body := func(g *rig) []byte { return bytes.Repeat(g.frame(1, nil), 3) }
	for limit, k := range map[string]struct {
		change func(*Config)
		do     func(*testing.T, *rig)
	}{
		limitConnections: {func(c *Config) { c.MaxConnections = 1 }, func(t *testing.T, g *rig) {
			g.connect()
			if _, _, err := g.dial(testKey, testOrigin); err == nil {
				t.Error("taken")
			}
		}},
		limitSiteConnections: {func(c *Config) { c.SiteConnections = 1 }, func(t *testing.T, g *rig) {
			g.connect()
			c, _, err := g.dial(testKey, testOrigin)
			if err != nil {
				t.Fatal(err)
			}
			c.closed(wire.CloseRate)
		}},
		limitConnectionFrames: {func(c *Config) { c.ConnFrames, c.MaxThrottle = 0.01, time.Millisecond }, func(_ *testing.T, g *rig) {
			c := g.connect()
			c.send(g.frame(1, nil))
			c.send(g.frame(2, nil))
			c.closed(wire.CloseRate)
		}},
		limitConnectionBytes: {func(c *Config) { c.ConnBytes, c.MaxThrottle = 1, time.Millisecond }, func(_ *testing.T, g *rig) {
			c := g.connect()
			for i := range uint32(3) { // the burst is the largest message
				c.send(g.large(i+1, 890_000))
			}
			c.closed(wire.CloseRate)
		}},
		limitSiteFrames: {func(c *Config) { c.SiteFrames = 0.01 }, func(t *testing.T, g *rig) {
			if answer := g.post(t, testKey, testOrigin, body(g)); answer.StatusCode != http.StatusTooManyRequests {
				t.Errorf("status %d", answer.StatusCode)
			}
		}},
		limitSiteBytes: {func(c *Config) { c.SiteBytes = 0.01 }, func(t *testing.T, g *rig) {
			for range 3 {
				g.post(t, testKey, testOrigin, g.large(1, 890_000))
			}
		}},
		limitControls: {func(*Config) {}, func(_ *testing.T, g *rig) {
			c := g.connect()
			for range 200 {
				_ = c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second))
			}
			c.closed(wire.CloseRate)
		}},
	} {
		t.Run(limit, func(t *testing.T) {
			g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) { k.change(c) })
			k.do(t, g)
			eventually(t, "it is counted", func() bool { return counter(g.metrics.limits, limit) == 1 })
		})
	}
}

// bomb is a frame of some KB whose replay section inflates to so many bytes.
func (g *rig) bomb(sequence uint32, bytes int) []byte {
	g.t.Helper()
	h, err := wire.ParseHeader(g.frame(sequence, nil))
	if err != nil {
		g.t.Fatal(err)
	}
	frame, err := wire.EncodeFrame(h, nil, make([]byte, bytes), wire.CodecDeflateRaw)
	if err != nil {
		g.t.Fatal(err)
	}
	return frame
}

// What a connection's frames inflate to is bounded, though they are small and few.
func TestInflatedOfAConnection(t *testing.T) {
	g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) { c.ConnInflated = 1 }) // one largest frame at once
	c := g.connect()
	c.send(g.bomb(1, 12<<20))
	c.ack(1)
	c.send(g.bomb(2, 4<<20))
	c.ack(2)
	c.send(g.bomb(3, 2<<20))
	c.closed(wire.CloseRate)
	if n := counter(g.metrics.limits, limitConnectionInflated); n != 1 {
		t.Errorf("counted %v times", n)
	}
	honest := g.connect()
	honest.send(g.bomb(1, 12<<20))
	honest.ack(1)
}

// And what all of a site's do, beyond what ordinary ones are.
func TestInflatedOfASite(t *testing.T) {
	g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) { c.SiteInflated, c.ConnInflated = 1, 0 })
	post := func(body []byte) int { return g.post(t, testKey, testOrigin, body).StatusCode }
	first := g.connect()
	first.send(g.bomb(1, 12<<20))
	first.ack(1)
	if got := post(g.bomb(1, 12<<20)); got != http.StatusTooManyRequests {
		t.Errorf("a beacon beyond it: %d", got)
	}
	first.send(g.bomb(2, 12<<20))
	first.closed(wire.CloseRate)
	honest := g.connect()
	for i := range uint32(400) { // 24 MB, all of them ordinary
		honest.send(g.bomb(i+1, 60_000))
		honest.ack(uint64(i + 1))
	}
	if got := post(append(g.bomb(1, 60_000), g.bomb(2, 60_000)...)); got != http.StatusNoContent {
		t.Errorf("an ordinary beacon: %d", got)
	}
	if n := counter(g.metrics.limits, limitSiteInflated); n != 2 {
		t.Errorf("counted %v times", n)
	}
}

// A body may hold more than there can ever be at once; its site owes it.
func TestInflatedOfABody(t *testing.T) {
	g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) { c.SiteInflated = 4 << 20 })
	body := bytes.Repeat(g.bomb(1, 16<<20), 25) // 400 MiB where 20 may come at once
	if got := g.post(t, testKey, testOrigin, body).StatusCode; got != http.StatusNoContent {
		t.Fatalf("a body: %d", got)
	}
	if _, ok := g.quotas.of("site-1").inflated.take(time.Now(), 1, time.Second/2); ok {
		t.Error("what was too much is not owed")
	}
}
