package dashboard

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// Dashboard serves the web UI and the replay frame.
type Dashboard struct {
	public, replay place
	files          map[string]*file
	settings       []byte // config.json
}

const (
	indexFile = "index.html"
	frameFile = "replay-frame.html"
)

// New returns a dashboard. It refuses addresses that would not keep the replay
// frame apart.
func New(cfg Config) (*Dashboard, error) {
	dist, err := fs.Sub(built, "dist")
	if err != nil {
		return nil, err
	}
	return newWith(cfg, dist)
}

func newWith(cfg Config, dist fs.FS) (*Dashboard, error) {
	public, replay, err := cfg.places()
	if err != nil {
		return nil, err
	}
	files, err := loadFiles(dist)
	if err != nil {
		return nil, err
	}
	settings, err := json.Marshal(struct {
		ReplayOrigin string `json:"replay_origin"`
		Version      string `json:"version"`
		Demo         bool   `json:"demo"`
	}{replay.origin, cfg.Version, cfg.Demo})
	if err != nil {
		return nil, err
	}
	return &Dashboard{public: public, replay: replay, files: files, settings: settings}, nil
}

// Built tells whether a built dashboard is part of this binary.
func (d *Dashboard) Built() bool { return d.files[indexFile] != nil }

// Handler serves the dashboard's files at "/". Routes of the dashboard lie
// behind the "#", so every other address without a file leads to "/".
func (d *Dashboard) Handler() http.Handler { return http.HandlerFunc(d.serve) }

func (d *Dashboard) serve(w http.ResponseWriter, r *http.Request) {
	setPolicy(w.Header(), dashboardPolicy(d.replay.origin))
	if !readOnly(w, r) {
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	switch {
	case name == "config.json":
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(d.settings) // the client may have gone
	case name == frameFile:
		http.NotFound(w, r) // it belongs to the other host
	case !d.Built():
		http.Error(w, "The dashboard is not part of this binary: run `make build`.", http.StatusServiceUnavailable)
	case name == "" || name == indexFile:
		d.files[indexFile].serve(w, r)
	case d.files[name] != nil:
		d.files[name].serve(w, r)
	case path.Ext(name) == "" && !strings.HasPrefix(name, "assets/"):
		http.Redirect(w, r, "/", http.StatusFound)
	default:
		http.NotFound(w, r)
	}
}

func readOnly(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	w.Header().Set("Allow", "GET, HEAD")
	http.Error(w, "This address can only be read.", http.StatusMethodNotAllowed)
	return false
}
