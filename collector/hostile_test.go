package collector

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hindsight/internal/wire"
)

// hostility is one way to misuse a connection; want is how it must end, 0 where
// it must live.
type hostility struct {
	do   func(g *rig, c *client)
	want wire.CloseCode
}

// spoiled are headers that no tracker makes, each for one reason.
func spoiled() map[wire.Reason][]func(frame []byte) {
	le := binary.LittleEndian
	return map[wire.Reason][]func([]byte){
		wire.ReasonMalformed: {
			func(f []byte) { f[0] = 'X' },
			func(f []byte) { f[5] = 77 },                                // a codec that there is not
			func(f []byte) { f[7] = 1 },                                 // a reserved byte
			func(f []byte) { le.PutUint32(f[64:], 0) },                  // sequence 0
			func(f []byte) { le.PutUint32(f[68:], 500_000) },            // longer than the message
			func(f []byte) { le.PutUint32(f[72:], wire.MaxSignals) },    // inflates to more than deflate can make
			func(f []byte) { le.PutUint64(f[88:], 0x7ff8000000000001) }, // sent at NaN
		},
		wire.ReasonTooLarge: {
			func(f []byte) { le.PutUint32(f[72:], math.MaxUint32) }, // a bomb by its own word
			func(f []byte) { le.PutUint32(f[68:], math.MaxUint32) },
		},
		wire.ReasonSessionDay: {func(f []byte) { f[8], f[9] = 0, 0 }, func(f []byte) { f[8], f[9] = 0xff, 0xff }},
		wire.ReasonConsent:    {func(f []byte) { f[4] = byte(wire.ConsentDenied) }},
	}
}

func hostilities() map[string]hostility {
	garbage := bytes.Repeat([]byte{0xaa}, 300)
	return map[string]hostility{
		"garbage": {func(_ *rig, c *client) {
			for range 2 * maxMalformed {
				_ = c.ws.WriteMessage(websocket.BinaryMessage, garbage)
			}
		}, wire.CloseProtocol},
		"empty frames": {func(_ *rig, c *client) {
			for range 2 * maxMalformed {
				_ = c.ws.WriteMessage(websocket.BinaryMessage, nil)
			}
		}, wire.CloseProtocol},
		"text": {func(_ *rig, c *client) {
			for range 50 {
				_ = c.ws.WriteMessage(websocket.TextMessage, []byte(strings.Repeat("[", 4000)))
			}
		}, wire.CloseProtocol},
		"pings": {func(_ *rig, c *client) {
			for range 1000 {
				_ = c.ws.WriteControl(websocket.PingMessage, garbage[:125], time.Now().Add(time.Second))
			}
		}, wire.CloseRate},
		"one endless message": {func(_ *rig, c *client) {
			w, err := c.ws.NextWriter(websocket.BinaryMessage)
			for i := 0; err == nil && i < 100; i++ {
				_, err = w.Write(make([]byte, 64<<10))
			}
		}, wire.CloseTooBig},
		"no websocket at all": {func(_ *rig, c *client) {
			_, _ = c.ws.NetConn().Write(bytes.Repeat([]byte("GET / HTTP/1.1\r\n\r\n"), 100))
		}, websocket.CloseProtocolError},
		"goes in the middle": {func(g *rig, c *client) {
			w, err := c.ws.NextWriter(websocket.BinaryMessage)
			if err == nil {
				_, _ = w.Write(g.frame(1, nil)[:50])
			}
			_ = c.ws.NetConn().Close()
		}, closeAbnormal},
		"refused frames": {func(g *rig, c *client) {
			n := uint64(0)
			for reason, all := range spoiled() {
				for _, spoil := range all {
					frame := g.frame(1, nil)
					spoil(frame)
					n++
					c.send(frame)
					c.refused(n, reason)
					for m := c.next(); m.Ack != n; m = c.next() { // what is refused is settled, and told once
						if m.Refuse != nil {
							c.t.Errorf("refused twice: %+v", m.Refuse)
						}
					}
				}
			}
		}, 0},
		"sequences out of order": {func(g *rig, c *client) {
			for i, sequence := range []uint32{7, 7, math.MaxUint32, 1, 3} {
				c.send(g.frame(sequence, nil))
				c.ack(uint64(i + 1))
			}
		}, 0},
	}
}

