package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"hindsight/internal/wire"
)

// connection is one visitor: it sends, keeps each frame until it is acked, and
// comes back and sends again what was not when its connection breaks.
type connection struct {
	cfg      Config
	tally    *tally
	page     *page
	interval time.Duration // between two frames; 0: none
	due      time.Time     // of the next frame
	waiting  []sent        // not acked yet, in order
	bytes    int           // of them
	gate     chan struct{} // bounds how many connect at once
}

// sent is a frame that waits for its ack.
type sent struct {
	number uint64 // on the present connection
	frame  []byte
	first  time.Time // when it was sent first
}

func newConnection(cfg Config, index int, t *tally, p padding, gate chan struct{}) *connection {
	c := &connection{cfg: cfg, tally: t, page: newPage(cfg.Bytes, p), gate: gate}
	if cfg.Rate > 0 {
		interval := min(float64(cfg.Connections)/cfg.Rate*float64(time.Second), float64(slowest))
		c.interval = time.Duration(interval)
		// Spread evenly, so that the rate is one from the start.
		c.due = time.Now().Add(time.Duration(interval * float64(index) / float64(cfg.Connections)))
	}
	return c
}

// errOver ends a connection's life: all is said, or it must not come back.
var errOver = errors.New("over")

const (
	// slowest is the longest time between two frames of a connection: nobody waits for the second one.
	slowest   = 365 * 24 * time.Hour
	dialTime  = 15 * time.Second
	writeTime = 15 * time.Second
	// backMost bounds the pause before coming back.
	backMost = 2 * time.Second
)

// run sends until sending ends, and lives until its last ack or whole ends.
func (c *connection) run(whole, sending context.Context) {
	pause := 50 * time.Millisecond
	for whole.Err() == nil && (sending.Err() == nil || len(c.waiting) > 0) {
		err := c.visit(whole, sending)
		if errors.Is(err, errOver) {
			return
		}
		if err == nil {
			pause = 50 * time.Millisecond
			continue
		}
		if whole.Err() == nil { // else it is the end of the run that broke it, and hides what was wrong before
			c.tally.trouble(err)
		}
		select {
		case <-whole.Done():
		case <-time.After(pause/2 + rand.N(pause)): //nolint:gosec // spreads them, hides nothing
		}
		pause = min(2*pause, backMost)
	}
}

// visit is one websocket connection. nil says that it worked for a while.
func (c *connection) visit(whole, sending context.Context) error {
	select {
	case c.gate <- struct{}{}:
	case <-whole.Done():
		return errOver
	}
	enter := sync.OnceFunc(func() { <-c.gate })
	defer enter()
	ctx, cancel := context.WithTimeout(whole, dialTime)
	defer cancel()
	dialer := websocket.Dialer{
		Subprotocols: []string{wire.Subprotocol}, ReadBufferSize: 512, WriteBufferSize: 4 << 10, HandshakeTimeout: dialTime, TLSClientConfig: c.cfg.TLS,
	}
	ws, resp, err := dialer.DialContext(ctx, c.cfg.stream(), http.Header{"Origin": {c.cfg.Origin}, "User-Agent": {"hindsight-bench"}})
	if resp != nil && resp.Body != nil {
		defer func() { _ = resp.Body.Close() }()
	}
	if err != nil {
		c.tally.failed.Add(1)
		if resp != nil {
			err = fmt.Errorf("the collector answers %s", resp.Status)
		}
		return err
	}
	said := make(chan message)
	over := make(chan struct{})
	var reading sync.WaitGroup
	reading.Go(func() { read(ws, said, over) })
	defer func() { close(over); _ = ws.Close(); reading.Wait() }()
	if err := write(ws, websocket.TextMessage, wire.AppendHello(nil, wire.Hello{Tracker: "bench"})); err != nil {
		return err
	}
	var room wire.Welcome
	select {
	case m := <-said:
		if m.err != nil {
			return c.ended(m.err)
		}
		if m.Welcome == nil {
			return errors.New("the collector does not begin with a welcome")
		}
		room = *m.Welcome
	case <-ctx.Done():
		return ctx.Err()
	}
	enter()
	c.tally.connected.Add(1)
	defer c.tally.connected.Add(-1)
	return c.talk(whole, sending, ws, said, room)
}

// message is what the collector said, or why it says no more.
type message struct {
	wire.ServerMessage
	err error
}

