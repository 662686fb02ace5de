package trackerjs

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
)

// built is a directory as the build leaves it.
func built(t *testing.T) fs.FS {
	t.Helper()
	files := fstest.MapFS{"manifest.json": {Data: []byte(`{"core":"t.js","recorder":"recorder.abc123.js","files":{
		"t.js":{"role":"core","sha256":"1111"},"recorder.abc123.js":{"role":"recorder","sha256":"2222"},
		"worker.abc123.js":{"role":"worker","sha256":"3333"}}}`)}}
	for _, name := range []string{"t.js", "recorder.abc123.js", "worker.abc123.js"} {
		plain := []byte("/* " + name + " */" + strings.Repeat("x", 2000))
		var gz, br bytes.Buffer
		g, b := gzip.NewWriter(&gz), brotli.NewWriter(&br)
		for _, w := range []io.WriteCloser{g, b} {
			if _, err := w.Write(plain); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}
		files[name] = &fstest.MapFile{Data: plain}
		files[name+".gz"] = &fstest.MapFile{Data: gz.Bytes()}
		files[name+".br"] = &fstest.MapFile{Data: br.Bytes()}
	}
	return files
}

func serving(files fs.FS) http.Handler {
	scripts, err := load(files)
	return handler(scripts, err)
}

func get(h http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHandlerChoosesTheForm(t *testing.T) {
	h := serving(built(t))
	for _, c := range []struct{ accept, encoding string }{
		{"", ""}, {"gzip, deflate, br", "br"}, {"gzip", "gzip"}, {"BR;q=0.5", "br"},
		{"br;q=0, gzip;q=1", "gzip"}, {"br; q=0,gzip; q=0.0", ""}, {"identity", ""}, {"brx", ""},
	} {
		w := get(h, http.MethodGet, "/t.js", "Accept-Encoding", c.accept)
		if w.Code != http.StatusOK || w.Header().Get("Content-Encoding") != c.encoding {
			t.Errorf("%q: %d, %q", c.accept, w.Code, w.Header().Get("Content-Encoding"))
		}
		var body io.Reader = w.Body
		switch c.encoding {
		case "br":
			body = brotli.NewReader(body)
		case "gzip":
			g, err := gzip.NewReader(body)
			if err != nil {
				t.Fatal(err)
			}
			body = g
		}
		b, err := io.ReadAll(body)
		if err != nil || !strings.HasPrefix(string(b), "/* t.js */") {
			t.Errorf("%q: %q, %v", c.accept, b[:min(20, len(b))], err)
		}
	}
}

func TestHandlerHeaders(t *testing.T) {
	h := serving(built(t))
	core := get(h, http.MethodGet, "/t.js", "Accept-Encoding", "br")
	recorder := get(h, http.MethodHead, "/recorder.abc123.js")
	worker := get(h, http.MethodGet, "/worker.abc123.js")
	for name, w := range map[string]*httptest.ResponseRecorder{"core": core, "recorder": recorder, "worker": worker} {
		for key, want := range map[string]string{
			"Cross-Origin-Embedder-Policy": "require-corp",
			"Access-Control-Allow-Origin":  "*",
			"Cross-Origin-Resource-Policy": "cross-origin",
			"X-Content-Type-Options":       "nosniff",
			"Content-Type":                 "text/javascript; charset=utf-8",
			"Vary":                         "Accept-Encoding",
		} {
			if got := w.Header().Get(key); got != want {
				t.Errorf("%s: %s: %q", name, key, got)
			}
		}
	}
	if got := core.Header().Get("Cache-Control"); got != "public, max-age=3600, must-revalidate" {
		t.Errorf("core is cached as %q", got)
	}
	for name, w := range map[string]*httptest.ResponseRecorder{"recorder": recorder, "worker": worker} {
		if got := w.Header().Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s is cached as %q", name, got)
		}
	}
	if recorder.Body.Len() != 0 {
		t.Error("HEAD has a body")
	}

	etag := core.Header().Get("ETag")
	again := get(h, http.MethodGet, "/t.js", "Accept-Encoding", "br", "If-None-Match", `"other", W/`+etag)
	if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("revalidation: %d, %d bytes", again.Code, again.Body.Len())
	}
	if other := get(h, http.MethodGet, "/t.js", "Accept-Encoding", "gzip", "If-None-Match", etag); other.Code != http.StatusOK {
		t.Errorf("another form under the same tag: %d", other.Code)
	}
}

