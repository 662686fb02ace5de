package collector

import (
	"errors"
	"io"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hindsight/internal/wire"
)

// TestNothingAfterClose: a tracker that closes is answered with its own code, and
// no ack follows, whenever the log's answer comes.
func TestNothingAfterClose(t *testing.T) {
	for range 20 {
		log := newFaultyLog()
		log.hold = true
		g := newRig(t, log, nil)
		c := g.connect()
		c.send(g.frame(1, nil))
		log.await(t, 1)
		goodbye := websocket.FormatCloseMessage(websocket.CloseGoingAway, "")
		if err := c.ws.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		log.answer(0, nil)
		c.closed(wire.CloseGoingAway)
		rest, err := io.ReadAll(c.ws.NetConn())
		if err != nil && !errors.Is(err, io.EOF) || len(rest) > 0 {
			t.Fatalf("after the close message came %d bytes, %v", len(rest), err)
		}
		eventually(t, "the connection is gone", func() bool { return g.conns.tally.count() == 0 })
	}
}
