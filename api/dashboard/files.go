package dashboard

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// file is one built file with its precompressed forms.
type file struct {
	plain, br, gz []byte // nil where there is none
	media         string
	etag          string
	hashed        bool // its name changes with its content
}

// loadFiles reads every built file but the compressed forms, by its path.
func loadFiles(dist fs.FS) (map[string]*file, error) {
	files := map[string]*file{}
	err := fs.WalkDir(dist, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == "placeholder.txt" || strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz") {
			return err
		}
		plain, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(plain)
		f := &file{plain: plain, media: mediaType(name), etag: hex.EncodeToString(sum[:12]), hashed: strings.HasPrefix(name, "assets/")}
		// Missing forms are left nil: the plain one serves.
		f.br, _ = fs.ReadFile(dist, name+".br")
		f.gz, _ = fs.ReadFile(dist, name+".gz")
		files[name] = f
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the built dashboard: %w", err)
	}
	return files, nil
}

// mediaType does not ask the machine's own tables, which differ.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json":
		return "application/json"
	case ".png":
		return "image/png"
	case ".ico":
		return "image/x-icon"
	case ".woff2":
		return "font/woff2"
	}
	return "application/octet-stream"
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Vary", "Accept-Encoding")
	if f.hashed {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	body, coding := f.plain, ""
	switch {
	case f.br != nil && accepts(r, "br"):
		body, coding = f.br, "br"
	case f.gz != nil && accepts(r, "gzip"):
		body, coding = f.gz, "gzip"
	}
	etag := `"` + f.etag + coding + `"`
	h.Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	h.Set("Content-Type", f.media)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the client may have gone
}

// accepts tells whether Accept-Encoding names a coding and does not refuse it.
func accepts(r *http.Request, coding string) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			weight, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(q), "q="), 64)
			return err != nil || weight > 0
		}
	}
	return false
}
