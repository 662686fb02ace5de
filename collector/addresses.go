package collector

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

// addresses meters what single client addresses take of a site. It knows them by a
// hash that means nothing outside of this process, and forgets each when it may take
// as much as at first.
type addresses struct {
	perSecond float64 // 0: no limit
	burst     int
	seed      maphash.Seed

	mu      sync.Mutex
	meters  map[uint64]*meter
	sweepAt int // meters, at which those that are full are looked for
}

// leastSweep is how many meters are no reason to look.
const leastSweep = 1024

func newAddresses(perSecond float64, burst int) *addresses {
	return &addresses{perSecond: perSecond, burst: burst, seed: maphash.MakeSeed(), meters: map[uint64]*meter{}, sweepAt: leastSweep}
}

// take takes n out of an address's share of a site. Clients whose address is not
// known share one.
func (a *addresses) take(now time.Time, siteID string, addr netip.Addr, n int) (ok bool) {
	if a.perSecond <= 0 {
		return true
	}
	_, ok = a.of(now, siteID, addr).take(now, n, 0)
	return ok
}

// takeDown is take with patience, also of more than there can ever be at once, which
// is owed then: see meter.
func (a *addresses) takeDown(now time.Time, siteID string, addr netip.Addr, n int, patience time.Duration) (wait time.Duration, ok bool) {
	if a.perSecond <= 0 {
		return 0, true
	}
	return a.of(now, siteID, addr).takeDown(now, n, patience)
}

// giveBack undoes take and takeDown.
func (a *addresses) giveBack(now time.Time, siteID string, addr netip.Addr, n int) {
	if a.perSecond > 0 {
		a.of(now, siteID, addr).giveBack(n)
	}
}

func (a *addresses) of(now time.Time, siteID string, addr netip.Addr) *meter {
	key := maphash.Comparable(a.seed, struct {
		site string
		from netip.Prefix
	}{siteID, network(addr)})
	a.mu.Lock()
	defer a.mu.Unlock()
	m := a.meters[key]
	if m == nil {
		a.sweep(now)
		m = new(meter)
		m.set(a.perSecond, a.burst)
		a.meters[key] = m
	}
	return m
}

// sweep forgets meters that are full, when there are twice as many as the last time.
func (a *addresses) sweep(now time.Time) {
	if len(a.meters) < a.sweepAt {
		return
	}
	for key, m := range a.meters {
		if m.isFull(now) {
			delete(a.meters, key)
		}
	}
	a.sweepAt = max(leastSweep, 2*len(a.meters))
}

// network is what counts as one address: who has one IPv6 address has 2⁶⁴ of them.
// It is not valid where the address is not.
func network(addr netip.Addr) netip.Prefix {
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}
