package sitesource

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"hindsight/internal/site"
)

// server answers like the API, as it is told.
type server struct {
	mu     sync.Mutex
	status int
	body   string
	asked  chan struct{}
}

func (s *server) set(status int, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status, s.body = status, body
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	status, body := s.status, s.body
	s.mu.Unlock()
	if r.URL.Path != "/api/v1/collector/sites" || r.Header.Get("Authorization") != "Bearer hunter2" {
		status = http.StatusUnauthorized
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
	select {
	case s.asked <- struct{}{}:
	default:
	}
}

func serve(t *testing.T) (*server, string) {
	t.Helper()
	s := &server{asked: make(chan struct{}, 1)}
	ts := httptest.NewServer(s)
	t.Cleanup(ts.Close)
	return s, ts.URL
}

func sitesBody(t *testing.T, sites ...site.Site) string {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"sites": append([]site.Site{}, sites...)})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// polled waits until an answer as set now has been learnt: of four polls the
// first may have been waiting here for long, the second may have read the answer
// before it was set, and when the fourth begins the third is over.
func polled(t *testing.T, s *server) {
	t.Helper()
	for range 4 {
		select {
		case <-s.asked:
		case <-time.After(time.Minute):
			t.Fatal("the API is not asked any more")
		}
	}
}

func TestTheLastGoodAnswerOutlivesOutagesAndRestarts(t *testing.T) {
	api, url := serve(t)
	shop := site.New("Shop", "https://shop.example")
	shop.Consent = site.ModeImplied
	file := filepath.Join(t.TempDir(), "sites.json")
	core, logs := observer.New(zap.DebugLevel)
	cfg := Config{URL: url + "/", Token: "hunter2", File: file, Every: 5 * time.Millisecond}

	api.set(http.StatusServiceUnavailable, "")
	s := New(cfg, zap.New(core))
	if err := s.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	if s.Ready() == nil {
		t.Error("ready without any site")
	}
	api.set(http.StatusOK, sitesBody(t, shop))
	polled(t, api)
	if got, ok := s.Site(shop.Key); !ok || got.ID != shop.ID || got.Consent != site.ModeImplied || !got.AllowsOrigin("https://shop.example") {
		t.Fatalf("%+v, %v", got, ok)
	}
	if _, ok := s.Site("no such key"); ok {
		t.Error("a site for a key that nobody has")
	}

	for _, outage := range []struct {
		status int
		body   string
	}{{503, ""}, {200, "<html>"}, {200, "{}"}, {401, ""}} {
		api.set(outage.status, outage.body)
		polled(t, api)
		if _, ok := s.Site(shop.Key); !ok || s.Ready() != nil || s.Fresh() == nil {
			t.Errorf("%d %q: known %v, %v, %v", outage.status, outage.body, ok, s.Ready(), s.Fresh())
		}
	}
	s.Stop()

	again := New(cfg, zap.NewNop())
	if err := again.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	defer again.Stop()
	if _, ok := again.Site(shop.Key); !ok || again.Ready() != nil {
		t.Error("a restart during the outage forgets the sites")
	}
	// A deleted site goes with the next good answer.
	api.set(http.StatusOK, sitesBody(t))
	polled(t, api)
	if _, ok := again.Site(shop.Key); ok || again.Ready() != nil || again.Fresh() != nil {
		t.Error("a site that is gone is still there")
	}
	for _, entry := range logs.All() {
		line := entry.Message
		for _, field := range entry.ContextMap() {
			if text, ok := field.(string); ok {
				line += " " + text
			}
		}
		if strings.Contains(line, "hunter2") {
			t.Errorf("the token is logged: %s", line)
		}
	}
}

func TestAFileThatCannotBeReadIsNoSite(t *testing.T) {
	api, url := serve(t)
	api.set(http.StatusServiceUnavailable, "")
	s := New(Config{URL: url, Token: "hunter2", File: t.TempDir()}, zap.NewNop()) // a directory
	if err := s.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	if s.Ready() == nil {
		t.Error("ready without any site")
	}
}
