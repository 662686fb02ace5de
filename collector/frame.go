package collector

import (
	"context"
	"errors"
	"io"
	"time"

	"hindsight/internal/eventlog"
	"hindsight/internal/seal"
	"hindsight/internal/site"
	"hindsight/internal/wire"
)

// maxMalformed frames end a connection.
const maxMalformed = 16

// frame takes a frame. Who is over a quota waits behind it, for by then its
// buffer is free for others.
func (k *conn) frame(ctx context.Context, r io.Reader) wire.CloseCode {
	wait, code := k.take(ctx, r)
	if code != 0 {
		return code
	}
	return k.pause(ctx, wait)
}

// take reads a frame, judges its header and hands it to the log. The next one
// is due after wait.
func (k *conn) take(ctx context.Context, r io.Reader) (wait time.Duration, code wire.CloseCode) {
	c := k.c
	k.inFrame, k.timed = true, false
	if k.socket == nil {
		k.waits()
	}
	buf, err := c.buffers.read(ctx, r, k.class, k.tooSlow)
	if errors.Is(err, errTooLarge) {
		// To its end, so that the hard limit holds for the whole message.
		if _, restErr := io.Copy(io.Discard, r); restErr != nil {
			err = restErr
		}
	}
	k.inFrame = false
	defer func() { c.buffers.put(buf) }()
	if err != nil && !errors.Is(err, errTooLarge) {
		return 0, k.whyReadFailed(err)
	}
	start := time.Now()
	size := len(buf.data)
	k.class = classOf(size)
	c.metrics.bytes.Add(float64(size))
	if wait, code = k.claim(start, k.tap.taken(size), k.all); code != 0 {
		return 0, code
	}
	now := c.deps.Now()
	if now.Sub(k.checked) >= time.Second || now.Before(k.checked) {
		fresh, code := c.admit(k.key, k.origin)
		if code != 0 {
			return 0, code
		}
		k.site, k.all, k.checked = fresh, c.quotas.of(fresh.ID), now
	}
	h, refusal := judge(buf.data, &k.site, now)
	if refusal != "" {
		return wait, k.refuse(refusal, now)
	}
	more, over := k.claimInflated(start, &h)
	if over != "" {
		return 0, k.over(over)
	}
	wait = max(wait, more)
	buf.record = eventlog.Record{
		Site: k.site.ID, Session: h.Session, Document: h.Document, Sequence: h.Sequence,
		Consent: uint8(h.Consent), Received: now, Via: eventlog.ViaWebSocket, Agent: k.agent,
		Address: c.deps.Sealer.Seal(buf.sealed[:0], k.addr, seal.Binding{Site: k.site.ID, Document: h.Document, Sequence: h.Sequence}),
		Frame:   buf.data,
	}
	if err := c.deps.Log.Append(ctx, &buf.record, k.takeOff(size, start)); err != nil {
		k.landed()
		return 0, k.notTaken(err)
	}
	return wait, 0
}

// waits is called when the rest of a message is not here yet, or may not be. It
// may take longer than the silence between two messages. Most frames are here
// whole: they are spared the deadline.
func (k *conn) waits() {
	if !k.inFrame || k.timed {
		return
	}
	k.timed, k.deadline = true, time.Time{}
	_ = k.ws.SetReadDeadline(time.Now().Add(k.c.cfg.Message)) // what keeps it from being set keeps it from being read too
	if k.interrupted() != 0 {
		_ = k.ws.SetReadDeadline(time.Unix(1, 0))
	}
}

// judge checks everything about a frame that can be known without opening it.
func judge(frame []byte, s *site.Site, now time.Time) (wire.Header, wire.Reason) {
	h, err := wire.ParseHeader(frame)
	if err != nil {
		return h, wire.ReasonOf(err)
	}
	return h, judgeHeader(&h, s, now)
}

func judgeHeader(h *wire.Header, s *site.Site, now time.Time) wire.Reason {
	switch {
	case !h.Session.Day().Current(wire.DayOf(now)):
		return wire.ReasonSessionDay
	case !s.AllowsConsentState(h.Consent):
		return wire.ReasonConsent
	}
	return ""
}

// refuse tells that the frame that was just read is not taken. The code is 0
// while the connection may go on.
func (k *conn) refuse(reason wire.Reason, now time.Time) wire.CloseCode {
	k.c.metrics.result(string(reason))
	k.note(func(o *outbox) {
		n := k.window.open()
		o.texts = append(o.texts, wire.AppendRefuse(nil, refusal(n, reason, now)))
		k.window.settle(n)
	})
	switch reason {
	case wire.ReasonVersion:
		return wire.CloseVersion
	case wire.ReasonMalformed:
		if k.malformed++; k.malformed >= maxMalformed {
			return wire.CloseProtocol
		}
	}
	return 0
}

