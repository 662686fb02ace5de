package dashboard

import (
	"net/http"
	"strings"
)

// Guard keeps the replay frame's host apart: requests to it get the frame's
// files or 404, whatever next would serve. It belongs around the handler of the
// whole port.
func (d *Dashboard) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.isReplayHost(r) {
			d.serveFrame(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isReplayHost compares names alone: whatever port a proxy or a tunnel shows,
// the frame's name never leads to the API.
func (d *Dashboard) isReplayHost(r *http.Request) bool {
	host, err := parsePlace("http://" + r.Host)
	return err == nil && strings.TrimSuffix(host.name, ".") == d.replay.name
}

func (d *Dashboard) serveFrame(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	remote := name == frameFile && r.URL.Query().Get("assets") == "1"
	setPolicy(w.Header(), framePolicy(d.public.origin, remote))
	if !readOnly(w, r) {
		return
	}
	f := d.files[name]
	if f == nil || name != frameFile && !f.hashed {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte("This address serves the replay frame only. The dashboard is at " + d.public.origin + "/\n"))
		return
	}
	f.serve(w, r)
}
