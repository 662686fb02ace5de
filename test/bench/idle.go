package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"hindsight/internal/wire"
	"hindsight/test/bench/hostile"
)

// idle is the memory of connections that have said hello, sent a frame and fallen silent.
type idle struct {
	Connections int     `json:"connections"`
	Before      float64 `json:"resident_before"`
	After       float64 `json:"resident_after"`
	Each        float64 `json:"bytes_each"`
}

// idleMemory opens connections to a collector that has served a few already, so
// that what it takes once is not divided among them.
func idleMemory(ctx context.Context, o options) (got idle, err error) {
	c, err := start(ctx, roleCollector, o)
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	var open []*websocket.Conn
	defer func() {
		for _, ws := range open {
			_ = ws.Close()
		}
	}()
	const warm = 200
	if open, err = visit(ctx, c.Address, warm); err != nil {
		return got, err
	}
	before, err := c.ask(settle)
	if err != nil {
		return got, err
	}
	more, err := visit(ctx, c.Address, o.idle)
	open = append(open, more...)
	if err != nil {
		return got, err
	}
	after, err := c.ask(settle)
	if err != nil {
		return got, err
	}
	if after.Resident == 0 {
		return got, errors.New("this system does not tell the memory of a process")
	}
	n := o.idle
	return idle{n, before.Resident, after.Resident, (after.Resident - before.Resident) / float64(n)}, nil
}

// visit makes connections, sends a frame over each, and leaves them open.
func visit(ctx context.Context, address string, n int) (open []*websocket.Conn, err error) {
	header := http.Header{"Origin": {siteOrigin}, "User-Agent": {"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}}
	dialer := websocket.Dialer{Subprotocols: []string{wire.Subprotocol}, ReadBufferSize: 256, WriteBufferPool: &sync.Pool{}, HandshakeTimeout: 10 * time.Second}
	url := "ws" + strings.TrimPrefix(address, "http") + "/v1/stream?site=" + siteKey
	for i := range n {
		ws, response, err := dialer.DialContext(ctx, url, header)
		if err != nil {
			return open, fmt.Errorf("connection %d (look at `ulimit -Hn`): %w", i+1, err)
		}
		_ = response.Body.Close()
		open = append(open, ws)
		frame, err := hostile.GoodFrame(2 << 10)
		if err != nil {
			return open, err
		}
		if err := errors.Join(
			ws.WriteMessage(websocket.TextMessage, wire.AppendHello(nil, wire.Hello{Tracker: "bench"})), awaited(ws),
			ws.WriteMessage(websocket.BinaryMessage, frame), awaited(ws)); err != nil {
			return open, err
		}
	}
	return open, nil
}

// awaited reads one message: the welcome, the ack.
func awaited(ws *websocket.Conn) error {
	_, _, err := ws.ReadMessage()
	return err
}
