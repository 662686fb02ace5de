package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"hindsight/internal/wire"
)

// driver plays visits against a collector, each as a session of its own over a websocket of its own.
type driver struct {
	stream string // address of the collector's websocket
	origin string
	agent  string
	visits []*visit

	frames, events, bytes atomic.Int64 // sent
	mu                    sync.Mutex
	played                []played // sent whole, and acknowledged
}

// played is a session that was sent whole.
type played struct {
	session wire.SessionID
	visit   int // which of the driver's
	events  int
}

// totals is what a driver has sent since it began.
type totals struct{ sessions, frames, events, bytes int64 }

func (d *driver) sent() totals {
	d.mu.Lock()
	defer d.mu.Unlock()
	return totals{int64(len(d.played)), d.frames.Load(), d.events.Load(), d.bytes.Load()}
}

// sentFrame tells of a frame on its way: which one, whose, and when it was sent.
type sentFrame struct {
	id    *identity
	frame *frame
	at    time.Time
}

// pace says when frame n of a session is due, and hears of every frame that is sent; nil for none of both.
type pace struct {
	due  func(n int) time.Time
	sent func(sentFrame)
}

// flood lets `at` sessions be open at a time, each sending as fast as its acks come, a new one for each that ends,
// until this many have begun.
func (d *driver) flood(ctx context.Context, at, sessions int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var left atomic.Int64
	left.Store(int64(sessions))
	var wg sync.WaitGroup
	for range at {
		wg.Go(func() {
			for ctx.Err() == nil && left.Add(-1) >= 0 {
				if _, err := d.playFor(ctx, pace{}, time.Time{}); err != nil {
					cancel(err)
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// window is how many frames may wait for their ack: what a collector allows.
const window = 8

// playFor sends one session, or as much of it as is due before end (zero: all of it), and waits for the last ack. It
// says how many frames it sent.
func (d *driver) playFor(ctx context.Context, p pace, end time.Time) (sent int, err error) {
	v := d.visits[rand.IntN(len(d.visits))] //nolint:gosec // no secret
	id := newIdentity(v)
	ws, err := d.connect(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = ws.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = ws.Close() })
	defer stop()
	var room []byte
	acked := 0
	for n := range v.frames {
		f := &v.frames[n]
		if p.due != nil {
			at := p.due(n)
			if at.After(end) {
				break
			}
			if err := until(ctx, at); err != nil {
				return sent, err
			}
		}
		room = id.sign(room, f)
		if p.sent != nil {
			p.sent(sentFrame{&id, f, time.Now()})
		}
		if err := ws.WriteMessage(websocket.BinaryMessage, room); err != nil {
			return sent, fmt.Errorf("send a frame: %w", err)
		}
		d.frames.Add(1)
		d.events.Add(int64(f.events))
		d.bytes.Add(int64(len(room)))
		for sent++; sent-acked >= window; {
			if acked, err = ack(ws); err != nil {
				return sent, err
			}
		}
	}
	for acked < sent {
		if acked, err = ack(ws); err != nil {
			return sent, err
		}
	}
	if sent == len(v.frames) {
		d.mu.Lock()
		d.played = append(d.played, played{id.session, slices.Index(d.visits, v), v.events})
		d.mu.Unlock()
	}
	return sent, ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
}

// connect opens a websocket and says hello.
func (d *driver) connect(ctx context.Context) (*websocket.Conn, error) {
	dialer := websocket.Dialer{Subprotocols: []string{wire.Subprotocol}, ReadBufferSize: 512, WriteBufferSize: 18 << 10, HandshakeTimeout: 30 * time.Second}
	ws, resp, err := dialer.DialContext(ctx, d.stream, http.Header{"Origin": {d.origin}, "User-Agent": {d.agent}})
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	_ = resp.Body.Close()
	err = ws.WriteMessage(websocket.TextMessage, wire.AppendHello(nil, wire.Hello{Tracker: "bench"}))
	if err == nil {
		var m wire.ServerMessage
		if m, err = hear(ws); err == nil && m.Welcome == nil {
			err = errors.New("the collector does not begin with a welcome")
		}
	}
	if err != nil {
		return nil, errors.Join(err, ws.Close())
	}
	return ws, nil
}

// ack waits for an ack; anything else is not as it should be.
func ack(ws *websocket.Conn) (int, error) {
	m, err := hear(ws)
	if err == nil && m.Ack == 0 {
		err = errors.New("the collector does not acknowledge a frame")
	}
	return int(m.Ack), err
}

func hear(ws *websocket.Conn) (m wire.ServerMessage, err error) {
	_, raw, err := ws.ReadMessage()
	if err != nil {
		return m, err
	}
	return wire.ParseServerMessage(raw)
}

func until(ctx context.Context, at time.Time) error {
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func streamOf(base, key string) string {
	return "ws" + strings.TrimPrefix(base, "http") + "/v1/stream?site=" + key
}
