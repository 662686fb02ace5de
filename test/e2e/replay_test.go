package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// loginLink makes a one-time login as `hindsight user login-link` does.
func (d *deployment) loginLink(t *testing.T) string {
	t.Helper()
	var made struct{ URL string }
	if err := d.client().do(http.MethodPost, "/login-links", &made); err != nil {
		t.Fatal(err)
	}
	return made.URL
}

// checkReplay plays the session in the dashboard and compares the replayed page with the page as it was when it was
// left, for every page of the visit.
func checkReplay(t *testing.T, d *deployment, site, session string, visit visitResult) {
	var events []struct {
		Timestamp int64
	}
	if err := d.client().get("/sites/"+site+"/sessions/"+session+"/events", &events); err != nil {
		t.Fatal(err)
	}
	var moments []int64
	for _, p := range visit.Pages {
		moments = append(moments, p.At-events[0].Timestamp)
	}
	var result struct {
		Pages         []string
		Before, After string
		Problems      []string
	}
	node(t, "replay.mjs", map[string]any{"login": d.loginLink(t), "session": session, "moments": moments, "viewport": map[string]int{"width": 1440, "height": 900}}, &result)
	for i, p := range visit.Pages {
		if len(p.DOM) < 500 {
			t.Errorf("the page %s has a canonical form of only %d bytes: the comparison would prove nothing", p.Path, len(p.DOM))
		}
		if diff := diffLines(p.DOM, result.Pages[i]); diff != "" {
			t.Errorf("%s is replayed otherwise than it was: %s", p.Path, diff)
		}
	}
	if result.Before == result.After {
		t.Errorf("after pressing play for two seconds the player's clock still shows %q", result.After)
	}
	for _, p := range result.Problems {
		t.Errorf("the dashboard says in the console: %s", p)
	}
	checkDrawing(t, d, site, visit)
}

// checkDrawing finds each click of the visit drawn inside an element of the recorded snapshot.
func checkDrawing(t *testing.T, d *deployment, site string, visit visitResult) {
	clicks := map[string]int{}
	var paths []string
	for _, c := range visit.Clicks {
		if strings.Contains(c.Path, "/guide/") {
			continue // reached inside the document: no snapshot begins there
		}
		if clicks[c.Path]++; clicks[c.Path] == 1 {
			paths = append(paths, c.Path)
		}
	}
	var result struct {
		Drawn []struct {
			Path   string
			Points []struct {
				X, Y   float64
				Weight int
				By     string
				Rect   *struct{ X, Y, Width, Height float64 }
			}
		}
	}
	node(t, "heatmap.mjs", map[string]any{"login": d.loginLink(t), "site": site, "paths": paths, "viewport": map[string]int{"width": 1440, "height": 900}}, &result)
	for _, page := range result.Drawn {
		drawn := 0
		for _, p := range page.Points {
			drawn += p.Weight
			if p.By != "element" || p.Rect == nil {
				t.Errorf("%s: a click at %.0f, %.0f is placed by %s", page.Path, p.X, p.Y, p.By)
				continue
			}
			if r := p.Rect; p.X < r.X-1 || p.X > r.X+r.Width+1 || p.Y < r.Y-1 || p.Y > r.Y+r.Height+1 {
				t.Errorf("%s: a click is drawn at %.0f, %.0f, outside its element %+v", page.Path, p.X, p.Y, *r)
			}
		}
		if drawn != clicks[page.Path] {
			t.Errorf("%s: %d clicks are drawn, want %d", page.Path, drawn, clicks[page.Path])
		}
	}
}
