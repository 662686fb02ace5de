package collector

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"hindsight/internal/eventlog"
)

const visitorID = "0123456789abcdef0123456789abcdef"

func (g *rig) postErase(key, origin, body string) *http.Response {
	g.t.Helper()
	request, err := http.NewRequest(http.MethodPost, g.server.URL+"/v1/erase?site="+key, strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	request.Header.Set("Origin", origin)
	request.Header.Set("Content-Type", "text/plain")
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
