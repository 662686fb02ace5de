package collector

import (
	"net/netip"
	"sync"
	"time"

	"hindsight/internal/wire"
)

// quota is the rate at which someone may send. nil and the zero quota are no
// limit.
type quota struct {
	frames, bytes         meter
	frameLimit, byteLimit string // as the limits are counted
	inflated              meter  // bytes that frames declare to inflate to
}

func (q *quota) set(frames, bytes float64, frameLimit, byteLimit string) {
	q.frameLimit, q.byteLimit = frameLimit, byteLimit
	// Five seconds' worth at once is what a tracker sends that comes back with
	// everything it kept.
	if frames > 0 {
		q.frames.set(frames, max(int(frames*5), 1))
	}
	if bytes > 0 {
		q.bytes.set(bytes, max(int(bytes*5), wire.MaxMessage))
	}
}

// A few hundred bytes may inflate to as many kilobytes, which cost the processor
// what they would cost uncompressed. So what frames declare is counted: for a
// connection all of it, for a site what is beyond ordinaryInflated in a frame, for
// ordinary ones are bounded by their number. An address of many people sends much
// that inflates much, so for it only that counts which its sender did not pay for by
// bytes: pages inflate to 2 to 12 times theirs (docs/adr/0026-inflation-by-address.md).
const (
	ordinaryInflated     = 64 << 10
	ordinaryRatio        = 16
	maxInflated          = wire.MaxSignals + wire.MaxReplay // of one frame
	connInflatedBurst    = 16                               // seconds' worth: several first snapshots
	addressInflatedBurst = 16
	siteInflatedBurst    = 5
)

func (q *quota) setInflated(perSecond float64, burst int) {
	if perSecond > 0 {
		q.inflated.set(perSecond, max(int(perSecond*float64(burst)), maxInflated))
	}
}

// beyondOrdinary is what a frame's header declares for its site's quota.
func beyondOrdinary(h *wire.Header) int { return max(0, inflated(h)-ordinaryInflated) }

// beyondPaid is what a frame's header declares for the quota of its address.
func beyondPaid(h *wire.Header) int {
	size := wire.HeaderSize + int(h.Signals.Size) + int(h.Replay.Size)
	return max(0, inflated(h)-max(ordinaryInflated, ordinaryRatio*size))
}

func inflated(h *wire.Header) int { return int(h.Signals.Raw) + int(h.Replay.Raw) }

// claimInflated is claim for what a frame of this connection inflates to. The
// address's share comes before the site's, so that one cannot use up all of that.
func (k *conn) claimInflated(now time.Time, h *wire.Header) (wait time.Duration, over string) {
	c := k.c
	wait, ok := k.quota.inflated.take(now, inflated(h), c.cfg.MaxThrottle)
	if !ok {
		return 0, limitConnectionInflated
	}
	beyond := beyondOrdinary(h)
	if beyond == 0 {
		return wait, ""
	}
	more, over := c.quotas.claimInflated(now, c.cfg.MaxThrottle, k.site.ID, k.addr, beyondPaid(h), beyond)
	if over != "" {
		k.quota.inflated.giveBack(inflated(h))
		return 0, over
	}
	return max(wait, more), ""
}

// claimInflated takes unpaid bytes out of an address's share of a site, and beyond
// ones out of the site's.
func (q *quotas) claimInflated(now time.Time, patience time.Duration, siteID string, addr netip.Addr, unpaid, beyond int) (wait time.Duration, over string) {
	if unpaid > 0 {
		var ok bool
		if wait, ok = q.inflaters.takeDown(now, siteID, addr, unpaid, patience); !ok {
			return 0, limitAddressInflated
		}
	}
	all := q.of(siteID)
	if all == nil {
		return wait, ""
	}
	more, ok := all.inflated.takeDown(now, beyond, patience)
	if !ok {
		if unpaid > 0 {
			q.inflaters.giveBack(now, siteID, addr, unpaid)
		}
		return 0, limitSiteInflated
	}
	return max(wait, more), ""
}

// claim takes frames and bytes out of two quotas and gives how long to wait
// until they are due. If that is more than patience nothing is taken and over is
// the limit that it would break; else that is "".
func claim(now time.Time, patience time.Duration, frames, bytes int, own, site *quota) (wait time.Duration, over string) {
	wait, over = own.claim(now, patience, frames, bytes)
	if over != "" {
		return 0, over
	}
	more, over := site.claim(now, patience, frames, bytes)
	if over != "" {
		own.giveBack(frames, bytes)
		return 0, over
	}
	return max(wait, more), ""
}

func (q *quota) claim(now time.Time, patience time.Duration, frames, bytes int) (wait time.Duration, over string) {
	if q == nil {
		return 0, ""
	}
	wait, ok := q.frames.take(now, frames, patience)
	if !ok {
		return 0, q.frameLimit
	}
	more, ok := q.bytes.take(now, bytes, patience)
	if !ok {
		q.frames.giveBack(frames)
		return 0, q.byteLimit
	}
	return max(wait, more), ""
}

func (q *quota) giveBack(frames, bytes int) {
	if q != nil {
		q.frames.giveBack(frames)
		q.bytes.giveBack(bytes)
	}
}

// quotas holds one quota a site. Sites are few and known by key, so they stay.
type quotas struct {
	frames, bytes, inflated float64
	orders                  float64 // wishes to be erased a second
	inflaters               *addresses
	mu                      sync.Mutex
	sites                   map[string]*quota
	erasing                 map[string]*meter
	erasers                 *addresses
}

func newQuotas(cfg Config) *quotas {
	return &quotas{frames: cfg.SiteFrames, bytes: cfg.SiteBytes, inflated: cfg.SiteInflated, orders: cfg.SiteErasures,
		inflaters: newAddresses(cfg.AddressInflated, int(addressInflatedBurst*cfg.AddressInflated)),
		sites:     make(map[string]*quota), erasing: make(map[string]*meter), erasers: newAddresses(cfg.AddressErasures, atOnce(cfg.AddressErasures))}
}

// atOnce is how many wishes to be erased may come at once: ten seconds' worth.
func atOnce(perSecond float64) int { return max(int(10*perSecond), 1) }

// erase takes one wish to be erased out of an address's share and then of its site's,
// so that one address cannot have all of that; over is the limit that it would break.
func (q *quotas) erase(now time.Time, siteID string, addr netip.Addr) (over string) {
	if !q.erasers.take(now, siteID, addr, 1) {
		return limitAddressErasures
	}
	if q.orders <= 0 {
		return ""
	}
	q.mu.Lock()
	m := q.erasing[siteID]
	if m == nil {
		m = new(meter)
		m.set(q.orders, atOnce(q.orders))
		q.erasing[siteID] = m
	}
	q.mu.Unlock()
	if _, ok := m.take(now, 1, 0); !ok {
		q.erasers.giveBack(now, siteID, addr, 1)
		return limitSiteErasures
	}
	return ""
}

// of is nil where there is no limit.
func (q *quotas) of(siteID string) *quota {
	if q.frames <= 0 && q.bytes <= 0 && q.inflated <= 0 {
		return nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	got, ok := q.sites[siteID]
	if !ok {
		got = new(quota)
		got.set(q.frames, q.bytes, limitSiteFrames, limitSiteBytes)
		got.setInflated(q.inflated, siteInflatedBurst)
		q.sites[siteID] = got
	}
	return got
}
