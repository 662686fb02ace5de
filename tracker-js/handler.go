package trackerjs

import (
	_ "embed" // absent.js
	"io/fs"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// script is one file in the forms in which it is sent.
type script struct {
	plain, gzip, brotli []byte
	etag                string
	cache               string
}

// own is the address of the core or of a part: a role and the parts' hash.
var own = regexp.MustCompile(`^/(t|[a-z]+\.[0-9a-f]{12})\.js$`)

// Owns tells whether an address is the tracker's, whatever was built: to it the
// dashboard, which takes every other one, must not answer.
func Owns(path string) bool { return own.MatchString(path) }

// absent is what a page gets for a part of another build.
//
//go:embed absent.js
var absent []byte

// Handler serves /t.js and the parts that it loads, /<part>.<hash>.js, from
// bytes compressed at build time. Where the tracker is not built it answers 404
// with a sentence.
func Handler() http.Handler {
	scripts, err := load(Files())
	return handler(scripts, err)
}

// KeepingHandler serves the same, and the parts of the builds that dir holds
// from earlier versions, for pages whose t.js is of one of these. The present
// build is written there for later ones, and what was replaced a week ago or
// more is removed. The error tells what could not be kept; the handler works
// all the same.
func KeepingHandler(dir string) (http.Handler, error) {
	scripts, err := load(Files())
	if err != nil {
		return handler(scripts, err), nil
	}
	kept := keep(Files(), dir, time.Now(), scripts)
	return handler(scripts, nil), kept
}

func handler(scripts map[string]script, err error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		// Any page may load the script; its text holds nothing of anybody.
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		// A page that is cross-origin isolated starts only workers that are so too.
		h.Set("Cross-Origin-Embedder-Policy", "require-corp")
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		s, ok := scripts[strings.TrimPrefix(r.URL.Path, "/")]
		if !ok {
			serveAbsent(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "Scripts can only be read.", http.StatusMethodNotAllowed)
			return
		}
		s.serve(w, r)
	})
}

// serveAbsent answers for what this server does not have. A page that imports a
// part of another build gets what looks for it elsewhere; that one's own
// attempts, with a query, and workers are told the truth.
func serveAbsent(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	part := own.MatchString(r.URL.Path) && r.URL.RawQuery == "" && r.Header.Get("Sec-Fetch-Dest") != "worker"
	if !part || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		http.Error(w, "There is no such script.", http.StatusNotFound)
		return
	}
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(absent)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(absent) // A reader that has gone is no fault of ours.
	}
}

func (s script) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	encoding, body := s.choose(r.Header.Get("Accept-Encoding"))
	// Each form is a representation of its own, with an ETag of its own.
	etag := `"` + s.etag + encoding + `"`
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", s.cache)
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", etag)
	if matches(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // A reader that has gone is no fault of ours.
}

func (s script) choose(accept string) (encoding string, body []byte) {
	switch {
	case accepts(accept, "br"):
		return "br", s.brotli
	case accepts(accept, "gzip"):
		return "gzip", s.gzip
	}
	return "", s.plain
}

// accepts reads an Accept-Encoding header; a quality of 0 refuses.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		q, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !ok {
			return true
		}
		quality, err := strconv.ParseFloat(q, 64)
		return err == nil && quality > 0
	}
	return false
}

func matches(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if tag := strings.TrimSpace(part); tag == "*" || strings.TrimPrefix(tag, "W/") == etag {
			return true
		}
	}
	return false
}

// load reads every form of every script that the manifest names.
func load(files fs.FS) (map[string]script, error) {
	m, err := readManifest(files)
	if err != nil {
		return nil, err
	}
	scripts := make(map[string]script, len(m.Files))
	for name, f := range m.Files {
		s := script{etag: f.SHA256, cache: "public, max-age=31536000, immutable"}
		if name == m.Core {
			// Its name stays the same from version to version.
			s.cache = "public, max-age=3600, must-revalidate"
		}
		for suffix, into := range map[string]*[]byte{"": &s.plain, ".gz": &s.gzip, ".br": &s.brotli} {
			if *into, err = fs.ReadFile(files, name+suffix); err != nil {
				return nil, err
			}
		}
		scripts[name] = s
	}
	return scripts, nil
}
