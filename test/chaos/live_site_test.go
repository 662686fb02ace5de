package chaos

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	trackerjs "hindsight/tracker-js"
)

// liveSite serves pages with the real tracker on them, whether or not the collector is there; it gives the browser its
// orders and takes what the pages record.
type liveSite struct {
	*httptest.Server
	record *witness

	mu        sync.Mutex
	collector string
	order     order
}

// order is what the visitors are to do.
type order struct {
	Moves int  `json:"moves"` // how often each tab is to go on to another page
	Rest  bool `json:"rest"`
	Leave bool `json:"leave"`
}

func newLiveSite(t testing.TB) *liveSite {
	t.Helper()
	if _, err := trackerjs.ReadManifest(); err != nil {
		t.Fatal(err)
	}
	l := &liveSite{record: newWitness()}
	mux := http.NewServeMux()
	mux.Handle("GET /", trackerjs.Handler())
	mux.HandleFunc("GET /page/{n}", l.page)
	mux.HandleFunc("GET /order", func(w http.ResponseWriter, _ *http.Request) {
		l.mu.Lock()
		defer l.mu.Unlock()
		_ = json.NewEncoder(w).Encode(l.order)
	})
	mux.HandleFunc("POST /record", func(w http.ResponseWriter, r *http.Request) {
		var all []said
		if err := json.NewDecoder(r.Body).Decode(&all); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		l.record.hear(all)
	})
	l.Server = httptest.NewServer(mux)
	t.Cleanup(l.Close)
	return l
}

// page is one on which a click adds to a list.
func (l *liveSite) page(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	collector := l.collector
	l.mu.Unlock()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><head><title>Page %s</title>
<script defer src="/t.js" data-site="%s" data-collector="%s" data-consent="implied"></script></head>
<body><h1>Page</h1><button id="more">More</button><ol id="list"></ol><script>
document.getElementById('more').onclick = () => { const li = document.createElement('li'); li.textContent = 'another'; document.getElementById('list').append(li); };
</script></body></html>`, r.PathValue("n"), siteKey, collector)
}

// give changes the order.
func (l *liveSite) give(change func(*order)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.order)
}
