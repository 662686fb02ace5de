package collector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hindsight/internal/eventlog"
	"hindsight/internal/site"
	"hindsight/internal/wire"
)

func TestHandshake(t *testing.T) {
	g := newRig(t, newFaultyLog(), nil)
	c, response, err := g.dial(testKey, testOrigin)
	if err != nil {
		t.Fatal(err)
	}
	if c.ws.Subprotocol() != wire.Subprotocol || response.Header.Get("Sec-WebSocket-Extensions") != "" {
		t.Errorf("negotiated %q and %q", c.ws.Subprotocol(), response.Header.Get("Sec-WebSocket-Extensions"))
	}
	c.text(`{"hello":{"tracker":"0.1.0","more":true}}`)
	want := wire.Welcome{Time: g.now().UnixMilli(), MaxFrame: 900000, MaxUnacked: 8, MaxUnackedBytes: 1800000,
		FlushMS: 10000, FlushBytes: 16384, SampleRate: 0.25, Consent: "implied"}
	if m := c.next(); m.Welcome == nil || *m.Welcome != want {
		t.Errorf("welcome %+v", m.Welcome)
	}
	// What is not known is ignored; the connection goes on.
	c.text(`{"later":1}`)
	c.text(`{"hello":{"tracker":"again"}}`)
	c.send(g.frame(1, nil))
	c.ack(1)
}

func TestRecordHoldsTheFrameUnopened(t *testing.T) {
	log := newFaultyLog()
	g := newRig(t, log, nil)
	frame := g.frame(77, nil)
	copy(frame[wire.HeaderSize:], "sections are never opened")
	c := g.connect()
	c.send(frame)
	c.ack(1)
	h, _ := wire.ParseHeader(frame)
	r := log.all()[0]
	if !bytes.Equal(r.Frame, frame) || r.Session != h.Session || r.Document != h.Document || r.Sequence != 77 {
		t.Errorf("record %+v", r)
	}
	if r.Site != "site-1" || r.Via != eventlog.ViaWebSocket || r.Agent != "Mozilla/5.0 (Test)" || !r.Received.Equal(g.now()) || r.Consent != 3 {
		t.Errorf("record %+v", r)
	}
	if n := g.batches(resultStored); n != 1 {
		t.Errorf("%v stored", n)
	}
}

// Appends to several partitions finish in any order; an ack covers everything
// before it.
func TestAcksAreCumulative(t *testing.T) {
	log := newFaultyLog()
	log.hold = true
	g := newRig(t, log, nil)
	c := g.connect()
	for i := range 4 {
		c.send(g.frame(uint32(i+1), nil))
	}
	log.await(t, 4)
	log.answer(3, nil)
	log.answer(1, nil)
	log.answer(0, nil)
	c.ack(2)
	log.answer(2, nil)
	c.ack(4)
}

func TestRefusals(t *testing.T) {
	g := newRig(t, newFaultyLog(), nil)
	today := wire.DayOf(g.now())
	cases := []struct {
		name   string
		frame  []byte
		reason wire.Reason
	}{
		{"malformed", []byte("hello"), wire.ReasonMalformed},
		{"over the limit of a frame", make([]byte, wire.MaxFrame+1), wire.ReasonTooLarge},
		{"under the hard limit", make([]byte, wire.MaxMessage), wire.ReasonTooLarge},
		{"inflates too far", func() []byte {
			b := g.frame(1, nil)
			copy(b[72:76], []byte{0, 0, 0x20, 0})
			return b
		}(), wire.ReasonTooLarge},
		{"eight days ago", g.frame(1, func(h *wire.Header) { h.Session = wire.NewSessionID(today - 8) }), wire.ReasonSessionDay},
		{"day after tomorrow", g.frame(1, func(h *wire.Header) { h.Session = wire.NewSessionID(today + 2) }), wire.ReasonSessionDay},
		{"no consent", g.frame(1, func(h *wire.Header) { h.Consent = wire.ConsentUnknown }), wire.ReasonConsent},
		{"denied", g.frame(1, func(h *wire.Header) { h.Consent = wire.ConsentDenied }), wire.ReasonConsent},
	}
	c := g.connect()
	want := map[wire.Reason]float64{}
	for i, k := range cases {
		c.send(k.frame)
		refuse := c.refused(uint64(i+1), k.reason)
		want[k.reason]++
		day := ""
		if k.reason == wire.ReasonSessionDay {
			day = "2026-03-10"
		}
		if refuse.Day != day {
			t.Errorf("%s: day %q", k.name, refuse.Day)
		}
		c.ack(uint64(i + 1)) // refused counts as settled
	}
	// The window's ends are taken, and the connection is well.
	n := uint64(len(cases))
	for _, day := range []wire.Day{today - 7, today + 1} {
		c.send(g.frame(1, func(h *wire.Header) { h.Session = wire.NewSessionID(day) }))
		n++
		c.ack(n)
	}
	for reason, count := range want {
		if got := g.batches(string(reason)); got != count {
			t.Errorf("%s counted %v times, not %v", reason, got, count)
		}
	}
}

