package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"hindsight/api"
	"hindsight/internal/site"
	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

const adminToken = "bootstrap-token-of-the-tests"

// testNow is the API's clock.
var testNow = time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)

// rig is the API over a real engine, behind a real HTTP server. Every answer
// that a test gets is held against openapi.yaml.
type rig struct {
	t        *testing.T
	api      *api.API
	store    *store.Store
	url      string
	site     site.Site
	contract *contract
	logs     *observer.ObservedLogs
	metrics  *prometheus.Registry
	clock    *time.Time
}

func newRig(t *testing.T) *rig {
	t.Helper()
	ctx := context.Background()
	core, logs := observer.New(zap.DebugLevel)
	now := testNow
	r := &rig{t: t, store: storetest.Open(t), contract: loadContract(t), logs: logs, metrics: prometheus.NewRegistry(), clock: &now}
	server := httptest.NewUnstartedServer(nil)
	r.url = "http://" + server.Listener.Addr().String()
	var err error
	r.api, err = api.New(api.Config{
		PublicURL: r.url, AdminToken: adminToken, Refresh: 20 * time.Millisecond, Now: func() time.Time { return *r.clock },
	}, r.store, zap.New(core), r.metrics)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.api.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.api.Stop)
	server.Config.Handler = r.api.Handler()
	server.Start()
	t.Cleanup(server.Close)
	r.site, err = r.api.EnsureSite(ctx, api.SiteSeed{Key: "first-key", Name: "First", Origins: []string{"https://shop.example"}, Consent: site.ModeImplied})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// problem is the name of the problem, "" when the answer is none.
func (a answer) problem() string {
	var p struct{ Type string }
	_ = json.Unmarshal(a.body, &p) // no JSON: no problem
	return strings.TrimPrefix(p.Type, "urn:hindsight:problem:")
}

// call asks by the given headers ("Name: value") alone, and checks the answer.
func (r *rig) call(method, path, body string, headers ...string) answer {
	r.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, r.url+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		request.Header.Set(name, value)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	media, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	bare, _, _ := strings.Cut(path, "?")
	if response.Header.Get("Content-Encoding") == "" {
		if err := r.contract.check(method, bare, response.StatusCode, media, raw); err != nil {
			r.t.Errorf("%s %s: the answer is not as described: %v\n%s", method, path, err, raw)
		}
	}
	return answer{response.StatusCode, response.Header, raw}
}

const asAdmin = "Authorization: Bearer " + adminToken

// get asks as an administrator and decodes the answer.
func (r *rig) get(path string, into any) {
	r.t.Helper()
	r.decode(r.call("GET", path, "", asAdmin), 200, into)
}

// change sends as an administrator and decodes the answer.
func (r *rig) change(method, path, body string, status int, into any) {
	r.t.Helper()
	r.decode(r.call(method, path, body, asAdmin), status, into)
}

func (r *rig) decode(a answer, status int, into any) {
	r.t.Helper()
	if a.status != status {
		r.t.Fatalf("%d, want %d: %s", a.status, status, a.body)
	}
	if into == nil {
		return
	}
	if err := json.NewDecoder(bytes.NewReader(a.body)).Decode(into); err != nil {
		r.t.Fatalf("%v in %s", err, a.body)
	}
}

// sitePath is an address below the rig's site.
func (r *rig) sitePath(rest string) string { return "/sites/" + r.site.ID + rest }

// write stores records and derives from them.
func (r *rig) write(records ...*store.Record) {
	r.t.Helper()
	ctx := context.Background()
	rejected, err := r.store.Write(ctx, records)
	if err != nil || len(rejected) > 0 {
		r.t.Fatalf("%v, %d rejected", err, len(rejected))
	}
	r.derive()
}

func (r *rig) derive() {
	r.t.Helper()
	deriver := store.NewDeriver(r.store, store.DeriverConfig{}, zap.NewNop(), prometheus.NewRegistry())
	for more := true; more; {
		var err error
		if more, err = deriver.Round(context.Background()); err != nil {
			r.t.Fatal(err)
		}
	}
}

// readAll fails when the answer breaks off.
func readAll(url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+adminToken)
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	return io.ReadAll(response.Body)
}