func read(ws *websocket.Conn, said chan<- message, over <-chan struct{}) {
	for {
		var m message
		_, raw, err := ws.ReadMessage()
		if err == nil {
			m.ServerMessage, err = wire.ParseServerMessage(raw)
		}
		m.err = err
		select {
		case said <- m:
		case <-over:
			return
		}
		if err != nil {
			return
		}
	}
}

func write(ws *websocket.Conn, kind int, b []byte) error {
	if err := ws.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	return ws.WriteMessage(kind, b)
}

// talk sends again what was not acked, then goes on.
func (c *connection) talk(whole, sending context.Context, ws *websocket.Conn, said <-chan message, room wire.Welcome) error {
	var numbers, acked uint64
	for i := range c.waiting {
		numbers++
		c.waiting[i].number = numbers
		c.tally.resent.Add(1)
		if err := c.put(ws, c.waiting[i].frame); err != nil {
			return nil
		}
	}
	window := min(c.cfg.Window, max(1, room.MaxUnacked))
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		var fire <-chan time.Time
		stop := sending.Done()
		switch {
		case sending.Err() != nil:
			if len(c.waiting) == 0 {
				_ = write(ws, websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""))
				return errOver
			}
			stop = nil
		case len(c.waiting) < window && (c.bytes+c.cfg.Bytes <= room.MaxUnackedBytes || len(c.waiting) == 0):
			wait := time.Until(c.due)
			if wait <= 0 {
				numbers++
				if err := c.next(ws, numbers); err != nil {
					return nil // it waits, and is sent again
				}
				continue
			}
			timer.Reset(wait)
			fire = timer.C
		}
		select {
		case m := <-said:
			if m.err != nil {
				return c.ended(m.err)
			}
			if err := c.hear(m.ServerMessage, numbers, &acked); err != nil {
				return err
			}
		case <-fire:
		case <-stop:
		case <-whole.Done():
			return errOver
		}
	}
}

// next makes a frame and sends it.
func (c *connection) next(ws *websocket.Conn, number uint64) error {
	frame, err := c.page.frame()
	if err != nil {
		return err
	}
	now := time.Now()
	c.tally.first.CompareAndSwap(0, now.UnixNano())
	c.waiting = append(c.waiting, sent{number, frame, now})
	c.bytes += len(frame)
	c.due = c.due.Add(c.interval)
	if behind := now.Add(-time.Second); c.due.Before(behind) {
		c.due = behind // what could not be sent is not caught up with for ever
	}
	c.tally.sent.Add(1)
	return c.put(ws, frame)
}

func (c *connection) put(ws *websocket.Conn, frame []byte) error {
	wire.SetSentAt(frame, float64(time.Now().UnixMilli()))
	c.tally.bytes.Add(uint64(len(frame)))
	return write(ws, websocket.BinaryMessage, frame)
}

// hear takes in what the collector said of the frames up to a number.
func (c *connection) hear(m wire.ServerMessage, numbers uint64, acked *uint64) error {
	now := time.Now()
	switch {
	case m.Refuse != nil:
		for i := range c.waiting {
			if c.waiting[i].number == m.Refuse.N {
				c.tally.refuse(string(m.Refuse.Reason))
				c.let(i, i+1)
				return nil
			}
		}
		c.tally.wrong.Add(1)
	case m.Ack > 0:
		if m.Ack > numbers || m.Ack <= *acked {
			c.tally.wrong.Add(1)
			return errOver // what it says can be believed no more
		}
		*acked = m.Ack
		n := 0
		for n < len(c.waiting) && c.waiting[n].number <= m.Ack {
			c.tally.times.add(now.Sub(c.waiting[n].first))
			n++
		}
		c.let(0, n)
		c.tally.acked.Add(uint64(n))
		c.tally.last.Store(now.UnixNano())
	}
	return nil
}

// let forgets the frames from one place to another.
func (c *connection) let(from, to int) {
	for _, s := range c.waiting[from:to] {
		c.bytes -= len(s.frame)
	}
	c.waiting = append(c.waiting[:from], c.waiting[to:]...)
}

// ended counts how a connection ended, and tells whether it may come back.
func (c *connection) ended(err error) error {
	code := websocket.CloseAbnormalClosure
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		code = closed.Code
	}
	c.tally.closed(code)
	if name := wire.CloseCode(code).Name(); closed != nil {
		err = fmt.Errorf("the collector closes with %d %s", code, name)
	}
	c.tally.trouble(err)
	if !wire.CloseCode(code).MayReconnect() {
		return errOver
	}
	return err
}