func TestRefusalByTheLog(t *testing.T) {
	log := newFaultyLog()
	log.hold = true
	g := newRig(t, log, nil)
	c := g.connect()
	c.send(g.frame(1, nil))
	c.send(g.frame(2, nil))
	log.await(t, 2)
	log.answer(0, fmt.Errorf("broker: %w", eventlog.ErrTooLarge))
	c.refused(1, wire.ReasonTooLarge)
	log.answer(1, nil)
	c.ack(2)
}

func TestCloseCodes(t *testing.T) {
	text := func(s string) func(*client) { return func(c *client) { c.text(s) } }
	hello := `{"hello":{"tracker":"0.1.0"}}`
	cases := map[string]struct {
		key, origin string
		protocols   []string
		config      func(*Config)
		do          func(g *rig, c *client)
		want        wire.CloseCode
	}{
		"unknown site":   {key: "nobody", want: wire.CloseUnknownSite},
		"no site":        {key: "", want: wire.CloseUnknownSite},
		"foreign origin": {origin: "https://evil.example", want: wire.CloseOrigin},
		"no origin":      {origin: "-", want: wire.CloseOrigin},
		"closed site":    {key: "closed", want: wire.CloseSiteClosed},
		"other protocol": {protocols: []string{"hindsight.v2"}, want: wire.CloseVersion},
		"no hello":       {config: func(c *Config) { c.Hello = 20 * time.Millisecond }, want: wire.CloseProtocol},
		"binary first":   {do: func(g *rig, c *client) { c.send(g.frame(1, nil)) }, want: wire.CloseProtocol},
		"not a hello":    {do: func(_ *rig, c *client) { text(`{"x":1}`)(c) }, want: wire.CloseProtocol},
		"long hello":     {do: func(_ *rig, c *client) { text(`{"hello":{"tracker":"` + strings.Repeat("x", 5000) + `"}}`)(c) }, want: wire.CloseProtocol},
		"no JSON":        {do: func(_ *rig, c *client) { text(hello)(c); text("hi")(c) }, want: wire.CloseProtocol},
		"long text": {do: func(_ *rig, c *client) {
			text(hello)(c)
			_ = c.ws.WriteMessage(websocket.TextMessage, make([]byte, 1<<20))
		}, want: wire.CloseProtocol},
		"frame version": {do: func(g *rig, c *client) { text(hello)(c); f := g.frame(1, nil); f[1] = 2; c.send(f) }, want: wire.CloseVersion},
		"over hard limit": {do: func(_ *rig, c *client) {
			text(hello)(c)
			_ = c.ws.WriteMessage(websocket.BinaryMessage, make([]byte, wire.MaxMessage+1))
		}, want: wire.CloseTooBig},
		"silence": {config: func(c *Config) { c.Idle = 20 * time.Millisecond }, do: func(_ *rig, c *client) { text(hello)(c) }, want: wire.CloseIdle},
		"malformed": {do: func(_ *rig, c *client) {
			text(hello)(c)
			for range maxMalformed {
				c.send([]byte("bad"))
			}
		}, want: wire.CloseProtocol},
		"rate": {config: func(c *Config) { c.ConnFrames, c.MaxThrottle = 0.01, time.Second }, do: func(g *rig, c *client) {
			text(hello)(c)
			c.send(g.frame(1, nil))
			c.send(g.frame(2, nil))
		}, want: wire.CloseRate},
		"rate of the site": {config: func(c *Config) { c.SiteBytes = 1 }, do: func(g *rig, c *client) {
			text(hello)(c)
			for range 3 { // the burst is one largest message
				c.send(make([]byte, wire.MaxMessage/2))
			}
		}, want: wire.CloseRate},
		"ping flood": {do: func(_ *rig, c *client) {
			text(hello)(c)
			for range 200 {
				_ = c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second))
			}
		}, want: wire.CloseRate},
		"too many of the site": {config: func(c *Config) { c.SiteConnections = 1 }, do: func(g *rig, c *client) {
			text(hello)(c)
			c.next() // it is in
			other, _, err := g.dial(testKey, testOrigin)
			if err != nil {
				g.t.Fatal(err)
			}
			other.closed(wire.CloseRate)
			c.text("bad")
		}, want: wire.CloseProtocol},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) {
				if k.config != nil {
					k.config(c)
				}
			})
			closed := testSite()
			closed.Key, closed.Closed = "closed", true
			g.sites.set(closed)
			bystander := g
			if k.config == nil { // limits and short times would hit it too
				other := g.connect()
				defer func() {
					other.send(bystander.frame(1, nil))
					other.ack(1)
				}()
			}
			key, origin := k.key, k.origin
			if key == "" && name != "no site" {
				key = testKey
			}
			if origin == "" {
				origin = testOrigin
			}
			c, _, err := g.dial(key, strings.TrimPrefix(origin, "-"), k.protocols...)
			if err != nil {
				t.Fatal(err)
			}
			if k.do != nil {
				k.do(g, c)
			}
			c.closed(k.want)
			label := fmt.Sprint(int(k.want))
			eventually(t, "the close is counted", func() bool { return counter(g.metrics.closes, label) >= 1 })
		})
	}
}

