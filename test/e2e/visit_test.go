package e2e

import (
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"hindsight/test/process"
)

// What the visit types and says. The canaries must be found nowhere, the controls everywhere.
const (
	passwordCanary = "Zq7-canary-Xw9"
	typedCanary    = "Kv4mertcanaryPh2" // into masked fields
	control        = "harmless-control-8f3a"
	pageControl    = "Six things we like enough to sell" // text of the page: in recordings only
)

type visitResult struct {
	Clicks []struct{ Path, Selector string }
	Pages  []struct {
		Path string
		At   int64
		DOM  string
	}
	Problems []string
}

// TestVisit lets a real browser visit the demo shop, served from an origin other than the collector's, and finds the
// visit again: as a session, as a replay in the dashboard, on the heatmap, and its secrets nowhere.
func TestVisit(t *testing.T) {
	t.Parallel()
	visitAndFind(t, func(origin string) *deployment { return allInOne(t, origin) })
}

func visitAndFind(t *testing.T, deploy func(origin string) *deployment) {
	door := newForwarder(t)
	site := shop(t, door.url)
	d := deploy(site.URL)
	door.to(d.collector)

	var visit visitResult
	node(t, "visit.mjs", map[string]any{
		"shop": site.URL, "password": passwordCanary, "typed": typedCanary, "control": control,
		"expectedErrors": []string{"estimate", "undefined", "null"},
	}, &visit)
	for _, p := range visit.Problems {
		t.Errorf("the page: %s", p)
	}
	id := d.siteID(t)
	session := findSession(t, d, id, visit)

	t.Run("facts", func(t *testing.T) { checkFacts(t, session, visit) })
	t.Run("heatmap", func(t *testing.T) { checkHeatmap(t, d, id, site.URL, visit) })
	t.Run("replay", func(t *testing.T) { checkReplay(t, d, id, session.ID, visit) })
	t.Run("visible", func(t *testing.T) { measureVisible(t, d, id, site.URL) })
	t.Run("sweep", func(t *testing.T) { sweep(t, d, id, session.ID) })
	t.Run("drain", func(t *testing.T) { d.stop(t) })
}

func findSession(t *testing.T, d *deployment, site string, visit visitResult) sessionDetail {
	t.Helper()
	var found sessionDetail
	process.Eventually(t, "the visit as a session", process.Patience, func() error {
		list, err := d.client().sessions(site)
		if err != nil {
			return err
		}
		if len(list) != 1 {
			return fmt.Errorf("%d sessions, want 1", len(list))
		}
		if found, err = d.client().session(site, list[0].ID); err != nil {
			return err
		}
		if found.Clicks != len(visit.Clicks) || found.Missing != 0 {
			return fmt.Errorf("%d clicks (%d sequences missing), want %d and none", found.Clicks, found.Missing, len(visit.Clicks))
		}
		return nil
	})
	return found
}

func checkFacts(t *testing.T, s sessionDetail, visit visitResult) {
	var paths []string
	for _, v := range s.PageViews {
		paths = append(paths, v.Path)
	}
	want := "/demo/ /demo/product/cup /demo/guide /demo/guide/taste /demo/guide/strength /demo/cart /demo/signup"
	if got := strings.Join(paths, " "); got != want {
		t.Errorf("page views %s\nwant       %s", got, want)
	}
	if s.Browser != "Chrome" && s.Browser != "Chromium" || s.BrowserV == "" {
		t.Errorf("browser %q %q", s.Browser, s.BrowserV)
	}
	if s.OS != "Linux" || s.Device != "desktop" || s.Language == "" || s.TimeZone == "" || s.Viewport.W != 1280 || s.Viewport.H != 800 || s.Screen.W == 0 {
		t.Errorf("facts: os %q, device %q, language %q, time zone %q, viewport %v, screen %v", s.OS, s.Device, s.Language, s.TimeZone, s.Viewport, s.Screen)
	}
	if !s.HasRecording || s.Visitor == nil || s.DurationMS < 10_000 || s.DurationMS > 120_000 {
		t.Errorf("recording %v, visitor %v, duration %d ms", s.HasRecording, s.Visitor, s.DurationMS)
	}
	loads, stacks, controls, typed := 0, 0, 0, 0
	for _, v := range s.PageViews {
		if v.LoadMS != nil && *v.LoadMS > 0 {
			loads++
		}
	}
	for _, e := range s.Events {
		switch {
		case e.Kind == "error" && strings.Contains(string(e.Data), "shop.js"):
			stacks++
		case e.Kind == "event" && e.Name == "e2e" && strings.Contains(string(e.Data), control):
			controls++
		case e.Kind == "typing":
			typed++
		}
	}
	if loads < 4 || stacks == 0 || controls != 1 || typed < 2 {
		t.Errorf("%d page loads timed (want 4 or more), %d error stacks (1 or more), %d control events (1), %d fields typed into (2 or more)", loads, stacks, controls, typed)
	}
	if s.Keystrokes != 2*len(typedCanary) {
		t.Errorf("%d keystrokes counted, want those of the two unprotected fields: %d", s.Keystrokes, 2*len(typedCanary))
	}
}