// TestHostileConnections: whatever they do, they end as they must and alone;
// honest trackers beside them lose nothing, and nothing of theirs is in the log.
func TestHostileConnections(t *testing.T) {
	log := startLog(t)
	g := newRig(t, log, nil)
	const copies, honest, frames, taken = 3, 4, 40, 5
	var wg sync.WaitGroup
	for name, k := range hostilities() {
		for range copies {
			c := g.connect()
			wg.Go(func() {
				k.do(g, c)
				if k.want == 0 {
					c.send(g.frame(9, nil)) // it lives
					for m := c.next(); m.Ack == 0; m = c.next() {
						if m.Refuse != nil {
							t.Errorf("%s: %+v", name, m)
						}
					}
					return
				}
				if got := c.end(); got != k.want {
					t.Errorf("%s: ended with %d, not %d", name, got, k.want)
				}
			})
		}
	}
	for range honest {
		c := g.connect()
		wg.Go(func() {
			for i := range uint64(frames) {
				c.send(g.frame(uint32(i+1), nil))
				c.ack(i + 1)
			}
		})
	}
	wg.Wait()
	log.read(t, honest*frames+copies*(taken+2)) // those with odd sequences, and one each of the two that live
	if n := g.batches(resultStored); n != honest*frames+copies*(taken+2) {
		t.Errorf("%v frames were stored", n)
	}
	malformed := 0
	for _, k := range hostilities() {
		if k.want == websocket.CloseProtocolError {
			malformed += copies
		}
	}
	eventually(t, "what is no websocket is counted as that", func() bool { return counter(g.metrics.closes, "1002") == float64(malformed) })
	if n := g.batches(string(wire.ReasonTooLarge)) + g.batches(string(wire.ReasonSessionDay)) + g.batches(string(wire.ReasonConsent)); n != copies*5 {
		t.Errorf("%v refusals", n)
	}
}

// end reads to the end of the connection and gives its code.
func (c *client) end() wire.CloseCode {
	for {
		_, _, err := c.ws.ReadMessage()
		var closed *websocket.CloseError
		switch {
		case err == nil:
		case errors.As(err, &closed):
			return wire.CloseCode(closed.Code)
		default:
			return closeAbnormal
		}
	}
}

// TestHostileBeacons: bodies that are no frames, or only begin as one.
func TestHostileBeacons(t *testing.T) {
	log := startLog(t)
	g := newRig(t, log, nil)
	good := g.frame(1, nil)
	cut := good[:len(good)-1]
	bomb := bytes.Clone(g.frame(1, nil))
	binary.LittleEndian.PutUint32(bomb[72:], math.MaxUint32)
	for name, c := range map[string]struct {
		body   []byte
		status int
		kept   int
	}{
		"nothing":                 {nil, http.StatusBadRequest, 0},
		"text":                    {[]byte(strings.Repeat("{", 100_000)), http.StatusBadRequest, 0},
		"a cut frame":             {cut, http.StatusBadRequest, 0},
		"a bomb":                  {bomb, http.StatusOK, 0},
		"a bomb before a frame":   {append(bytes.Clone(bomb), good...), http.StatusOK, 1},
		"a frame before garbage":  {append(bytes.Clone(good), "garbage"...), http.StatusOK, 1},
		"many frames":             {bytes.Repeat(good, 300), http.StatusNoContent, 300},
		"more than a body may be": {make([]byte, wire.MaxFrame+1), http.StatusRequestEntityTooLarge, 0},
	} {
		t.Run(name, func(t *testing.T) {
			before := g.batches(resultStored)
			if answer := g.post(t, testKey, testOrigin, c.body); answer.StatusCode != c.status {
				t.Errorf("status %d: %s", answer.StatusCode, answer.body)
			}
			if kept := g.batches(resultStored) - before; kept != float64(c.kept) {
				t.Errorf("%v frames kept, want %d", kept, c.kept)
			}
		})
	}
	response, err := g.server.Client().Post(g.server.URL+"/v1/erase?site="+testKey, "text/plain", io.LimitReader(endless{}, 10<<20))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusForbidden { // no origin: judged before the body is read
		t.Errorf("an endless wish: %d", response.StatusCode)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '['
	}
	return len(p), nil
}
