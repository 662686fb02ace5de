package main

import (
	"errors"
	"io"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"

	"hindsight/internal/wire"
)

// bare is the least that a server can do for an ack: it reads each message into
// a pooled buffer and answers. It knows no limits, no sites, no log.
func bare() http.Handler {
	upgrader := websocket.Upgrader{ReadBufferSize: 1 << 10, WriteBufferSize: 1 << 10, WriteBufferPool: &sync.Pool{},
		CheckOrigin: func(*http.Request) bool { return true }}
	buffers := sync.Pool{New: func() any { b := make([]byte, 20<<10); return &b }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := upgrader.Upgrade(w, r, http.Header{"Sec-Websocket-Protocol": {wire.Subprotocol}})
		if err != nil {
			return
		}
		go answer(ws, &buffers) // it ends with its connection, all of them with the process
	})
}

func answer(ws *websocket.Conn, buffers *sync.Pool) {
	defer func() { _ = ws.Close() }()
	var n uint64
	var room [64]byte
	for {
		kind, r, err := ws.NextReader()
		if err != nil {
			return
		}
		buf := buffers.Get().(*[]byte)
		err = drain(r, *buf)
		buffers.Put(buf)
		if err != nil {
			return
		}
		reply := room[:0]
		if kind == websocket.BinaryMessage {
			n++
			reply = wire.AppendAck(reply, n)
		} else {
			reply = wire.AppendWelcome(nil, wire.Welcome{MaxFrame: wire.MaxFrame, MaxUnacked: 8, MaxUnackedBytes: 1_800_000})
		}
		if ws.WriteMessage(websocket.TextMessage, reply) != nil {
			return
		}
	}
}

func drain(r io.Reader, buf []byte) error {
	for {
		_, err := r.Read(buf)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
