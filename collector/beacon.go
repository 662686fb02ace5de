package collector

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"hindsight/internal/eventlog"
	"hindsight/internal/seal"
	"hindsight/internal/site"
	"hindsight/internal/wire"
)

// serveBatch takes frames by POST: the last bytes of a page, and everything
// where WebSockets are blocked.
func (c *Collector) serveBatch(w http.ResponseWriter, r *http.Request) {
	if !c.beacons.add() {
		fail(w, http.StatusServiceUnavailable, "unavailable", "the collector is stopping", retryLog)
		return
	}
	defer c.beacons.done()
	s, ok := c.enter(w, r, c.metrics.result)
	if !ok {
		return
	}
	c.takeBeacon(w, r, &s)
}

// enter judges a request by its method, site and origin, and answers one that
// goes no further; so it does with a preflight. count is told why a POST was
// turned away.
func (c *Collector) enter(w http.ResponseWriter, r *http.Request, count func(result string)) (site.Site, bool) {
	w.Header().Set("Vary", "Origin")
	if r.Method != http.MethodPost && r.Method != http.MethodOptions {
		w.Header().Set("Allow", "POST, OPTIONS")
		fail(w, http.StatusMethodNotAllowed, "method", "only POST is served here", 0)
		return site.Site{}, false
	}
	origin := r.Header.Get("Origin")
	s, code := c.admit(r.URL.Query().Get("site"), origin)
	if code == 0 || code == wire.CloseSiteClosed {
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Access-Control-Expose-Headers", welcomeHeader+", Retry-After")
	}
	if code != 0 && r.Method == http.MethodPost {
		count(code.Name())
	}
	switch code {
	case wire.CloseComeBack:
		fail(w, http.StatusServiceUnavailable, "unavailable", "the sites are not known yet", retryLog)
		return site.Site{}, false
	case wire.CloseUnknownSite:
		fail(w, http.StatusNotFound, "unknown_site", "no site has this key", 0)
		return site.Site{}, false
	case wire.CloseOrigin:
		c.tellForeign(s.ID, origin)
		fail(w, http.StatusForbidden, "origin", "the page's origin is not one of the site's", 0)
		return site.Site{}, false
	case wire.CloseSiteClosed:
		fail(w, http.StatusForbidden, "site_closed", "the site takes nothing in at the moment", 0)
		return site.Site{}, false
	}
	if r.Method == http.MethodOptions {
		h := w.Header()
		h.Set("Access-Control-Allow-Methods", "POST")
		h.Set("Access-Control-Allow-Headers", "Content-Type")
		h.Set("Access-Control-Max-Age", "86400")
		w.WriteHeader(http.StatusNoContent)
		return site.Site{}, false
	}
	return s, true
}

// welcomeHeader is what a page that sends by POST has of the welcome: an
// answer without a body has room for it, too.
const welcomeHeader = "Hindsight-Welcome"

const (
	retryLog  = 5 * time.Second
	retryRate = 10 * time.Second
)

// takeBeacon reads the body, hands its frames to the log and waits for it. The
// page may be gone by now: the request's end cancels nothing.
func (c *Collector) takeBeacon(w http.ResponseWriter, r *http.Request, s *site.Site) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), c.cfg.BeaconWait)
	defer cancel()
	// A server without deadlines (HTTP/1 has them) would only be more patient.
	body := http.NewResponseController(w)
	_ = body.SetReadDeadline(time.Now().Add(c.cfg.Idle))
	var slow atomic.Bool
	heedDrain := c.whenDraining(func() { _ = body.SetReadDeadline(time.Now().Add(c.cfg.Linger)) })
	buf, err := c.buffers.read(ctx, r.Body, classOf(int(max(r.ContentLength, 0))), func() {
		slow.Store(true)
		_ = body.SetReadDeadline(time.Unix(1, 0))
	})
	heedDrain()
	defer func() { c.buffers.put(buf) }()
	switch {
	case err != nil && c.stopping.Load():
		c.busy(w)
		return
	case err != nil && (slow.Load() || errors.Is(err, os.ErrDeadlineExceeded)):
		c.metrics.result(resultRate)
		fail(w, http.StatusTooManyRequests, "rate", "the body came too slowly", retryRate)
		return
	case errors.Is(err, errTooLarge) || (err == nil && len(buf.data) > wire.MaxFrame):
		c.metrics.result(string(wire.ReasonTooLarge))
		fail(w, http.StatusRequestEntityTooLarge, "too_large", "the body is over 900000 bytes", 0)
		return
	case err != nil && ctx.Err() != nil:
		c.busy(w)
		return
	case err != nil:
		c.metrics.result(string(wire.ReasonMalformed))
		fail(w, http.StatusBadRequest, "malformed", "the body could not be read", 0)
		return
	}
	c.metrics.bytes.Add(float64(len(buf.data)))
	now := c.deps.Now()
	parts := splitBeacon(buf.data)
	addr := clientAddr(r, c.cfg.TrustedProxies)
	if over := c.claimBeacon(s.ID, addr, parts, len(buf.data)); over != "" {
		c.metrics.result(resultRate)
		c.metrics.limited(over)
		fail(w, http.StatusTooManyRequests, "rate", "the site, or this address of it, sends too much", retryRate)
		return
	}
	b := beacon{c: c, site: s, agent: r.UserAgent(), now: now, waiting: 1, settled: make(chan struct{})}
	for i := range parts {
		p := &parts[i]
		if p.reason == "" {
			p.reason = judgeHeader(&p.header, s, now)
		}
		if p.reason != "" {
			c.metrics.result(string(p.reason))
			b.refuse(uint64(i+1), p.reason)
			continue
		}
		var room [seal.Size]byte
		sealed := c.deps.Sealer.Seal(room[:0], addr, seal.Binding{Site: s.ID, Document: p.header.Document, Sequence: p.header.Sequence})
		if err := b.append(ctx, uint64(i+1), p, sealed); err != nil {
			break
		}
	}
	b.answer(ctx, w, parts)
}