func refusal(n uint64, reason wire.Reason, now time.Time) wire.Refuse {
	r := wire.Refuse{N: n, Reason: reason}
	if reason == wire.ReasonSessionDay {
		r.Day = wire.DayOf(now).String()
	}
	return r
}

// settle marks frame n, which the log has answered for, as dealt with. It tells
// whether there is something to write, which is then its caller's to do.
func (k *conn) settle(n uint64, size int) (write bool) {
	k.mu.Lock()
	k.flying--
	k.window.settle(n)
	k.window.bytes -= size
	write = k.beginWriting()
	waited := k.waiting
	k.mu.Unlock()
	if waited {
		k.moved()
	}
	return write
}

// notTaken: the log did not take a frame. It has no ack, so the tracker sends
// it again, to a collector that is well.
func (k *conn) notTaken(err error) wire.CloseCode {
	k.c.metrics.result(resultNotTaken)
	if code := k.interrupted(); code != 0 {
		return code
	}
	k.c.logGaveUp(k.site.ID, err)
	return wire.CloseComeBack
}

// claim takes a message out of the connection's quota and its site's, and gives
// how long to wait behind it.
func (k *conn) claim(now time.Time, bytes int, siteQuota *quota) (wait time.Duration, code wire.CloseCode) {
	wait, over := claim(now, k.c.cfg.MaxThrottle, 1, bytes, &k.quota, siteQuota)
	if over != "" {
		return 0, k.over(over)
	}
	return wait, 0
}

// over ends a connection that is over a limit: its frame has no ack, so the
// tracker sends it again later.
func (k *conn) over(limit string) wire.CloseCode {
	k.c.metrics.result(resultRate)
	k.c.metrics.limited(limit)
	return wire.CloseRate
}

// pause slows a tracker down that is over its quota, or its site's.
func (k *conn) pause(ctx context.Context, wait time.Duration) wire.CloseCode {
	if wait == 0 {
		return 0
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-k.c.drain:
	case <-ctx.Done():
		return k.gone()
	}
	k.deadline = time.Time{}
	return 0
}

// flight is one frame on its way into the log. Flights are used again, and
// with them the function that the log calls, so that a frame costs no garbage.
type flight struct {
	k     *conn
	n     uint64
	size  int
	start time.Time
	err   error // the log's answer
	done  func(error)
}

func newFlight() any {
	f := new(flight)
	f.done = f.answered
	return f
}

// takeOff numbers a frame that goes to the log.
func (k *conn) takeOff(size int, start time.Time) func(error) {
	k.c.appends.add()
	f := k.c.flights.Get().(*flight)
	f.k, f.size, f.start = k, size, start
	k.mu.Lock()
	k.flying++
	k.window.bytes += size
	f.n = k.window.open()
	k.mu.Unlock()
	return f.done
}

func (k *conn) landed() {
	k.mu.Lock()
	k.flying--
	k.mu.Unlock()
	k.moved()
	k.c.appends.done()
}

// answered is called by the log, once, and must not block. A scribe does what
// is to be done, for it writes the ack at the same go: a connection's memory is
// cold by now, and to look at it twice costs more than what is done there.
func (f *flight) answered(err error) {
	f.err = err
	f.k.c.scribes.add(task{flight: f})
}

// land takes the log's answer in and tells whether there is something to write,
// which is then its caller's to do.
func (f *flight) land(now time.Time) (k *conn, write bool) {
	k, n, size, start, err := f.k, f.n, f.size, f.start, f.err
	c := k.c
	f.k, f.err = nil, nil
	c.flights.Put(f)
	switch {
	case err == nil:
		c.metrics.stored.Inc()
		c.metrics.ack.Observe(now.Sub(start).Seconds())
		write = k.settle(n, size)
	case errors.Is(err, eventlog.ErrTooLarge):
		c.metrics.result(string(wire.ReasonTooLarge))
		text := wire.AppendRefuse(nil, wire.Refuse{N: n, Reason: wire.ReasonTooLarge})
		k.mu.Lock()
		k.out.texts = append(k.out.texts, text)
		k.mu.Unlock()
		write = k.settle(n, size)
	default:
		k.interrupt(k.notTaken(err))
		k.landed()
		return k, false
	}
	c.appends.done()
	return k, write
}