func TestHandlerRefuses(t *testing.T) {
	h := serving(built(t))
	for _, path := range []string{"/", "/manifest.json", "/t.js.br", "/recorder.old.js", "/../embed.go"} {
		if w := get(h, http.MethodGet, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := get(h, http.MethodPost, "/t.js"); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}

func TestPlaceholderSaysWhatToDo(t *testing.T) {
	files := fstest.MapFS{"placeholder.txt": {Data: []byte("x")}}
	w := get(serving(files), http.MethodGet, "/t.js")
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "make build") {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if _, err := readManifest(files); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("manifest: %v", err)
	}
}

// The embedded files, whichever they are, are consistent.
func TestEmbedded(t *testing.T) {
	if _, err := fs.Stat(Files(), "placeholder.txt"); err != nil {
		t.Fatal(err)
	}
	m, err := ReadManifest()
	w := get(Handler(), http.MethodGet, "/t.js")
	if errors.Is(err, ErrNotBuilt) {
		if w.Code != http.StatusNotFound {
			t.Errorf("not built, but /t.js is %d", w.Code)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusOK || m.Files[m.Core].Role != "core" || m.Files[m.Recorder].Role != "recorder" {
		t.Errorf("/t.js is %d; the manifest is %+v", w.Code, m)
	}
	// Every part has the hash that the core's text holds.
	_, hash, _ := strings.Cut(m.Recorder, ".")
	hash = strings.TrimSuffix(hash, ".js")
	if len(hash) != 12 || !bytes.Contains(w.Body.Bytes(), []byte(hash)) {
		t.Errorf("/t.js does not name the parts' hash %q", hash)
	}
	for name, f := range m.Files {
		if name != m.Core && name != f.Role+"."+hash+".js" {
			t.Errorf("%s is named %s", f.Role, name)
		}
		for encoding, size := range map[string]int{"": f.Bytes, "gzip": f.Gzip, "br": f.Brotli} {
			w := get(Handler(), http.MethodGet, "/"+name, "Accept-Encoding", encoding)
			if w.Code != http.StatusOK || w.Header().Get("Content-Encoding") != encoding || w.Body.Len() != size {
				t.Errorf("/%s as %q is %d, %d bytes of %d", name, encoding, w.Code, w.Body.Len(), size)
			}
			if encoding != "" {
				continue
			}
			if sum := sha256.Sum256(w.Body.Bytes()); hex.EncodeToString(sum[:]) != f.SHA256 {
				t.Errorf("/%s is not what the manifest says", name)
			}
		}
	}
}

func TestOwns(t *testing.T) {
	for path, want := range map[string]bool{
		"/t.js": true, "/recorder.0123456789ab.js": true, "/prompt.0123456789ab.js": true, "/tools.ffffffffffff.js": true,
		"/": false, "/assets/t.js": false, "/t.js.map": false, "/tools.js": false, "/x.0123456789ab.js/": false, "/manifest.json": false,
	} {
		if Owns(path) != want {
			t.Errorf("%s: %v", path, !want)
		}
	}
	m, err := ReadManifest()
	if err != nil && !errors.Is(err, ErrNotBuilt) {
		t.Fatal(err)
	}
	for name := range m.Files {
		if !Owns("/" + name) {
			t.Errorf("%s was built and is not owned", name)
		}
	}
}