// whenDraining calls do, from another goroutine, when the collector begins to
// stop before the returned function is called; after that it does not.
func (c *Collector) whenDraining(do func()) (over func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-c.drain:
			do()
		case <-done:
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

// claimBeacon takes a body out of its site's quota and its address's; over is the
// limit that it would break.
func (c *Collector) claimBeacon(siteID string, addr netip.Addr, parts []beaconPart, size int) (over string) {
	now, all := time.Now(), c.quotas.of(siteID)
	if _, over = claim(now, 0, len(parts), size, nil, all); over != "" {
		return over
	}
	unpaid, beyond := 0, 0
	for i := range parts {
		if parts[i].reason == "" {
			unpaid += beyondPaid(&parts[i].header)
			beyond += beyondOrdinary(&parts[i].header)
		}
	}
	if beyond == 0 {
		return ""
	}
	if _, over = c.quotas.claimInflated(now, 0, siteID, addr, unpaid, beyond); over != "" {
		all.giveBack(len(parts), size)
	}
	return over
}

func (c *Collector) busy(w http.ResponseWriter) {
	fail(w, http.StatusServiceUnavailable, "unavailable", "the log cannot take it now", retryLog)
}

// beaconPart is one frame of a beacon's body.
type beaconPart struct {
	header wire.Header
	frame  []byte
	reason wire.Reason // why it is refused already; "" when it is not
}

// splitBeacon cuts a body into its frames. From a frame on whose end cannot be
// known everything is one malformed part.
func splitBeacon(body []byte) []beaconPart {
	var parts []beaconPart
	for len(body) > 0 {
		h, frame, rest, err := wire.NextFrame(body)
		parts = append(parts, beaconPart{h, frame, wire.ReasonOf(err)})
		body = rest
	}
	return parts
}

// beacon gathers what becomes of the frames of one body.
type beacon struct {
	c     *Collector
	site  *site.Site
	agent string
	now   time.Time

	mu      sync.Mutex
	refused []wire.Refuse
	failed  error
	waiting int           // frames the log has not answered for, and one for answer
	settled chan struct{} // closed at 0
}

func (b *beacon) append(ctx context.Context, n uint64, p *beaconPart, sealed []byte) error {
	start := time.Now()
	record := eventlog.Record{
		Site: b.site.ID, Session: p.header.Session, Document: p.header.Document, Sequence: p.header.Sequence,
		Consent: uint8(p.header.Consent), Received: b.now, Via: eventlog.ViaBeacon, Agent: b.agent,
		Address: sealed, Frame: p.frame,
	}
	b.mu.Lock()
	b.waiting++
	b.mu.Unlock()
	b.c.appends.add()
	done := func(err error) {
		defer b.c.appends.done()
		if err == nil {
			b.c.metrics.stored.Inc()
			b.c.metrics.ack.Observe(time.Since(start).Seconds())
		}
		b.land(n, err)
	}
	if err := b.c.deps.Log.Append(ctx, &record, done); err != nil {
		done(err)
		return err
	}
	return nil
}

// land notes what became of frame n; n is 0 for answer itself.
func (b *beacon) land(n uint64, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case errors.Is(err, eventlog.ErrTooLarge):
		b.c.metrics.result(string(wire.ReasonTooLarge))
		b.refused = append(b.refused, wire.Refuse{N: n, Reason: wire.ReasonTooLarge})
	case err != nil:
		b.c.metrics.result(resultNotTaken)
		b.failed = err
	}
	if b.waiting--; b.waiting == 0 {
		close(b.settled)
	}
}

func (b *beacon) refuse(n uint64, reason wire.Reason) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refused = append(b.refused, refusal(n, reason, b.now))
}

// answer waits for the log and tells the page.
func (b *beacon) answer(ctx context.Context, w http.ResponseWriter, parts []beaconPart) {
	b.land(0, nil)
	select {
	case <-b.settled:
	case <-b.c.force:
	case <-ctx.Done():
	}
	// Not held while the answer is written: the log's goroutines need it.
	b.mu.Lock()
	failed, waiting, refused := b.failed, b.waiting, b.refused
	b.mu.Unlock()
	welcome := func() {
		w.Header().Set(welcomeHeader, string(wire.AppendTerms(nil, b.site.SampleRate, string(b.site.Consent))))
	}
	switch {
	case failed != nil || waiting > 0:
		b.c.logGaveUp(b.site.ID, errors.Join(failed, ctx.Err()))
		b.c.busy(w)
	case !anyReadable(parts):
		kind := wire.ReasonMalformed
		if len(parts) > 0 {
			kind = parts[0].reason // counted when it was judged
		} else {
			b.c.metrics.result(string(kind))
		}
		fail(w, http.StatusBadRequest, string(kind), "nothing of the body could be read as a frame", 0)
	case len(refused) == 0:
		welcome()
		w.WriteHeader(http.StatusNoContent)
	default:
		welcome()
		w.Header().Set("Content-Type", "application/json")
		out := []byte(`{"refused":[`)
		for i, refuse := range refused {
			if i > 0 {
				out = append(out, ',')
			}
			out = refuse.AppendJSON(out)
		}
		// A client that is gone cannot be told anything.
		_, _ = w.Write(append(out, `]}`...))
	}
}

// anyReadable tells whether one part at least was a frame of this version.
func anyReadable(parts []beaconPart) bool {
	for _, p := range parts {
		if p.reason != wire.ReasonMalformed && p.reason != wire.ReasonVersion {
			return true
		}
	}
	return false
}
