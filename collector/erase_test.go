package collector

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"hindsight/internal/eventlog"
)

const visitorID = "0123456789abcdef0123456789abcdef"

func (g *rig) postErase(key, origin, body string) *http.Response {
	g.t.Helper()
	return g.postEraseFrom(key, origin, "", body)
}

// postEraseFrom comes through a proxy that names an address, if there is one.
func (g *rig) postEraseFrom(key, origin, from, body string) *http.Response {
	g.t.Helper()
	request, err := http.NewRequest(http.MethodPost, g.server.URL+"/v1/erase?site="+key, strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	request.Header.Set("Origin", origin)
	request.Header.Set("Content-Type", "text/plain")
	if from != "" {
		request.Header.Set("X-Forwarded-For", from)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		g.t.Fatal(err)
	}
	_ = response.Body.Close()
	return response
}

// The order lies in every partition of the real log when it is answered, behind
// what was acknowledged before.
func TestEraseIsInEveryPartition(t *testing.T) {
	log := startLog(t)
	g := newRig(t, log, nil)
	c := g.connect()
	c.send(g.frame(1, nil))
	c.ack(1)
	response := g.postErase(testKey, testOrigin, `{"visitor":"`+visitorID+`"}`)
	if response.StatusCode != http.StatusAccepted || response.Header.Get("Access-Control-Allow-Origin") != testOrigin {
		t.Fatalf("%d %v", response.StatusCode, response.Header)
	}
	sum := sha256.Sum256([]byte(visitorID))
	const partitions = 8 // of a log made by default
	seen := map[int]bool{}
	frameAt := -1
	for _, f := range log.fetch(t, partitions+1) {
		order, ok, err := eventlog.DecodeErasure(&f)
		if !ok {
			frameAt = f.Partition
			if seen[frameAt] {
				t.Errorf("the order lies before what was acknowledged before it, in partition %d", f.Partition)
			}
			continue
		}
		if err != nil || order.Site != "site-1" || string(order.Visitor[:]) != string(sum[:16]) || !order.Received.Equal(g.now()) {
			t.Errorf("partition %d: %+v, %v", f.Partition, order, err)
		}
		if _, err := eventlog.DecodeRecord(&f); err == nil {
			t.Error("an order is taken for a frame")
		}
		seen[f.Partition] = true
	}
	if len(seen) != partitions || frameAt < 0 {
		t.Errorf("orders in %d partitions, frame in %d", len(seen), frameAt)
	}
}

func TestEraseRefusals(t *testing.T) {
	log := newFaultyLog()
	g := newRig(t, log, func(cfg *Config, _ *Deps) { cfg.SiteFrames = 2 * eraseWeight / 5 })
	closed := testSite()
	closed.Key, closed.ID, closed.Closed = "closed", "site-2", true
	g.sites.set(closed)
	good := `{"visitor":"` + visitorID + `"}`
	for _, c := range []struct {
		name, key, origin, body string
		status                  int
	}{
		{"unknown site", "nosuch", testOrigin, good, 404},
		{"foreign origin", testKey, "https://evil.example", good, 403},
		{"closed site", "closed", testOrigin, good, 403},
	} {
		if got := g.postErase(c.key, c.origin, c.body).StatusCode; got != c.status {
			t.Errorf("%s: %d", c.name, got)
		}
	}
	other := testSite()
	for i, body := range []string{
		``, `{}`, `null`, `{"visitor":7}`, `{"visitor":"` + visitorID[1:] + `"}`, `{"visitor":"` + strings.ToUpper(visitorID) + `"}`,
		`{"visitor":"` + visitorID + `0"}`, good + good, strings.Repeat(" ", maxEraseBody+1) + good,
	} {
		other.Key, other.ID = "k"+string(rune('a'+i)), "s"+string(rune('a'+i)) // a quota of its own
		g.sites.set(other)
		if got := g.postErase(other.Key, testOrigin, body).StatusCode; got != http.StatusBadRequest {
			t.Errorf("%.60q: %d", body, got)
		}
	}
	if len(log.orders) != 0 {
		t.Fatalf("%d orders in the log", len(log.orders))
	}
	log.set(func(l *faultyLog) { l.err = errors.New("the log is away") })
	if r := g.postErase(testKey, testOrigin, good); r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" {
		t.Errorf("log away: %d", r.StatusCode)
	}
	log.set(func(l *faultyLog) { l.err = nil })
	if got := g.postErase(testKey, testOrigin, good).StatusCode; got != http.StatusAccepted {
		t.Errorf("good: %d", got)
	}
	if r := g.postErase(testKey, testOrigin, good); r.StatusCode != http.StatusTooManyRequests || r.Header.Get("Retry-After") == "" {
		t.Errorf("over the quota: %d", r.StatusCode)
	}
	if len(log.orders) != 1 || log.orders[0].Site != "site-1" {
		t.Errorf("orders %v", log.orders)
	}
	for result, want := range map[string]float64{"malformed": 9, "stored": 1, "rate": 1, "not_taken": 1, "unknown_site": 1, "origin": 1} {
		if got := testutil.ToFloat64(g.metrics.erasures.WithLabelValues(result)); got != want {
			t.Errorf("%s counted %v times, not %v", result, got, want)
		}
	}
	for _, entry := range g.logs.All() {
		if strings.Contains(entry.Message, visitorID) {
			t.Error("the visitor's id is in the log")
		}
		for _, f := range entry.Context {
			if strings.Contains(f.String, visitorID) {
				t.Error("the visitor's id is in the log")
			}
		}
	}
}

