package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hindsight/test/process"
)

// largeSite serves a page of more than 20,000 nodes, whose snapshot comes in parts, and a small one of the same style
// sheet; nothing of it is on the collector's origin.
func largeSite(t *testing.T, trackerURL string) *httptest.Server {
	t.Helper()
	var css, cards strings.Builder
	for i := range 400 {
		fmt.Fprintf(&css, ".c%d .x { margin: %dpx; background-image: linear-gradient(rgb(%d, 0, 0), white); }\n", i, i%7, i%250)
	}
	for i := range 3000 {
		fmt.Fprintf(&cards, `<div class="card c%d" id="card-%d"><h3>Article</h3><p>Some text of it</p><button class="x">Buy</button></div>`, i%400, i)
	}
	pages := map[string]string{"/large": cards.String(), "/small": `<div class="c3"><button class="x">Buy</button></div>`}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := pages[r.URL.Path]
		switch {
		case r.URL.Path == "/look.css":
			w.Header().Set("Content-Type", "text/css")
			_, _ = w.Write([]byte(css.String()))
		case !ok:
			http.NotFound(w, r)
		default:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><head><title>Large</title><link rel="stylesheet" href="/look.css">`+
				`<script defer src="%s/t.js" data-site="%s" data-consent="none"></script></head><body>%s</body></html>`, trackerURL, siteKey, body)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// TestLargePage: a recording in parts is a whole page to the heatmap, and its style sheet, which went over the wire
// once, is in the recordings of both pages.
func TestLargePage(t *testing.T) {
	t.Parallel()
	door := newForwarder(t)
	site := largeSite(t, door.url)
	d := allInOne(t, site.URL)
	door.to(d.collector)
	var visit struct{ Counted int }
	node(t, "large.mjs", map[string]any{"site": site.URL, "clicked": "#card-2900 button"}, &visit)
	if visit.Counted < 20_000 {
		t.Fatalf("the page has %d nodes", visit.Counted)
	}
	id := d.siteID(t)
	var session sessionDetail
	process.Eventually(t, "the click", process.Patience, func() error {
		list, err := d.client().sessions(id)
		if err != nil {
			return err
		}
		if len(list) != 1 || list[0].Clicks != 1 || list[0].Pages != 2 {
			return fmt.Errorf("%+v", list)
		}
		session, err = d.client().session(id, list[0].ID)
		return err
	})
	events, err := d.client().raw("/sites/" + id + "/sessions/" + session.ID + "/events")
	if err != nil {
		t.Fatal(err)
	}
	text := string(events)
	if parts := strings.Count(text, `"part":1`); parts == 0 {
		t.Error("the snapshot did not come in parts: the test proves nothing")
	}
	if n := strings.Count(text, "rgb(249, 0, 0)"); n != 2 || strings.Contains(text, "hindsight.css") {
		t.Errorf("the style sheet stands in the recording %d times, want 2: once a page", n)
	}

	var result struct {
		Drawn []struct {
			Points []struct {
				X, Y   float64
				Weight int
				By     string
				Rect   *struct{ X, Y, Width, Height float64 }
			}
		}
	}
	node(t, "heatmap.mjs", map[string]any{"login": d.loginLink(t), "site": id, "paths": []string{"/large"}, "viewport": map[string]int{"width": 1440, "height": 900}}, &result)
	if len(result.Drawn) != 1 || len(result.Drawn[0].Points) != 1 {
		t.Fatalf("drawn: %+v", result)
	}
	p := result.Drawn[0].Points[0]
	if p.By != "element" || p.Rect == nil || p.Y < 20_000 || p.X < p.Rect.X-1 || p.X > p.Rect.X+p.Rect.Width+1 || p.Y < p.Rect.Y-1 || p.Y > p.Rect.Y+p.Rect.Height+1 {
		t.Errorf("the click is drawn at %+v", p)
	}
}
