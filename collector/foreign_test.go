package collector

import (
	"errors"
	"hindsight/internal/site"
	"hindsight/internal/wire"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestPrintableOriginHoldsNoAddress(t *testing.T) {
	for origin, want := range map[string]string{
		"https://shop.example":       "https://shop.example",
		"http://localhost:3000":      "http://localhost:3000",
		"http://203.0.113.9:8080":    "http://(an IP address)",
		"http://[2001:db8::1]":       "http://(an IP address)",
		"":                           "(none)",
		"null":                       "(no origin)",
		"https://a.example/path?q=1": "https://a.example",
	} {
		if got := printableOrigin(origin); got != want {
			t.Errorf("%q is logged as %q, want %q", origin, got, want)
		}
	}
}

// unsure is a source that never had an answer.
type unsure struct{}

func (unsure) Site(string) (site.Site, bool) { return site.Site{}, false }
func (unsure) Ready() error                  { return errors.New("no sites are known") }

// A tracker gives up for good where its site is unknown: that must not be said by a collector that knows no site.
func TestSitesNotKnownYet(t *testing.T) {
	c := New(Config{}, Deps{Sites: unsure{}})
	if _, code := c.admit("key", "https://shop.example"); code != wire.CloseComeBack || !code.MayReconnect() {
		t.Errorf("close code %d", code)
	}
	answer := httptest.NewRecorder()
	request := httptest.NewRequest(http.MethodPost, "/v1/batch?site=key", strings.NewReader("x"))
	c.Handler().ServeHTTP(answer, request)
	if answer.Code != http.StatusServiceUnavailable || answer.Header().Get("Retry-After") == "" {
		t.Errorf("a beacon is answered by %d", answer.Code)
	}
}