func TestVersionIsRefusedBeforeTheClose(t *testing.T) {
	g := newRig(t, newFaultyLog(), nil)
	c := g.connect()
	c.send(g.frame(1, nil))
	bad := g.frame(2, nil)
	bad[1] = 9
	c.ack(1)
	c.send(bad)
	c.refused(2, wire.ReasonVersion)
	c.closed(wire.CloseVersion)
}

func TestRequestsThatAreNotUpgraded(t *testing.T) {
	g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) { c.MaxConnections = 1 })
	for _, protocols := range [][]string{{}, {"chat"}, {"hindsight.v"}, {"hindsight.vx"}} {
		_, response, err := g.dial(testKey, testOrigin, protocols...)
		if err == nil || response.StatusCode != http.StatusBadRequest {
			t.Errorf("%q: %v", protocols, err)
		}
	}
	response, err := g.server.Client().Get(g.server.URL + "/v1/stream?site=" + testKey)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("plain GET: %d", response.StatusCode)
	}
	g.connect()
	if _, response, err := g.dial(testKey, testOrigin); err == nil || response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" {
		t.Errorf("over the limit: %v", err)
	}
}

// Settings that change reach connections that are open.
func TestSettingsReachOpenConnections(t *testing.T) {
	clock := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	tick := make(chan time.Time, 8)
	g := newRig(t, newFaultyLog(), func(_ *Config, d *Deps) {
		d.Now = func() time.Time {
			select {
			case clock = <-tick:
			default:
			}
			return clock
		}
	})
	c := g.connect()
	s := testSite()
	s.Consent = site.ModeRequired
	g.sites.set(s)
	c.send(g.frame(1, nil))
	c.ack(1) // within the same second nothing is asked
	tick <- clock.Add(2 * time.Second)
	c.send(g.frame(2, nil))
	c.refused(2, wire.ReasonConsent)
	s.Closed = true
	g.sites.set(s)
	tick <- clock.Add(4 * time.Second)
	c.send(g.frame(3, nil))
	c.closed(wire.CloseSiteClosed)
}

func TestResendAfterReconnect(t *testing.T) {
	log := newFaultyLog()
	log.hold = true
	g := newRig(t, log, nil)
	frame := g.frame(5, nil)
	first := g.connect()
	first.send(frame)
	log.await(t, 1)
	_ = first.ws.Close() // gone before its ack
	eventually(t, "the connection is given up", func() bool { return g.conns.tally.count() == 0 })

	second := g.connect()
	wire.SetSentAt(frame, float64(g.now().UnixMilli()+9000))
	second.send(frame)
	log.await(t, 1)
	log.answer(0, nil) // the late answer to the first harms nothing
	log.answer(1, nil)
	second.ack(1)
	records := log.all()
	if records[0].Document != records[1].Document || records[0].Sequence != records[1].Sequence {
		t.Errorf("not the same batch: %+v", records)
	}
}

