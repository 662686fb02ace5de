package collector

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hindsight/internal/wire"
)

// TestTLS: a connection that is no socket is served as well, byte for byte: frames
// of every class of buffers, refusals, pings, the close at the end.
func TestTLS(t *testing.T) {
	log := newFaultyLog()
	g := newRig(t, log, nil)
	secure := httptest.NewTLSServer(g.Handler())
	t.Cleanup(secure.Close)
	roots := secure.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	dialer := websocket.Dialer{Subprotocols: []string{wire.Subprotocol}, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	ws, _, err := dialer.Dial("wss"+strings.TrimPrefix(secure.URL, "https")+"/v1/stream?site="+testKey, http.Header{"Origin": {testOrigin}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ws.Close() }()
	_ = ws.SetReadDeadline(time.Now().Add(patience))
	c := &client{t, ws}
	c.greet()
	g.conns.each(func(k *conn) {
		if k.socket != nil {
			t.Error("TLS was taken for a bare connection")
		}
	})
	for i, size := range []int{500, 10_000, 50_000, wire.MaxFrame - wire.HeaderSize} {
		c.send(g.large(uint32(i+1), size))
		c.ack(uint64(i + 1))
	}
	c.send([]byte("no frame"))
	c.refused(5, wire.ReasonMalformed)
	c.ack(5)
	pongs := 0
	ws.SetPongHandler(func(string) error { pongs++; return nil })
	if err := ws.WriteControl(websocket.PingMessage, []byte("hello"), time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	c.send(g.frame(6, nil))
	c.ack(6)
	c.text(`nonsense`)
	c.closed(wire.CloseProtocol)
	if got := len(log.all()); got != 5 || pongs != 1 {
		t.Errorf("%d records, %d pongs", got, pongs)
	}
}
