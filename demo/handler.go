package demo

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// HandlerConfig says how the shop is served.
type HandlerConfig struct {
	// SiteKey is the key that the snippet carries. Empty: the pages come
	// without a snippet.
	SiteKey string
	// TrackerURL is the address of the tracker's script: absolute when the
	// collector has another origin than the shop, else a path. Default "/t.js".
	TrackerURL string
	// Consent is the snippet's consent mode. Default "implied", which is what
	// the notice in the footer says.
	Consent string
	// SampleRate is the share of sessions that also send replays, 0…1.
	SampleRate float64
	// Budget is the tracker's data-budget: how many milliseconds of each
	// second recording may cost. Default "", the tracker's own.
	Budget string
}

// Handler serves the shop under /demo/. It panics on a TrackerURL that is no
// address or a SampleRate outside 0…1: both are mistakes of the caller, known
// at start.
func Handler(cfg HandlerConfig) http.Handler {
	h, err := newHandler(cfg)
	if err != nil {
		panic(fmt.Sprintf("demo.Handler: %v", err))
	}
	return h
}

func newHandler(cfg HandlerConfig) (http.Handler, error) {
	if cfg.TrackerURL == "" {
		cfg.TrackerURL = "/t.js"
	}
	if cfg.Consent == "" {
		cfg.Consent = "implied"
	}
	if !(cfg.SampleRate >= 0 && cfg.SampleRate <= 1) {
		return nil, fmt.Errorf("sample rate %v is not between 0 and 1", cfg.SampleRate)
	}
	policy, err := newPolicy(cfg.TrackerURL)
	if err != nil {
		return nil, err
	}
	var tag *trackerTag
	if cfg.SiteKey != "" {
		tag = &trackerTag{
			URL: cfg.TrackerURL, SiteKey: cfg.SiteKey, Consent: cfg.Consent,
			SampleRate: strconv.FormatFloat(cfg.SampleRate, 'f', -1, 64),
			Budget:     cfg.Budget,
		}
	}
	p, err := newPages(tag)
	if err != nil {
		return nil, err
	}
	s := &server{pages: p, policy: policy}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /demo/assets/{name}", s.asset)
	mux.HandleFunc("GET /demo/fragments/cart", s.cartFragment)
	mux.HandleFunc("GET /demo/fragments/guide", s.guideFragment)
	mux.HandleFunc("GET /demo/fragments/guide/{step}", s.guideFragment)
	mux.HandleFunc("GET /demo/", s.page)
	return mux, nil
}

type server struct {
	pages  *pages
	policy policy
}

func (s *server) page(w http.ResponseWriter, r *http.Request) {
	html, found, err := s.pages.page(r.URL.Path, r.URL.RawQuery)
	if err != nil {
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	s.head(w, r, "text/html; charset=utf-8")
	if !found {
		w.WriteHeader(http.StatusNotFound)
	}
	_, _ = w.Write(html) // a visitor who has left is nobody's error
}

func (s *server) cartFragment(w http.ResponseWriter, r *http.Request) {
	html, err := s.pages.cartRows(parseCart(r.URL.Query().Get("items")))
	if err != nil {
		http.Error(w, "the cart could not be made", http.StatusInternalServerError)
		return
	}
	s.head(w, r, "text/html; charset=utf-8")
	_, _ = w.Write(html)
}

func (s *server) guideFragment(w http.ResponseWriter, r *http.Request) {
	step := strings.TrimPrefix(r.URL.Path, "/demo/fragments/guide")
	html, _, found, err := s.pages.guideStep(step, r.URL.RawQuery)
	switch {
	case err != nil:
		http.Error(w, "the step could not be made", http.StatusInternalServerError)
	case !found:
		http.Error(w, "no such step", http.StatusNotFound)
	default:
		s.head(w, r, "text/html; charset=utf-8")
		_, _ = w.Write([]byte(html))
	}
}

var assetTypes = map[string]string{
	"style.css": "text/css; charset=utf-8",
	"shop.js":   "text/javascript; charset=utf-8",
	"guide.js":  "text/javascript; charset=utf-8",
	"leaf.svg":  "image/svg+xml",
}

func (s *server) asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	kind, ok := assetTypes[name]
	if !ok {
		http.Error(w, "no such file", http.StatusNotFound)
		return
	}
	data, err := siteFiles.ReadFile("site/assets/" + name)
	if err != nil {
		http.Error(w, "no such file", http.StatusNotFound)
		return
	}
	s.head(w, r, kind)
	_, _ = w.Write(data)
}

// head sets what every answer carries. Pages are not cached: the snippet in
// them follows the settings.
func (s *server) head(w http.ResponseWriter, r *http.Request, contentType string) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Security-Policy", s.policy.header(r.Host))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Cache-Control", "no-cache")
}
