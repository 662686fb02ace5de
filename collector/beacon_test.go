package collector

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"hindsight/internal/eventlog"
	"hindsight/internal/wire"
)

type beaconAnswer struct {
	*http.Response
	body    []byte
	Type    string        `json:"type"`
	Status  int           `json:"status"`
	Refused []wire.Refuse `json:"refused"`
}

func (g *rig) request(t *testing.T, method, key, origin string, body []byte, header http.Header) beaconAnswer {
	t.Helper()
	request, err := http.NewRequest(method, g.server.URL+"/v1/batch?site="+key, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	if origin != "" {
		request.Header.Set("Origin", origin)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	response, err := g.server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer := beaconAnswer{Response: response}
	if answer.body, err = io.ReadAll(response.Body); err != nil {
		t.Fatal(err)
	}
	if len(answer.body) > 0 {
		if err := json.Unmarshal(answer.body, &answer); err != nil {
			t.Fatalf("%s: %v", answer.body, err)
		}
	}
	if response.StatusCode >= 400 {
		if ct := response.Header.Get("Content-Type"); ct != "application/problem+json" || answer.Status != response.StatusCode || answer.Type == "" {
			t.Errorf("no problem document: %s %s", ct, answer.body)
		}
	}
	return answer
}

func (g *rig) post(t *testing.T, key, origin string, body []byte) beaconAnswer {
	t.Helper()
	return g.request(t, http.MethodPost, key, origin, body, nil)
}

func TestBeaconStatuses(t *testing.T) {
	log := newFaultyLog()
	g := newRig(t, log, nil)
	closed := testSite()
	closed.Key, closed.Closed = "closed", true
	g.sites.set(closed)
	good := g.frame(1, nil)
	version := bytes.Clone(good)
	version[1] = 2
	denied := g.frame(2, func(h *wire.Header) { h.Consent = wire.ConsentDenied })
	badState := g.frame(3, nil)
	badState[4] = 99
	full, err := wire.EncodeFrame(wire.Header{Session: wire.NewSessionID(wire.DayOf(g.now())), Consent: wire.ConsentGranted, Sequence: 1},
		nil, make([]byte, wire.MaxFrame-wire.HeaderSize), wire.CodecNone)
	if err != nil {
		t.Fatal(err)
	}
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	refused := func(n uint64, reason wire.Reason) []wire.Refuse { return []wire.Refuse{{N: n, Reason: reason}} }
	cases := map[string]struct {
		key, origin string
		body        []byte
		status      int
		kind        string
		refused     []wire.Refuse
		stored      int
	}{
		"one":              {testKey, testOrigin, good, 204, "", nil, 1},
		"three":            {testKey, testOrigin, join(good, good, good), 204, "", nil, 3},
		"largest":          {testKey, testOrigin, full, 204, "", nil, 1},
		"some refused":     {testKey, testOrigin, join(good, denied, good), 200, "", refused(2, wire.ReasonConsent), 2},
		"all refused":      {testKey, testOrigin, denied, 200, "", refused(1, wire.ReasonConsent), 0},
		"bad state inside": {testKey, testOrigin, join(badState, good), 200, "", refused(1, wire.ReasonMalformed), 1},
		"broken tail":      {testKey, testOrigin, join(good, []byte("tail")), 200, "", refused(2, wire.ReasonMalformed), 1},
		"other version":    {testKey, testOrigin, join(good, version, good), 200, "", refused(2, wire.ReasonVersion), 1},
		"only version 2":   {testKey, testOrigin, version, 400, "version", nil, 0},
		"nonsense":         {testKey, testOrigin, []byte("hello"), 400, "malformed", nil, 0},
		"empty":            {testKey, testOrigin, nil, 400, "malformed", nil, 0},
		"unknown site":     {"nobody", testOrigin, good, 404, "unknown_site", nil, 0},
		"foreign origin":   {testKey, "https://evil.example", good, 403, "origin", nil, 0},
		"no origin":        {testKey, "", good, 403, "origin", nil, 0},
		"closed site":      {"closed", testOrigin, good, 403, "site_closed", nil, 0},
		"too large":        {testKey, testOrigin, append(bytes.Clone(full), 0), 413, "too_large", nil, 0},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			before, counted := len(log.all()), 0.0
			if k.kind != "" {
				counted = counter(g.metrics.batches, k.kind)
			}
			got := g.post(t, k.key, k.origin, k.body)
			if k.kind != "" && counter(g.metrics.batches, k.kind) != counted+1 {
				t.Errorf("not counted once as %s", k.kind)
			}
			if got.StatusCode != k.status || strings.TrimPrefix(got.Type, problemBase) != k.kind {
				t.Errorf("%d %s", got.StatusCode, got.body)
			}
			if len(got.Refused) != len(k.refused) || (len(k.refused) > 0 && got.Refused[0] != k.refused[0]) {
				t.Errorf("refused %+v", got.Refused)
			}
			if n := len(log.all()) - before; n != k.stored {
				t.Errorf("%d stored, not %d", n, k.stored)
			}
			cors := got.Header.Get("Access-Control-Allow-Origin")
			if may := k.origin == testOrigin && k.key != "nobody"; (cors == testOrigin) != may || (!may && cors != "") {
				t.Errorf("allows origin %q", cors)
			}
			welcome := ""
			if k.status < 300 {
				welcome = `{"sample_rate":0.25,"consent":"implied"}`
			}
			if w := got.Header.Get(welcomeHeader); w != welcome {
				t.Errorf("welcomes by %q", w)
			}
			if exposed := got.Header.Get("Access-Control-Expose-Headers"); (exposed == "Hindsight-Welcome, Retry-After") != (cors != "") {
				t.Errorf("lets the page read %q", exposed)
			}
			if got.Header.Get("Vary") != "Origin" {
				t.Error("answers of several origins must not share a cache entry")
			}
		})
	}
	if r := log.all()[0]; r.Via != eventlog.ViaBeacon || r.Site != "site-1" || !r.Received.Equal(g.now()) {
		t.Errorf("%+v", r)
	}
}

