package collector

import (
	"bytes"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"hindsight/internal/wire"
	"hindsight/internal/wire/wiretest"
)

// heavy is the first frame of a recorded page of 5,000 elements, for a document of
// the rig's day.
func (g *rig) heavy() []byte {
	g.t.Helper()
	recorded, err := wiretest.Recorded("heavy")
	if err != nil {
		g.t.Fatal(err)
	}
	frame := bytes.Clone(recorded[0])
	h, err := wire.ParseHeader(frame)
	if err != nil || inflated(&h) < 3*ordinaryInflated {
		g.t.Fatalf("a page of %d bytes, %v", inflated(&h), err)
	}
	session, document := wire.NewSessionID(wire.DayOf(g.now())), wire.NewDocumentID()
	const consentAt, sessionAt, documentAt = 4, 8, 24 // docs/wire-protocol.md, section 3
	frame[consentAt] = byte(wire.ConsentImplied)
	copy(frame[sessionAt:], session[:])
	copy(frame[documentAt:], document[:])
	wire.SetSentAt(frame, float64(g.now().UnixMilli()))
	return frame
}

// One address cannot have much inflated that it did not send, by however many
// connections and bodies; others of its site can, and it can at another site.
func TestInflatedOfAnAddress(t *testing.T) {
	g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) { c.TrustedProxies = []netip.Prefix{loopback} })
	g.quotas.inflaters = newAddresses(1e-3, 3<<20) // and no more today
	other := testSite()
	other.Key, other.ID = "other", "site-2"
	g.sites.set(other)
	post := func(key, from string) int {
		return g.request(t, http.MethodPost, key, testOrigin, g.bomb(1, 2<<20), http.Header{"X-Forwarded-For": {from}}).StatusCode
	}
	connect := func(from string) *client {
		c := g.dialFrom(from)
		c.greet()
		return c
	}
	const greedy, neighbour = "2001:db8:1:2::1", "2001:db8:1:3::1"
	c := connect(greedy)
	c.send(g.bomb(1, 2<<20))
	c.ack(1)
	c.send(g.bomb(2, 2<<20))
	c.closed(wire.CloseRate)
	again := connect("2001:db8:1:2:ffff::9") // the same network
	again.send(g.bomb(1, 2<<20))
	again.closed(wire.CloseRate)
	if got := post(testKey, greedy); got != http.StatusTooManyRequests {
		t.Errorf("a beacon beyond it: %d", got)
	}
	honest := connect(neighbour)
	honest.send(g.bomb(1, 2<<20))
	honest.ack(1)
	if got := post(testKey, "203.0.113.7"); got != http.StatusNoContent {
		t.Errorf("another address: %d", got)
	}
	if got := post(other.Key, greedy); got != http.StatusNoContent {
		t.Errorf("another site: %d", got)
	}
	if n := counter(g.metrics.limits, limitAddressInflated); n != 3 {
		t.Errorf("counted %v times", n)
	}
}

// An office of hundreds that looks at large pages never meets that limit: what a page
// inflates to is less than sixteen times what is sent of it.
func TestInflatedOfAnOffice(t *testing.T) {
	g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) { c.MaxThrottle = time.Millisecond })
	g.quotas.inflaters = newAddresses(1e-3, 1) // nothing that is counted passes twice
	for range 10 {
		c := g.connect()
		for i := range uint64(30) { // 70 MB of all
			c.send(g.heavy())
			c.ack(i + 1)
		}
	}
	if n := len(g.quotas.inflaters.meters); n != 0 {
		t.Error("a page that was recorded counts as one that inflates too much")
	}
}

// A frame of which more is unpaid than may come at once is taken, and owed.
func TestInflatedBeyondTheBurstIsOwed(t *testing.T) {
	g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) { c.AddressInflated = 64 << 10 })
	c := g.connect()
	c.send(g.bomb(1, 12<<20)) // sixteen seconds' worth is 1 MiB
	c.ack(1)
	c.send(g.bomb(2, 1<<20))
	c.closed(wire.CloseRate)
	honest := g.connect() // of the same address
	honest.send(g.heavy())
	honest.ack(1)
}

// What the site refuses is not taken out of the address's share.
func TestInflatedIsGivenBack(t *testing.T) {
	g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) { c.SiteInflated = 1 })
	now, at := time.Now(), netip.MustParseAddr("203.0.113.7")
	if _, ok := g.quotas.of("site-1").inflated.takeDown(now, 2*maxInflated, 0); !ok {
		t.Fatal("the site's share was taken before")
	}
	g.quotas.inflaters = newAddresses(1e-3, 10)
	for range 3 {
		if _, over := g.quotas.claimInflated(now, 0, "site-1", at, 10, 10); over != limitSiteInflated {
			t.Fatalf("over %q", over)
		}
	}
	if _, ok := g.quotas.inflaters.takeDown(now, "site-1", at, 10, 0); !ok {
		t.Error("the address has paid for what was refused")
	}
}
