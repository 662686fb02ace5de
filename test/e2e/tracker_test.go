package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"hindsight/internal/wire"
)

// tracker is a client of the collector that remembers what it sent and what was acknowledged: the witness of the
// tests that kill. Like the real one it keeps a batch until it is acknowledged and resends after a reconnect.
type tracker struct {
	url, origin string
	session     wire.SessionID
	document    wire.DocumentID
	start       time.Time

	mu      sync.Mutex
	sent    uint32            // highest sequence made
	acked   uint32            // every sequence up to this one is acknowledged
	clicks  int               // in batches made
	waiting map[uint32][]byte // not acknowledged
	resent  atomic.Int64
}

func newTracker(collector, origin string) *tracker {
	now := time.Now()
	return &tracker{
		url:     "ws" + strings.TrimPrefix(collector, "http") + "/v1/stream?site=" + siteKey,
		origin:  origin,
		session: wire.NewSessionID(wire.DayOf(now)), document: wire.NewDocumentID(), start: now,
		waiting: map[uint32][]byte{},
	}
}

// run sends a batch every pause until quit is closed, then goes on until everything is acknowledged or ctx ends.
func (tr *tracker) run(ctx context.Context, quit <-chan struct{}, pause time.Duration) error {
	for ctx.Err() == nil {
		err := tr.connection(ctx, quit, pause)
		if err == nil {
			return nil
		}
		select { // the collector is away: come back soon
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
	return fmt.Errorf("session %s: %d of %d batches never acknowledged", tr.session, len(tr.waiting), tr.sent)
}

func (tr *tracker) connection(ctx context.Context, quit <-chan struct{}, pause time.Duration) error {
	dialer := websocket.Dialer{Subprotocols: []string{"hindsight.v1"}, HandshakeTimeout: 5 * time.Second}
	header := http.Header{"Origin": {tr.origin}, "User-Agent": {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"}}
	conn, _, err := dialer.DialContext(ctx, tr.url, header)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.WriteMessage(websocket.TextMessage, wire.AppendHello(nil, wire.Hello{Tracker: "e2e"})); err != nil {
		return err
	}
	if m, err := readMessage(conn); err != nil || m.Welcome == nil {
		return fmt.Errorf("no welcome: %w", err)
	}
	numbers := make(chan uint32, 1024) // sequence of each frame of this connection, in order
	failed := make(chan error, 1)
	go func() { failed <- tr.readAcks(conn, numbers) }()

	for _, seq := range tr.unacked() {
		tr.resent.Add(1)
		if err := tr.send(conn, seq, numbers); err != nil {
			return err
		}
	}
	time.Sleep(rand.N(pause)) // trackers that came back together would otherwise send at the same moments for good
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-failed:
			return err
		case <-quit:
			if len(tr.unacked()) == 0 {
				return nil
			}
			time.Sleep(10 * time.Millisecond)
			select {
			case err := <-failed:
				return err
			default:
			}
		case <-ticker.C:
			select {
			case <-quit:
				continue
			default:
			}
			if len(tr.unacked()) >= 8 {
				continue
			}
			if err := tr.send(conn, tr.next(), numbers); err != nil {
				return err
			}
		}
	}
}

func readMessage(conn *websocket.Conn) (wire.ServerMessage, error) {
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, raw, err := conn.ReadMessage()
	if err != nil {
		return wire.ServerMessage{}, err
	}
	return wire.ParseServerMessage(raw)
}

func (tr *tracker) readAcks(conn *websocket.Conn, numbers <-chan uint32) error {
	var settled uint64
	for {
		m, err := readMessage(conn)
		if err != nil {
			return err
		}
		if m.Refuse != nil {
			return fmt.Errorf("frame %d refused: %s", m.Refuse.N, m.Refuse.Reason)
		}
		tr.mu.Lock()
		for ; settled < m.Ack; settled++ {
			seq := <-numbers
			delete(tr.waiting, seq)
			tr.acked = max(tr.acked, seq)
		}
		tr.mu.Unlock()
	}
}

func (tr *tracker) unacked() []uint32 {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	var seqs []uint32
	for seq := uint32(1); seq <= tr.sent; seq++ {
		if _, ok := tr.waiting[seq]; ok {
			seqs = append(seqs, seq)
		}
	}
	return seqs
}

func (tr *tracker) send(conn *websocket.Conn, seq uint32, numbers chan<- uint32) error {
	tr.mu.Lock()
	frame := tr.waiting[seq]
	tr.mu.Unlock()
	wire.SetSentAt(frame, float64(time.Now().UnixMilli()))
	numbers <- seq
	return conn.WriteMessage(websocket.BinaryMessage, frame)
}

// next makes the next batch: the first holds a page view and a snapshot, each later one two clicks and an event of
// the recording.
func (tr *tracker) next() uint32 {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.sent++
	t := float64(time.Since(tr.start).Milliseconds())
	now := time.Now().UnixMilli()
	var signals, events []any
	if tr.sent == 1 {
		signals = append(signals, map[string]any{"k": "view", "t": t, "url": tr.origin + "/kill", "title": "Kill", "ref": "", "nav": "load",
			"lang": "en", "tz": "Europe/Berlin", "sw": 1920, "sh": 1080, "vw": 1280, "vh": 800, "dw": 1280, "dh": 2000, "dpr": 1})
		events = append(events,
			map[string]any{"type": 4, "timestamp": now, "data": map[string]any{"href": tr.origin + "/kill", "width": 1280, "height": 800}},
			map[string]any{"type": 2, "timestamp": now, "data": map[string]any{"node": map[string]any{"type": 0, "id": 1, "childNodes": []any{
				map[string]any{"type": 2, "id": 2, "tagName": "html", "attributes": map[string]any{}, "childNodes": []any{
					map[string]any{"type": 2, "id": 3, "tagName": "body", "attributes": map[string]any{}, "childNodes": []any{}}}}}}, "initialOffset": map[string]any{"top": 0, "left": 0}}})
	}
	for range 2 {
		tr.clicks++
		signals = append(signals, map[string]any{"k": "click", "t": t, "el": "body", "fx": 0.5, "fy": 0.25, "x": 640, "y": 500,
			"vw": 1280, "vh": 800, "dw": 1280, "dh": 2000, "ptr": "mouse"})
	}
	events = append(events, map[string]any{"type": 3, "timestamp": now, "data": map[string]any{"source": 3, "id": 1, "x": 0, "y": tr.sent}})
	section, err := json.Marshal(map[string]any{"origin": float64(tr.start.UnixMilli()), "offset": 0, "view": 0, "path": "/kill", "signals": signals})
	if err != nil {
		panic(err)
	}
	replay, err := json.Marshal(events)
	if err != nil {
		panic(err)
	}
	frame, err := wire.EncodeFrame(wire.Header{Flags: wire.FlagSampled, Consent: wire.ConsentImplied, Session: tr.session, Document: tr.document, Sequence: tr.sent},
		section, replay, wire.CodecGzip)
	if err != nil {
		panic(err)
	}
	tr.waiting[tr.sent] = frame
	return tr.sent
}