func TestBeaconMethods(t *testing.T) {
	g := newRig(t, newFaultyLog(), nil)
	got := g.request(t, http.MethodOptions, testKey, testOrigin, nil, nil)
	if got.StatusCode != 204 || got.Header.Get("Access-Control-Allow-Origin") != testOrigin || got.Header.Get("Access-Control-Allow-Methods") != "POST" {
		t.Errorf("preflight: %d %v", got.StatusCode, got.Header)
	}
	if got = g.request(t, http.MethodOptions, testKey, "https://evil.example", nil, nil); got.StatusCode != 403 || got.Header.Get("Access-Control-Allow-Methods") != "" {
		t.Errorf("foreign preflight: %d %v", got.StatusCode, got.Header)
	}
	if got = g.request(t, http.MethodGet, testKey, testOrigin, nil, nil); got.StatusCode != 405 || got.Header.Get("Allow") == "" {
		t.Errorf("GET: %d", got.StatusCode)
	}
}

func TestBeaconRate(t *testing.T) {
	g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) { c.SiteFrames = 0.001 })
	if got := g.post(t, testKey, testOrigin, g.frame(1, nil)); got.StatusCode != 204 {
		t.Fatalf("%d", got.StatusCode)
	}
	got := g.post(t, testKey, testOrigin, g.frame(2, nil))
	if got.StatusCode != 429 || got.Header.Get("Retry-After") == "" || got.Type != problemBase+"rate" {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
}

// 503 whenever a frame may not be in the log.
func TestBeaconWhenTheLogFails(t *testing.T) {
	for name, spoil := range map[string]func(*faultyLog){
		"append fails":  func(l *faultyLog) { l.err = eventlog.ErrClosed },
		"append blocks": func(l *faultyLog) { l.block = make(chan struct{}) },
		"fails later": func(l *faultyLog) {
			l.hold = true
			go func() {
				<-l.arrived
				l.answer(0, errors.New("gone"))
			}()
		},
	} {
		t.Run(name, func(t *testing.T) {
			log := newFaultyLog()
			spoil(log)
			g := newRig(t, log, func(c *Config, _ *Deps) { c.BeaconWait = 200 * time.Millisecond })
			got := g.post(t, testKey, testOrigin, g.frame(1, nil))
			if got.StatusCode != 503 || got.Header.Get("Retry-After") == "" {
				t.Errorf("%d %s", got.StatusCode, got.body)
			}
		})
	}
	t.Run("never answers", func(t *testing.T) {
		log := newFaultyLog()
		log.hold = true
		g := newRig(t, log, func(c *Config, _ *Deps) { c.BeaconWait = 50 * time.Millisecond })
		if got := g.post(t, testKey, testOrigin, g.frame(1, nil)); got.StatusCode != 503 {
			t.Errorf("%d", got.StatusCode)
		}
		log.answer(0, nil) // late, and harmless
	})
	t.Run("too large for the log", func(t *testing.T) {
		log := newFaultyLog()
		log.hold = true
		g := newRig(t, log, nil)
		go func() {
			<-log.arrived
			log.answer(0, eventlog.ErrTooLarge)
		}()
		got := g.post(t, testKey, testOrigin, g.frame(1, nil))
		if got.StatusCode != 200 || len(got.Refused) != 1 || got.Refused[0].Reason != wire.ReasonTooLarge {
			t.Errorf("%d %s", got.StatusCode, got.body)
		}
	})
}

func FuzzSplitBeacon(f *testing.F) {
	frame, err := wire.EncodeFrame(wire.Header{Consent: wire.ConsentGranted, Sequence: 1}, []byte("{}"), nil, wire.CodecGzip)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(frame)
	f.Add(append(bytes.Clone(frame), frame...))
	f.Add(append(bytes.Clone(frame), frame[:50]...))
	f.Add([]byte{'H', 2})
	f.Fuzz(func(t *testing.T, body []byte) {
		var joined []byte
		parts := splitBeacon(body)
		for i, p := range parts {
			joined = append(joined, p.frame...)
			if _, err := wire.ParseHeader(p.frame); p.reason == "" && err != nil {
				t.Fatalf("part %d passes and is no frame: %v", i, err)
			}
		}
		if !bytes.Equal(joined, body) {
			t.Fatal("the parts are not the body")
		}
	})
}
