package collector

import (
	"net/netip"
	"sync"

	"hindsight/internal/wire"
)

// registry knows the open connections, bounds their number, and is where Stop
// finds them.
type registry struct {
	max, perSite, perAddress int

	tally     tally
	mu        sync.Mutex
	conns     map[*conn]struct{}
	sites     map[string]int
	addresses map[netip.Prefix]int // empty without a limit; an address is forgotten with its last connection
}

func newRegistry(limit, perSite, perAddress int) *registry {
	return &registry{max: limit, perSite: perSite, perAddress: perAddress,
		conns: make(map[*conn]struct{}), sites: make(map[string]int), addresses: make(map[netip.Prefix]int)}
}

// full tells whether no connection at all can be added.
func (r *registry) full() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.max > 0 && len(r.conns) >= r.max
}

// add takes a connection in. The code is 0, or the one to close it with when
// the collector stops, or when its site or address has too many: then over is
// that limit.
func (r *registry) add(k *conn, siteID string) (code wire.CloseCode, over string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.perSite > 0 && r.sites[siteID] >= r.perSite {
		return wire.CloseRate, limitSiteConnections
	}
	from, counted := r.from(k.addr)
	if counted && r.addresses[from] >= r.perAddress {
		return wire.CloseRate, limitAddressConnections
	}
	if !r.tally.add() {
		return wire.CloseComeBack, ""
	}
	if counted {
		r.addresses[from]++
	}
	r.sites[siteID]++
	r.conns[k] = struct{}{}
	return 0, ""
}

// from is the address that a connection counts for, if it does.
func (r *registry) from(addr netip.Addr) (netip.Prefix, bool) {
	from := network(addr)
	return from, r.perAddress > 0 && from.IsValid()
}

func (r *registry) remove(k *conn, siteID string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, k)
	decrease(r.sites, siteID)
	if from, counted := r.from(k.addr); counted {
		decrease(r.addresses, from)
	}
	r.tally.done()
}

func decrease[K comparable](counts map[K]int, key K) {
	if counts[key]--; counts[key] <= 0 {
		delete(counts, key)
	}
}

func (r *registry) each(do func(*conn)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k := range r.conns {
		do(k)
	}
}