// checkHeatmap finds each click on its element: the selector of a heatmap's element, asked of the live page.
func checkHeatmap(t *testing.T, d *deployment, site, shopURL string, visit visitResult) {
	perPath := map[string][]string{}
	for _, c := range visit.Clicks {
		perPath[c.Path] = append(perPath[c.Path], c.Selector)
	}
	type question struct {
		Path      string   `json:"path"`
		Clicked   string   `json:"clicked"`
		Selectors []string `json:"selectors"`
	}
	var questions []question
	var counts [][]int
	for path, clicked := range perPath {
		h, err := d.client().heatmap(site, path, "click")
		if err != nil {
			t.Fatal(err)
		}
		if h.Counts.Total != len(clicked) || h.Counts.Sessions != 1 {
			t.Errorf("heatmap of %s counts %d clicks of %d sessions, want %d of 1", path, h.Counts.Total, h.Counts.Sessions, len(clicked))
		}
		if h.Snapshot == nil && !strings.Contains(path, "/guide/") {
			t.Errorf("heatmap of %s has no snapshot to be drawn upon", path)
		}
		sort.Strings(clicked)
		for _, c := range clicked {
			q := question{Path: path, Clicked: c}
			var n []int
			for _, e := range h.Elements {
				q.Selectors = append(q.Selectors, e.Selector)
				n = append(n, e.Count)
			}
			questions, counts = append(questions, q), append(counts, n)
		}
	}
	var result struct{ Answers [][]bool }
	node(t, "selectors.mjs", map[string]any{"shop": shopURL, "questions": questions}, &result)
	for i, q := range questions {
		want, got := 0, 0
		for _, c := range perPath[q.Path] {
			if c == q.Clicked {
				want++
			}
		}
		for j, hit := range result.Answers[i] {
			if hit {
				got += counts[i][j]
			}
		}
		if got != want {
			t.Errorf("%s: %d clicks found on %s, want %d; elements of the heatmap: %v", q.Path, got, q.Clicked, want, q.Selectors)
		}
	}
	move, err := d.client().heatmap(site, "/demo/", "move")
	if err != nil {
		t.Fatal(err)
	}
	scroll, err := d.client().heatmap(site, "/demo/", "scroll")
	if err != nil {
		t.Fatal(err)
	}
	if len(move.Points) < 5 || len(scroll.Scroll) == 0 || scroll.Scroll[0].Reached != 1 {
		t.Errorf("movement has %d points, scroll reach %v", len(move.Points), scroll.Scroll)
	}
}

// measureVisible measures and prints how long a batch takes from being sent to being returned by the events call,
// and by the sessions list. It judges nothing: timing never decides a test.
func measureVisible(t *testing.T, d *deployment, site, origin string) {
	const rounds = 10
	var events, lists []time.Duration
	for range rounds {
		tr := newTracker(d.collector, origin)
		quit := make(chan struct{})
		close(quit)
		begin := time.Now()
		tr.next()
		var g errgroup.Group
		g.Go(func() error { return tr.run(t.Context(), quit, time.Millisecond) })
		path := "/sites/" + site + "/sessions/" + tr.session.String() + "/events"
		process.Eventually(t, "the batch in the events call", process.Patience, func() error {
			_, err := d.client().raw(path)
			return err
		})
		events = append(events, time.Since(begin))
		process.Eventually(t, "the session in the list", process.Patience, func() error {
			all, err := d.client().sessions(site)
			for _, s := range all {
				if s.ID == tr.session.String() {
					return nil
				}
			}
			return fmt.Errorf("not among %d: %w", len(all), err)
		})
		lists = append(lists, time.Since(begin))
		if err := g.Wait(); err != nil {
			t.Error(err)
		}
	}
	median := func(d []time.Duration) time.Duration {
		sort.Slice(d, func(i, j int) bool { return d[i] < d[j] })
		return d[len(d)/2].Round(time.Millisecond)
	}
	t.Logf("batch sent → in the session's events: median %s, worst %s; → in the sessions list: median %s, worst %s (%d batches)",
		median(events), events[rounds-1].Round(time.Millisecond), median(lists), lists[rounds-1].Round(time.Millisecond), rounds)
	fmt.Printf("event → visible: events call median %s, sessions list median %s\n", median(events), median(lists))
}
