package collector

import (
	"errors"
	"io"
	"time"

	"github.com/gorilla/websocket"

	"hindsight/internal/wire"
)

// outbox is what waits to be written to a connection. Acks are not queued: the
// newest covers those before it, so however slow the reader on the other side,
// this stays small.
type outbox struct {
	texts    [][]byte // welcome and refusals
	acked    uint64   // the last ack taken to be written
	ping     bool
	pong     bool
	pongData string
	writing  bool // a goroutine is at it
	dead     bool // no such goroutine is started any more
}

// maxTexts waiting stop the reading, as a full window does.
const maxTexts = 64

// note changes the outbox under the connection's lock and sees to it that
// someone writes. A goroutine for writing lives only as long as there is
// something to write: an idle connection has none.
func (k *conn) note(change func(*outbox)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	change(&k.out)
	k.writeSoon()
}

// writeSoon needs mu.
func (k *conn) writeSoon() {
	switch {
	case !k.beginWriting():
	case k.socket != nil:
		k.c.scribes.add(task{conn: k})
	default:
		go k.write()
	}
}

// beginWriting tells whether its caller is to see to it that someone writes.
// It needs mu.
func (k *conn) beginWriting() bool {
	if k.out.writing || k.out.dead || !k.hasNews() {
		return false
	}
	k.out.writing = true
	k.writes.Add(1)
	return true
}

// hasNews needs mu.
func (k *conn) hasNews() bool {
	return k.window.base > k.out.acked || len(k.out.texts) > 0 || k.out.ping || k.out.pong
}

// news is what is written at one go.
type news struct {
	texts      [][]byte
	ack        uint64 // 0: none
	ping, pong bool
	pongData   string
}

// takeNews needs mu.
func (k *conn) takeNews() news {
	n := news{texts: k.out.texts, ping: k.out.ping, pong: k.out.pong, pongData: k.out.pongData}
	if k.window.base > k.out.acked {
		n.ack = k.window.base
	}
	k.out.acked, k.out.texts, k.out.ping, k.out.pong = k.window.base, nil, false, false
	return n
}

// write empties the outbox. Whatever is noted meanwhile it takes along, so
// acks that come fast are joined.
func (k *conn) write() {
	defer k.writes.Done()
	var room ackRoom
	for k.flush() == nil {
		k.mu.Lock()
		if k.out.dead || !k.hasNews() {
			k.out.writing = false
			k.mu.Unlock()
			return
		}
		n := k.takeNews()
		k.mu.Unlock()
		k.moved() // there is room for texts again
		if k.emit(n, &room) != nil {
			break
		}
	}
	k.deaf()
}

// writeAtOnce is write without waiting. Where the other side is slow to take
// what it is told, a goroutine of its own waits for it.
func (k *conn) writeAtOnce(room *ackRoom) {
	for {
		k.mu.Lock()
		if k.out.dead || !k.hasNews() {
			k.out.writing = false
			k.mu.Unlock()
			break
		}
		n := k.takeNews()
		k.mu.Unlock()
		if len(n.texts) > 0 {
			k.moved()
		}
		if k.emit(n, room) != nil {
			k.deaf()
			break
		}
		if k.socket.unsent() {
			go k.write() // it is done when that is
			return
		}
	}
	k.writes.Done()
}

// flush waits until the other side has taken what it was told.
func (k *conn) flush() error {
	if k.socket == nil {
		return nil
	}
	return k.socket.flush(time.Now().Add(k.c.cfg.Write))
}

// deaf: nobody listens. Only the reader ends a connection; it is told so.
func (k *conn) deaf() {
	k.mu.Lock()
	k.out.dead = true
	k.mu.Unlock()
	k.interrupt(closeAbnormal)
	k.cancel()
}

// ackRoom has room for an ack.
type ackRoom [64]byte

// emit writes, refusals before the ack that covers them.
func (k *conn) emit(n news, room *ackRoom) error {
	if k.socket != nil && len(n.texts) == 0 && !n.ping && !n.pong {
		return k.ack(n.ack, room)
	}
	deadline := time.Now().Add(k.c.cfg.Write)
	_ = k.ws.SetWriteDeadline(deadline) // sets a field, cannot fail
	for _, text := range n.texts {
		if err := k.ws.WriteMessage(websocket.TextMessage, text); err != nil {
			return err
		}
	}
	if n.ack > 0 {
		if err := k.ws.WriteMessage(websocket.TextMessage, wire.AppendAck(room[:0], n.ack)); err != nil {
			return err
		}
	}
	if n.ping {
		if err := k.ws.WriteControl(websocket.PingMessage, nil, deadline); err != nil {
			return err
		}
	}
	if n.pong {
		return k.ws.WriteControl(websocket.PongMessage, []byte(n.pongData), deadline)
	}
	return nil
}

// ack writes an ack, or nothing for 0, past the websocket library: a frame for
// each frame that comes is worth making by hand, and so short a one is two bytes
// and the text (RFC 6455, 5.2). Nothing else writes meanwhile that the library
// would have to know of; see answerClose.
func (k *conn) ack(n uint64, room *ackRoom) error {
	if n == 0 {
		return nil
	}
	const final, text = 0x80, websocket.TextMessage
	frame := wire.AppendAck(append(room[:0], final|text, 0), n)
	frame[1] = byte(len(frame) - 2)
	_, err := k.socket.Write(frame)
	return err
}

// answerClose answers the other side's close message with its like. Nothing may
// be written after that.
func (k *conn) answerClose(code int, _ string) error {
	k.mu.Lock()
	k.out.dead = true
	k.mu.Unlock()
	k.writes.Wait()
	// It may be gone; the reader ends in any case.
	_ = k.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(k.c.cfg.Write))
	return nil
}

// pingDue is the timer's.
func (k *conn) pingDue() {
	k.note(func(o *outbox) {
		if !o.dead {
			o.ping = true
			k.ping.Reset(k.c.cfg.Ping)
		}
	})
}

// finish ends writing: the goroutine is waited for, what is left is written
// here, and nothing follows.
func (k *conn) finish() {
	k.mu.Lock()
	k.ping.Stop()
	broken := k.out.dead
	k.out.dead = true
	k.mu.Unlock()
	k.writes.Wait()
	k.mu.Lock()
	n := k.takeNews()
	k.mu.Unlock()
	if !broken && k.emit(n, new(ackRoom)) == nil {
		_ = k.flush() // whoever cannot hear it will be told again
	}
}

// say writes a close message and gives the tracker a moment to read it: a
// connection that is closed with unread input is reset, and the reset can
// overtake the message.
func (k *conn) say(code wire.CloseCode) {
	now := time.Now()
	message := websocket.FormatCloseMessage(int(code), code.Name())
	if err := k.ws.WriteControl(websocket.CloseMessage, message, now.Add(k.c.cfg.Write)); err != nil && !errors.Is(err, websocket.ErrCloseSent) {
		return
	}
	if k.flush() != nil {
		return
	}
	raw := k.tap.Conn
	_ = raw.SetReadDeadline(now.Add(k.c.cfg.Linger))
	// Not parsed: after a failed read the parser gives nothing any more.
	_, _ = io.Copy(io.Discard, io.LimitReader(raw, 2*wire.MaxMessage))
}
