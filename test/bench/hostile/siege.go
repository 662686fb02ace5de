package hostile

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"hindsight/internal/wire"
)

// Config says whom to besiege, and how.
type Config struct {
	Address      string // of the server, http://
	Site, Origin string
	Connections  int
	Rate         float64 // turns a second, of all connections together
	// From are the addresses of this machine that the connections come from, in
	// turns; none: as the system likes.
	From []netip.Addr
	// Only names the kinds to take part, by parts of their names; none: all.
	Only []string
}

// Siege is connections that misbehave, so many times a second in all.
type Siege struct {
	cfg     Config
	kinds   []mischief
	pause   time.Duration // of a connection between two turns
	ready   atomic.Int64  // connections that were made once
	turns   atomic.Int64
	refused atomic.Int64 // connections that the collector closed
	failed  atomic.Int64 // connections that could not be made
	erased  atomic.Int64 // orders that were taken
	wg      sync.WaitGroup
}

// Begin lays the siege; it goes on until ctx ends, and Wait returns then.
func Begin(ctx context.Context, cfg Config) (*Siege, error) {
	kinds, err := kindsOf(cfg.Only)
	if err != nil {
		return nil, err
	}
	s := &Siege{cfg: cfg, kinds: kinds, pause: time.Duration(float64(cfg.Connections) / cfg.Rate * float64(time.Second))}
	gate := make(chan struct{}, 16)
	for i := range cfg.Connections {
		s.wg.Go(func() { s.one(ctx, i, time.Duration(i)*s.pause/time.Duration(cfg.Connections), gate) })
	}
	return s, nil
}

// Ready tells whether every connection was made once.
func (s *Siege) Ready() bool { return s.ready.Load() == int64(s.cfg.Connections) }

// Told is what became of a siege.
type Told struct {
	Turns   int64 `json:"hostile_turns"`              // misdeeds
	Refused int64 `json:"hostile_connections_closed"` // by the collector
	Failed  int64 `json:"hostile_connections_failed"` // could not be made
	Erased  int64 `json:"hostile_orders_taken"`       // to erase a visitor
}

// Wait waits until all have ended.
func (s *Siege) Wait() Told {
	s.wg.Wait()
	return Told{s.turns.Load(), s.refused.Load(), s.failed.Load(), s.erased.Load()}
}

// one is one attacker, who comes back at the next turn when it was thrown out.
// The first turn comes after wait, so that turns are spread.
func (s *Siege) one(ctx context.Context, index int, wait time.Duration, gate chan struct{}) {
	what := s.kinds[index%len(s.kinds)]
	var at *attack
	for begun := false; ctx.Err() == nil; {
		if at == nil || at.over.Load() {
			at.end()
			gate <- struct{}{}
			var err error
			at, err = s.connect(ctx, what, index)
			<-gate
			switch {
			case err != nil:
				s.failed.Add(1)
				at = nil
				until(ctx, s.pause/20)
				continue
			case !begun:
				begun = true
				s.ready.Add(1)
			}
		}
		until(ctx, wait)
		wait = s.pause
		if ctx.Err() != nil {
			continue
		}
		s.turns.Add(1)
		if what.do(at) != nil {
			at.over.Store(true)
		}
		at.turn++
	}
	at.end()
}

func until(ctx context.Context, wait time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(wait):
	}
}

// attack is a connection; a goroutine takes in what the collector says.
type attack struct {
	ws      *websocket.Conn
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
	siege   *Siege
	turn    int // its number
	over    atomic.Bool
	reading sync.WaitGroup
}

func (s *Siege) connect(ctx context.Context, what mischief, index int) (*attack, error) {
	var from net.Dialer
	if n := len(s.cfg.From); n > 0 {
		from.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(s.cfg.From[index%n], 0))
	}
	a := &attack{siege: s, dial: from.DialContext}
	dialer := websocket.Dialer{Subprotocols: []string{wire.Subprotocol}, ReadBufferSize: 256, WriteBufferPool: &sync.Pool{}, HandshakeTimeout: 10 * time.Second,
		NetDialContext: a.dial}
	ws, response, err := dialer.DialContext(ctx, "ws"+strings.TrimPrefix(s.cfg.Address, "http")+"/v1/stream?site="+s.cfg.Site, http.Header{"Origin": {s.cfg.Origin}})
	if err != nil {
		return nil, err
	}
	_ = response.Body.Close()
	a.ws = ws
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
					s.refused.Add(1)
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