// More wishes than a site's visitors have are put off, in each site by itself.
func TestErasuresOfASiteAreBounded(t *testing.T) {
	log := newFaultyLog()
	g := newRig(t, log, func(cfg *Config, _ *Deps) { cfg.SiteErasures = 0.3 }) // three at once, the next one after seconds
	other := testSite()
	other.Key, other.ID = "other", "site-2"
	g.sites.set(other)
	good := `{"visitor":"` + visitorID + `"}`
	for range 5 { // what orders nothing takes nothing of it
		if got := g.postErase(testKey, testOrigin, "{}").StatusCode; got != http.StatusBadRequest {
			t.Fatal(got)
		}
	}
	for range 3 {
		if got := g.postErase(testKey, testOrigin, good).StatusCode; got != http.StatusAccepted {
			t.Fatal(got)
		}
	}
	if r := g.postErase(testKey, testOrigin, good); r.StatusCode != http.StatusTooManyRequests || r.Header.Get("Retry-After") == "" {
		t.Errorf("a fourth: %d", r.StatusCode)
	}
	if got := g.postErase(other.Key, testOrigin, good).StatusCode; got != http.StatusAccepted {
		t.Errorf("another site's: %d", got)
	}
	if n := counter(g.metrics.limits, limitSiteErasures); n != 1 || len(log.orders) != 4 {
		t.Errorf("counted %v, %d orders", n, len(log.orders))
	}
}

// One who asks again and again leaves their site's share to others: another address
// of the same site, and the same address at another site.
func TestErasuresOfAnAddressAreBounded(t *testing.T) {
	log := newFaultyLog()
	g := newRig(t, log, func(cfg *Config, _ *Deps) {
		cfg.SiteErasures = 1
		cfg.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	})
	// Two and five at once, and no more of them today.
	g.quotas.erasers = newAddresses(1e-6, 2)
	g.quotas.erasing["site-1"] = new(meter)
	g.quotas.erasing["site-1"].set(1e-6, 5)
	other := testSite()
	other.Key, other.ID = "other", "site-2"
	g.sites.set(other)
	ask := func(key, from string, want int) {
		t.Helper()
		if got := g.postEraseFrom(key, testOrigin, from, `{"visitor":"`+visitorID+`"}`).StatusCode; got != want {
			t.Errorf("%s at %s: %d, want %d", from, key, got, want)
		}
	}
	const greedy = "2001:db8:1:2::1"
	ask(testKey, greedy, http.StatusAccepted)
	ask(testKey, "2001:db8:1:2:ffff::9", http.StatusAccepted) // the same network
	for range 20 {
		ask(testKey, greedy, http.StatusTooManyRequests)
	}
	ask(testKey, "2001:db8:1:3::1", http.StatusAccepted)
	ask(testKey, "203.0.113.7", http.StatusAccepted)
	ask(other.Key, greedy, http.StatusAccepted)
	ask(testKey, "203.0.113.8", http.StatusAccepted)
	ask(testKey, "203.0.113.9", http.StatusTooManyRequests) // now the site's share is taken
	if address, site := counter(g.metrics.limits, limitAddressErasures), counter(g.metrics.limits, limitSiteErasures); address != 20 || site != 1 || len(log.orders) != 6 {
		t.Errorf("counted %v and %v, %d orders", address, site, len(log.orders))
	}
}

// What is turned away takes one frame of the site's share, not the twenty of an order.
func TestErasuresTurnedAwayCostLittle(t *testing.T) {
	g := newRig(t, newFaultyLog(), func(cfg *Config, _ *Deps) {
		cfg.SiteFrames = 10 // fifty at once
	})
	g.quotas.erasers = newAddresses(1e-6, 1)
	good := `{"visitor":"` + visitorID + `"}`
	if got := g.postErase(testKey, testOrigin, good).StatusCode; got != http.StatusAccepted {
		t.Fatal(got)
	}
	for range 10 {
		g.postErase(testKey, testOrigin, good)
	}
	if address, frames := counter(g.metrics.limits, limitAddressErasures), counter(g.metrics.limits, limitSiteFrames); address != 10 || frames != 0 {
		t.Errorf("%v turned away for the address, %v for the site's frames", address, frames)
	}
}

// An address is forgotten when it may take as much as at first, and is known by
// nothing that tells it.
func TestAddressesAreForgotten(t *testing.T) {
	a := newAddresses(1, 2)
	now := time.Unix(1000, 0)
	at := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}) }
	for i := range leastSweep {
		if !a.take(now, "site", at(i), 2) || a.take(now, "site", at(i), 1) {
			t.Fatalf("address %d does not have two", i)
		}
	}
	if !a.take(now.Add(time.Second), "site", at(0), 1) {
		t.Error("one does not come back in a second")
	}
	a.take(now.Add(2*time.Second+time.Millisecond), "site", at(leastSweep), 1)
	if n := len(a.meters); n != 2 {
		t.Errorf("%d addresses are known, want the last two", n)
	}
	if !newAddresses(0, 1).take(now, "site", at(0), 1000) {
		t.Error("no limit is one")
	}
}
