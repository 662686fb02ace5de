package demo

import (
	"fmt"
	"time"

	"github.com/gorilla/websocket"

	"hindsight/internal/wire"
)

// stream is one connection of a client. Frames are numbered from 1 on it.
type stream struct {
	client  *client
	conn    *websocket.Conn
	welcome wire.Welcome
	sizes   []int // of the frames that wait, oldest first
	flying  int   // their bytes
	settled uint64
}

// run says hello and sends what is pending until all of it is settled.
func (s *stream) run() error {
	hello := wire.AppendHello(nil, wire.Hello{Tracker: "demo"})
	if err := s.conn.WriteMessage(websocket.TextMessage, hello); err != nil {
		return fmt.Errorf("say hello: %w", err)
	}
	if err := s.awaitWelcome(); err != nil {
		return err
	}
	c := s.client
	state, err := consentFor(s.welcome.Consent)
	if err != nil {
		return err
	}
	c.decide(s.welcome.SampleRate)
	for len(c.pending) > 0 {
		if err := s.fill(state); err != nil {
			return err
		}
		if err := s.settle(); err != nil {
			return err
		}
	}
	goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	_ = s.conn.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(time.Second)) // all is acknowledged
	return nil
}

// fill sends frames until the collector's window is full or none is left.
func (s *stream) fill(state wire.ConsentState) error {
	c := s.client
	for next := len(s.sizes); next < len(c.pending) && next < s.welcome.MaxUnacked; next++ {
		frame, replay, err := c.pending[next].encode(state, c.replays)
		if err != nil {
			return fmt.Errorf("%w: %w", errPermanent, err)
		}
		if next > 0 && s.flying+len(frame) > s.welcome.MaxUnackedBytes {
			return nil // encoded again when there is room
		}
		if err := s.conn.WriteMessage(websocket.BinaryMessage, frame); err != nil {
			return s.writeFailed(err)
		}
		s.flying += len(frame)
		s.sizes = append(s.sizes, len(frame))
		c.count(next, len(frame), replay)
	}
	return nil
}

// writeFailed prefers the collector's close message to the broken pipe that
// came of it.
func (s *stream) writeFailed(err error) error {
	for {
		if _, readErr := s.read(); readErr != nil {
			if closeCode(readErr) != 0 {
				return readErr
			}
			return fmt.Errorf("send a frame: %w", err)
		}
	}
}

func (s *stream) awaitWelcome() error {
	for {
		m, err := s.read()
		if err != nil {
			return err
		}
		if m.Welcome == nil {
			continue
		}
		if m.Welcome.MaxUnacked < 1 || m.Welcome.MaxUnackedBytes < 1 {
			return fmt.Errorf("%w: its welcome allows no frames", errPermanent)
		}
		s.welcome = *m.Welcome
		s.client.reached.Store(true)
		return nil
	}
}

// settle waits for the next ack or refusal and drops what it covers.
func (s *stream) settle() error {
	m, err := s.read()
	switch {
	case err != nil:
		return err
	case m.Refuse != nil:
		return fmt.Errorf("%w: frame refused (%s)", errPermanent, m.Refuse.Reason)
	case m.Ack > s.settled+uint64(len(s.sizes)):
		return fmt.Errorf("%w: it acknowledged frame %d, which was never sent", errPermanent, m.Ack)
	case m.Ack <= s.settled:
		return nil
	}
	n := int(m.Ack - s.settled)
	s.settled = m.Ack
	for _, size := range s.sizes[:n] {
		s.flying -= size
		s.client.sent.Bytes += size
	}
	s.sizes = s.sizes[n:]
	s.client.settle(n)
	return nil
}

// read takes the next message; pings are answered on the way.
func (s *stream) read() (wire.ServerMessage, error) {
	if err := s.conn.SetReadDeadline(time.Now().Add(answerWait)); err != nil {
		return wire.ServerMessage{}, fmt.Errorf("wait for the collector: %w", err)
	}
	kind, data, err := s.conn.ReadMessage()
	if err != nil {
		return wire.ServerMessage{}, fmt.Errorf("wait for the collector: %w", err)
	}
	if kind != websocket.TextMessage {
		return wire.ServerMessage{}, fmt.Errorf("%w: it sent a binary message", errPermanent)
	}
	m, err := wire.ParseServerMessage(data)
	if err != nil {
		return m, fmt.Errorf("%w: %w", errPermanent, err)
	}
	return m, nil
}

// decide settles at the first welcome whether the session sends its recording:
// what a frame holds must not change between two sendings.
func (c *client) decide(siteRate float64) {
	if !c.decided {
		c.decided, c.replays = true, c.sampled(siteRate)
	}
}

// count notes a frame that went out.
func (c *client) count(index, size, replay int) {
	if index < c.tried {
		c.sent.Resent++
		return
	}
	c.tried = index + 1
	c.sent.ReplayBytes += replay
}

// settle drops the n oldest batches.
func (c *client) settle(n int) {
	c.pending = c.pending[n:]
	c.tried -= n
	c.sent.Frames += n
}
