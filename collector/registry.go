package collector

import (
	"sync"

	"hindsight/internal/wire"
)

// registry knows the open connections, bounds their number, and is where Stop
// finds them.
type registry struct {
	max, perSite int
	tally        tally
	mu           sync.Mutex
	conns        map[*conn]struct{}
	sites        map[string]int
}

func newRegistry(limit, perSite int) *registry {
	return &registry{max: limit, perSite: perSite, conns: make(map[*conn]struct{}), sites: make(map[string]int)}
}

// full tells whether no connection at all can be added.
func (r *registry) full() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.max > 0 && len(r.conns) >= r.max
}

// add takes a connection in. The code is 0, or the one to close it with when
// its site has too many or the collector stops.
func (r *registry) add(k *conn, siteID string) wire.CloseCode {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.perSite > 0 && r.sites[siteID] >= r.perSite {
		return wire.CloseRate
	}
	if !r.tally.add() {
		return wire.CloseComeBack
	}
	r.sites[siteID]++
	r.conns[k] = struct{}{}
	return 0
}

func (r *registry) remove(k *conn, siteID string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, k)
	if r.sites[siteID]--; r.sites[siteID] == 0 {
		delete(r.sites, siteID)
	}
	r.tally.done()
}

func (r *registry) each(do func(*conn)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k := range r.conns {
		do(k)
	}
}
