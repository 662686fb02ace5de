package collector

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"hindsight/internal/wire"
)

// greet takes the hello and answers with the welcome.
func (k *conn) greet() wire.CloseCode {
	cfg := &k.c.cfg
	if code := k.arm(cfg.Hello); code != 0 {
		return code
	}
	kind, r, err := k.ws.NextReader()
	if err != nil {
		code := k.whyReadFailed(err)
		if code == wire.CloseIdle {
			code = wire.CloseProtocol
		}
		return code
	}
	if kind != websocket.TextMessage {
		return wire.CloseProtocol
	}
	text, err := readText(r)
	if err != nil {
		return k.whyReadFailed(err)
	}
	if hello, err := wire.ParseClientMessage(text); err != nil || hello == nil {
		return wire.CloseProtocol
	}
	now := k.c.deps.Now()
	welcome := wire.AppendWelcome(nil, wire.Welcome{
		Time: now.UnixMilli(), MaxFrame: wire.MaxFrame,
		MaxUnacked: cfg.MaxUnacked, MaxUnackedBytes: cfg.MaxUnackedBytes,
		FlushMS: int(cfg.Flush / time.Millisecond), FlushBytes: cfg.FlushBytes,
		SampleRate: k.site.SampleRate, Consent: string(k.site.Consent),
	})
	k.checked = now
	k.note(func(o *outbox) { o.texts = append(o.texts, welcome) })
	return 0
}

// message reads one message and deals with it.
func (k *conn) message(ctx context.Context) wire.CloseCode {
	if code := k.arm(k.c.cfg.Idle); code != 0 {
		return code
	}
	kind, r, err := k.ws.NextReader()
	if err != nil {
		return k.whyReadFailed(err)
	}
	if kind == websocket.BinaryMessage {
		return k.frame(ctx, r)
	}
	text, err := readText(r)
	if err != nil {
		return k.whyReadFailed(err)
	}
	if _, err := wire.ParseClientMessage(text); err != nil {
		return wire.CloseProtocol
	}
	wait, code := k.claim(time.Now(), k.tap.taken(len(text)), nil)
	if code != 0 {
		return code
	}
	return k.pause(ctx, wait)
}

// arm sets the deadline of the next read, unless reading was interrupted. A
// deadline that is less than a second old is left: setting one costs more than
// it is worth at every message.
func (k *conn) arm(wait time.Duration) wire.CloseCode {
	// The clock of deadlines is the network's, not the injected one.
	deadline := time.Now().Add(wait)
	if deadline.Sub(k.deadline) <= min(time.Second, wait/4) && !deadline.Before(k.deadline) {
		return 0 // an interruption's deadline is in force
	}
	if err := k.ws.SetReadDeadline(deadline); err != nil {
		return closeAbnormal
	}
	k.deadline = deadline
	// An interruption sets its flag first and its deadline second, so one of
	// the two is seen here or by the read.
	return k.interrupted()
}

// heard: a control message came. A flood of them ends the connection, for each
// may cost an answer. They do not lengthen the time that a frame may take.
func (k *conn) heard() error {
	const most, span = 100, 10 * time.Second
	now := time.Now()
	if now.Sub(k.since) > span {
		k.since, k.controls = now, 0
	}
	if k.controls++; k.controls > most {
		return errRate
	}
	if k.inFrame {
		return nil
	}
	if code := k.arm(k.c.cfg.Idle); code != 0 {
		return errInterrupted
	}
	return nil
}

var (
	errRate        = errors.New("too many control messages")
	errInterrupted = errors.New("reading was interrupted")
)

// whyReadFailed turns a failed read into a close code.
func (k *conn) whyReadFailed(err error) wire.CloseCode {
	if code := k.interrupted(); code != 0 {
		return code
	}
	var closed *websocket.CloseError
	var network net.Error
	switch {
	case errors.As(err, &closed):
		// Any other code is the client's invention.
		switch closed.Code {
		case websocket.CloseGoingAway:
			return wire.CloseGoingAway
		case websocket.CloseNormalClosure, websocket.CloseNoStatusReceived:
			return wire.CloseNormal
		}
		return closeAbnormal
	case errors.Is(err, websocket.ErrReadLimit):
		return wire.CloseTooBig
	case errors.Is(err, errRate):
		k.c.metrics.limited(limitControls)
		return wire.CloseRate
	case errors.Is(err, errLongText):
		return wire.CloseProtocol
	case errors.As(err, &network) && network.Timeout():
		return wire.CloseIdle
	case strings.HasPrefix(err.Error(), "websocket: "):
		return closeMalformed
	}
	return closeAbnormal
}

// peerGone tells whether nobody is there to be told code: the other side
// closed or broke off.
func peerGone(code wire.CloseCode) bool {
	return code == closeAbnormal || (code < 4000 && code != wire.CloseTooBig)
}

var errLongText = errors.New("text message is too long")

func readText(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, wire.MaxText+1))
	if err == nil && len(text) > wire.MaxText {
		err = errLongText
	}
	return text, err
}

// awaitRoom waits while the tracker's window is full: the log is slow, and
// nothing is read from this connection until it is not. The silence is ours,
// so the read deadline begins anew.
func (k *conn) awaitRoom(ctx context.Context) wire.CloseCode {
	for waited := false; ; waited = true {
		k.mu.Lock()
		full := k.window.unacked() >= k.c.cfg.MaxUnacked || k.window.bytes >= k.c.cfg.MaxUnackedBytes ||
			len(k.out.texts) >= maxTexts
		want := k.want
		k.waiting = full
		k.mu.Unlock()
		switch {
		case want != 0:
			return want
		case !full:
			if waited {
				k.deadline = time.Time{}
			}
			return 0
		}
		select {
		case <-k.room:
		case <-ctx.Done():
			return k.gone()
		}
	}
}

// gone is the code of a connection whose context ended.
func (k *conn) gone() wire.CloseCode {
	if code := k.interrupted(); code != 0 {
		return code
	}
	return closeAbnormal
}
