package dashboard

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func build() fstest.MapFS {
	text := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return fstest.MapFS{
		"placeholder.txt":       text("placeholder"),
		"index.html":            text("<index>"),
		"index.html.br":         text("index in brotli"),
		"index.html.gz":         text("index in gzip"),
		"replay-frame.html":     text("<frame>"),
		"assets/app-1a2b.js":    text("app()"),
		"assets/app-1a2b.js.br": text("app in brotli"),
	}
}

func serving(t *testing.T, dist fstest.MapFS) http.Handler {
	t.Helper()
	d, err := newWith(Config{PublicURL: "http://127.0.0.1:8080", ReplayOrigin: "http://localhost:8080", Version: "1.2.3", Demo: true}, dist)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", d.Handler())
	mux.HandleFunc("/api/v1/", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "API") })
	return d.Guard(mux)
}

func ask(h http.Handler, method, host, path, encoding string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://"+host+path, nil)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestEachHostServesItsOwnAlone(t *testing.T) {
	h := serving(t, build())
	for _, c := range []struct {
		host, path string
		code       int
		body       string
	}{
		{"127.0.0.1:8080", "/", 200, "<index>"},
		{"127.0.0.1:8080", "/index.html", 200, "<index>"},
		{"127.0.0.1:8080", "/assets/app-1a2b.js", 200, "app()"},
		{"127.0.0.1:8080", "/config.json", 200, `{"replay_origin":"http://localhost:8080","version":"1.2.3","demo":true}`},
		{"127.0.0.1:8080", "/replay-frame.html", 404, ""},
		{"127.0.0.1:8080", "/assets/missing.js", 404, ""},
		{"127.0.0.1:8080", "/index.html.br", 404, ""},
		{"127.0.0.1:8080", "/placeholder.txt", 404, ""},
		{"127.0.0.1:8080", "/sessions/1", 302, ""},
		{"127.0.0.1:8080", "/api/v1/me", 200, "API"},
		{"localhost:8080", "/replay-frame.html", 200, "<frame>"},
		{"localhost:8080", "/replay-frame.html?assets=1", 200, "<frame>"},
		{"localhost:8080", "/assets/app-1a2b.js", 200, "app()"},
		{"localhost:8080", "/", 404, ""},
		{"localhost:8080", "/index.html", 404, ""},
		{"localhost:8080", "/config.json", 404, ""},
		{"localhost:8080", "/api/v1/me", 404, ""},
		{"LOCALHOST:9999", "/api/v1/me", 404, ""},
		{"localhost.", "/api/v1/me", 404, ""},
	} {
		w := ask(h, http.MethodGet, c.host, c.path, "")
		if w.Code != c.code || c.body != "" && w.Body.String() != c.body {
			t.Errorf("%s%s: %d %q, want %d %q", c.host, c.path, w.Code, w.Body, c.code, c.body)
		}
	}
	if w := ask(h, http.MethodPost, "localhost:8080", "/replay-frame.html", ""); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST to the frame: %d", w.Code)
	}
}

func TestPolicies(t *testing.T) {
	h := serving(t, build())
	for _, c := range []struct {
		host, path string
		has, lacks []string
	}{
		{"127.0.0.1:8080", "/", []string{
			"default-src 'self'", "frame-src http://localhost:8080;", "img-src 'self' data:;", "style-src 'self' 'unsafe-inline'",
			"connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'",
		}, []string{"unsafe-eval", "script-src"}},
		{"localhost:8080", "/replay-frame.html", []string{
			"default-src 'none'", "script-src 'self';", "img-src 'self' data: blob:;", "font-src data:;", "media-src 'none'",
			"connect-src 'none'", "frame-src 'self'", "frame-ancestors http://127.0.0.1:8080",
		}, []string{"https:", "unsafe-eval"}},
		{"localhost:8080", "/replay-frame.html?assets=1", []string{
			"script-src 'self';", "img-src 'self' data: blob: https: http:;", "font-src data: https: http:;",
			"style-src 'self' 'unsafe-inline' https: http:;", "connect-src 'none'",
		}, []string{"script-src 'self' https"}},
	} {
		header := ask(h, http.MethodGet, c.host, c.path, "").Header()
		policy := header.Get("Content-Security-Policy") + ";"
		for _, want := range c.has {
			if !strings.Contains(policy, want) {
				t.Errorf("%s%s: no %q in %q", c.host, c.path, want, policy)
			}
		}
		for _, not := range c.lacks {
			if strings.Contains(policy, not) {
				t.Errorf("%s%s: %q in %q", c.host, c.path, not, policy)
			}
		}
		if header.Get("Referrer-Policy") != "no-referrer" || header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s%s: %v", c.host, c.path, header)
		}
	}
}

func TestCachingAndCompression(t *testing.T) {
	h := serving(t, build())
	for _, c := range []struct{ path, accept, coding, body, cache string }{
		{"/", "gzip, br", "br", "index in brotli", "no-cache"},
		{"/", "gzip", "gzip", "index in gzip", "no-cache"},
		{"/", "br;q=0, gzip;q=0.5", "gzip", "index in gzip", "no-cache"},
		{"/", "", "", "<index>", "no-cache"},
		{"/assets/app-1a2b.js", "gzip, br", "br", "app in brotli", "public, max-age=31536000, immutable"},
		{"/assets/app-1a2b.js", "gzip", "", "app()", "public, max-age=31536000, immutable"},
	} {
		w := ask(h, http.MethodGet, "127.0.0.1:8080", c.path, c.accept)
		got := w.Header()
		if w.Body.String() != c.body || got.Get("Content-Encoding") != c.coding || got.Get("Cache-Control") != c.cache || got.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s by %q: %q, %v", c.path, c.accept, w.Body, got)
		}
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080"+c.path, nil)
		r.Header.Set("Accept-Encoding", c.accept)
		r.Header.Set("If-None-Match", got.Get("ETag"))
		again := httptest.NewRecorder()
		h.ServeHTTP(again, r)
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("%s again: %d", c.path, again.Code)
		}
	}
}

func TestWithoutABuildItSaysHowToGetOne(t *testing.T) {
	w := ask(serving(t, fstest.MapFS{"placeholder.txt": {Data: []byte("x")}}), http.MethodGet, "127.0.0.1:8080", "/", "")
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "make build") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestAddressesThatWouldNotKeepTheFrameApart(t *testing.T) {
	for _, c := range []Config{
		{PublicURL: "http://127.0.0.1:8080", ReplayOrigin: "http://127.0.0.1:8080"},
		{PublicURL: "http://127.0.0.1:8080", ReplayOrigin: "http://127.0.0.1:9090"}, // cookies do not keep ports apart
		{PublicURL: "https://a.example", ReplayOrigin: "https://A.example:443"},
		{PublicURL: "a.example", ReplayOrigin: "https://b.example"},
		{PublicURL: "https://a.example", ReplayOrigin: ""},
	} {
		if _, err := newWith(c, build()); err == nil {
			t.Errorf("%+v passes", c)
		}
	}
	d, err := newWith(Config{PublicURL: "https://a.example:443", ReplayOrigin: "https://replay.a.example"}, build())
	if err != nil || d.public.origin != "https://a.example" {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestTheEmbeddedFilesLoad(t *testing.T) {
	d, err := New(Config{PublicURL: "http://127.0.0.1:8080", ReplayOrigin: "http://localhost:8080"})
	if err != nil {
		t.Fatal(err)
	}
	if d.Built() && d.files[frameFile] == nil {
		t.Error("a build without the replay frame")
	}
}