// When the log stops, reading stops with the window; the connection lives
// through it, longer than the idle time, and goes on afterwards.
func TestBackpressure(t *testing.T) {
	log := newFaultyLog()
	log.hold = true
	idle := time.Second // a slow machine answers a ping within it
	g := newRig(t, log, func(c *Config, _ *Deps) { c.Idle, c.Ping = idle, 50*time.Millisecond })
	c := g.connect()
	const sent = 20 // a tracker that does not keep to the window
	for i := range sent {
		c.send(g.frame(uint32(i+1), nil))
	}
	log.await(t, 8)
	time.Sleep(2 * idle) // held back for longer than silence is allowed
	if n := len(log.all()); n != 8 {
		t.Fatalf("%d frames were read while the window was full", n)
	}
	if g.conns.tally.count() != 1 {
		t.Fatal("the connection was closed for being held back")
	}
	// A reader that answers pings keeps the connection after the recovery.
	acks := make(chan uint64, sent)
	go func() {
		defer close(acks)
		for {
			_, b, err := c.ws.ReadMessage()
			if err != nil {
				return
			}
			if m, err := wire.ParseServerMessage(b); err == nil {
				acks <- m.Ack
			}
		}
	}()
	log.set(func(l *faultyLog) { l.hold = false })
	for i := range 8 {
		log.answer(i, nil)
	}
	log.await(t, sent-8)
	for ack := range acks {
		if ack == sent {
			break
		}
	}
	_ = c.ws.Close()
	for range acks {
	}
}

func TestWindowOfBytes(t *testing.T) {
	log := newFaultyLog()
	log.hold = true
	g := newRig(t, log, nil)
	c := g.connect()
	big := func(sequence uint32) []byte {
		h, _ := wire.ParseHeader(g.frame(sequence, nil))
		b, err := wire.EncodeFrame(h, nil, make([]byte, 890_000), wire.CodecNone)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	go func() { // the fourth does not fit into what the sockets hold
		for i := range 4 {
			if err := c.ws.WriteMessage(websocket.BinaryMessage, big(uint32(i+1))); err != nil {
				return
			}
		}
	}()
	log.await(t, 3) // two are under 1,800,000 bytes, the third goes over
	select {
	case <-log.arrived:
		t.Fatal("a fourth frame was read")
	case <-time.After(100 * time.Millisecond):
	}
	log.answer(0, nil)
	log.await(t, 1)
	for i := 1; i < 4; i++ {
		log.answer(i, nil)
	}
	c.ack(4)
}

// A log that fails for good: no ack, and the tracker is sent elsewhere.
func TestLogGivesUp(t *testing.T) {
	t.Run("at once", func(t *testing.T) {
		log := newFaultyLog()
		log.err = eventlog.ErrClosed
		g := newRig(t, log, nil)
		c := g.connect()
		c.send(g.frame(1, nil))
		c.closed(wire.CloseComeBack)
	})
	t.Run("later", func(t *testing.T) {
		log := newFaultyLog()
		log.hold = true
		g := newRig(t, log, nil)
		c := g.connect()
		c.send(g.frame(1, nil))
		c.send(g.frame(2, nil))
		log.await(t, 2)
		log.answer(0, eventlog.ErrClosed)
		log.answer(1, nil)
		_, b, err := c.ws.ReadMessage()
		var e *websocket.CloseError
		if !errors.As(err, &e) || e.Code != int(wire.CloseComeBack) {
			t.Fatalf("%s, %v: an ack would cover the frame that was lost", b, err)
		}
		if g.batches(resultNotTaken) != 1 {
			t.Error("not counted")
		}
	})
}

func TestReady(t *testing.T) {
	log := newFaultyLog()
	g := newRig(t, log, nil)
	if err := g.Ready(); err != nil {
		t.Error(err)
	}
	log.set(func(l *faultyLog) { l.health = errors.New("disk full") })
	if err := g.Ready(); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Error(err)
	}
	if err := g.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	if err := g.Ready(); err == nil {
		t.Error("ready after the stop")
	}
}
