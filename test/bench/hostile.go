package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"hindsight/internal/wire"
)

// mischief is one way to misuse a connection; it is called at each of the
// connection's turns, with the turn's number.
type mischief struct {
	name string
	mute bool // says no hello
	do   func(ws *websocket.Conn, turn int) error
}

// mischiefs are what the collector's limits are for. Where one ends the
// connection, the next turn makes another.
var mischiefs = []mischief{
	{name: "garbage", do: func(ws *websocket.Conn, _ int) error {
		return ws.WriteMessage(websocket.BinaryMessage, []byte(strings.Repeat("\xaa", 300)))
	}},
	{name: "a section that inflates to 4 GiB", do: spoiled(func(f []byte) { binary.LittleEndian.PutUint32(f[72:], math.MaxUint32) })},
	{name: "sessions of 1970 and of 2149", do: spoiled(func(f []byte) {
		day := f[9] & 1 * 0xff
		f[8], f[9] = day, day
	})},
	{name: "sequences out of order", do: spoiled(func(f []byte) { f[64], f[65] = 7, f[10] })},
	{name: "a frame of 16 MB", do: func(ws *websocket.Conn, _ int) error {
		_, err := ws.NetConn().Write([]byte{0x82, 0xff, 0, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4, 5})
		return err
	}},
	{name: "a byte now and then", do: func(ws *websocket.Conn, turn int) error {
		if turn == 0 { // 800,000 bytes are announced
			_, err := ws.NetConn().Write([]byte{0x82, 0xff, 0, 0, 0, 0, 0, 0x0c, 0x35, 0, 1, 2, 3, 4})
			return err
		}
		_, err := ws.NetConn().Write([]byte{5})
		return err
	}},
	{name: "a flood of pings", do: func(ws *websocket.Conn, _ int) error {
		_, err := ws.NetConn().Write([]byte(strings.Repeat("\x89\x80\x01\x02\x03\x04", 101)))
		return err
	}},
	{name: "a hello that is none", do: func(ws *websocket.Conn, _ int) error {
		return ws.WriteMessage(websocket.TextMessage, []byte(strings.Repeat("[", 2000)))
	}},
	{name: "text that is not UTF-8", do: func(ws *websocket.Conn, _ int) error {
		return ws.WriteMessage(websocket.TextMessage, []byte("\xff\xfe\x80"))
	}},
	{name: "silence", mute: true, do: func(*websocket.Conn, int) error { return nil }},
}

// spoiled sends a frame that is good but for one thing.
func spoiled(spoil func(frame []byte)) func(*websocket.Conn, int) error {
	return func(ws *websocket.Conn, _ int) error {
		frame, err := goodFrame(1 << 10)
		if err == nil {
			spoil(frame)
			err = ws.WriteMessage(websocket.BinaryMessage, frame)
		}
		return err
	}
}

// hostile drives connections that all misbehave, so many times a second in all.
type hostile struct {
	address string
	pause   time.Duration // of a connection between two turns
	ready   atomic.Int64  // connections that were made once
	turns   atomic.Int64
	refused atomic.Int64 // connections that the collector closed
	failed  atomic.Int64 // connections that could not be made
	wg      sync.WaitGroup
}

// besiege begins; it goes on until ctx ends, and wait returns then.
func besiege(ctx context.Context, address string, connections int, rate float64) *hostile {
	h := &hostile{address: address, pause: time.Duration(float64(connections) / rate * float64(time.Second))}
	gate := make(chan struct{}, 16)
	for i := range connections {
		h.wg.Go(func() { h.one(ctx, i, time.Duration(i)*h.pause/time.Duration(connections), gate) })
	}
	return h
}

// one is one attacker, who comes back at the next turn when it was thrown out.
// The first turn comes after wait, so that turns are spread.
func (h *hostile) one(ctx context.Context, index int, wait time.Duration, gate chan struct{}) {
	what := mischiefs[index%len(mischiefs)]
	var at *attack
	for begun := false; ctx.Err() == nil; {
		if at == nil || at.over.Load() {
			at.end()
			gate <- struct{}{}
			var err error
			at, err = h.connect(ctx, what)
			<-gate
			if err != nil {
				h.failed.Add(1)
				at = nil
			} else if !begun {
				begun = true
				h.ready.Add(1)
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait = h.pause
		if at == nil || ctx.Err() != nil {
			continue
		}
		h.turns.Add(1)
		if what.do(at.ws, at.turn) != nil {
			at.over.Store(true)
		}
		at.turn++
	}
	at.end()
}

// attack is a connection; a goroutine takes in what the collector says.
type attack struct {
	ws      *websocket.Conn
	turn    int
	over    atomic.Bool
	reading sync.WaitGroup
}

func (h *hostile) connect(ctx context.Context, what mischief) (*attack, error) {
	dialer := websocket.Dialer{Subprotocols: []string{wire.Subprotocol}, ReadBufferSize: 256, WriteBufferPool: &sync.Pool{}, HandshakeTimeout: 10 * time.Second,
		NetDialContext: (&net.Dialer{}).DialContext}
	ws, response, err := dialer.DialContext(ctx, "ws"+strings.TrimPrefix(h.address, "http")+"/v1/stream?site="+siteKey, http.Header{"Origin": {siteOrigin}})
	if err != nil {
		return nil, err
	}
	_ = response.Body.Close()
	a := &attack{ws: ws}
	if !what.mute {
		if err := ws.WriteMessage(websocket.TextMessage, wire.AppendHello(nil, wire.Hello{Tracker: "bench"})); err != nil {
			return nil, fmt.Errorf("say hello: %w", err)
		}
	}
	a.reading.Go(func() {
		for {
			if _, _, err := ws.NextReader(); err != nil {
				var closed *websocket.CloseError
				if errors.As(err, &closed) && closed.Code != int(wire.CloseComeBack) { // which is the server's end, not theirs
					h.refused.Add(1)
				}
				a.over.Store(true)
				return
			}
		}
	})
	return a, nil
}

func (a *attack) end() {
	if a != nil {
		_ = a.ws.Close()
		a.reading.Wait()
	}
}
