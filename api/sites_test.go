package api_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hindsight/api"
	"hindsight/internal/site"
)

func testSitesChangeAtOnceHereAndSoonElsewhere(t *testing.T) {
	r := newRig(t)
	// Another process over the same store.
	other, err := api.New(api.Config{PublicURL: "https://h.example", Refresh: 10 * time.Millisecond}, r.store, zap.NewNop(), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	defer other.Stop()

	var made struct {
		site.Site
		Snippet string
	}
	r.change("POST", "/sites", `{"name":" Shop ","origins":["HTTPS://Shop.example:443/","https://*.shop.example"],"consent":"implied"}`, 201, &made)
	if made.Name != "Shop" || cmp.Diff([]string{"https://shop.example", "https://*.shop.example"}, made.Origins) != "" ||
		made.Retention != site.DefaultRetention() || made.SampleRate != 1 {
		t.Errorf("%+v", made)
	}
	if want := `<script defer src="` + r.url + `/t.js" data-site="` + made.Key + `" data-consent="implied"></script>`; made.Snippet != want {
		t.Errorf("snippet %s", made.Snippet)
	}
	if got, ok := r.api.Sites().Site(made.Key); !ok || got.ID != made.ID {
		t.Errorf("not known at once: %+v", got)
	}
	eventually(t, "the other process learns it", func() bool { _, ok := other.Sites().Site(made.Key); return ok })

	r.change("PATCH", "/sites/"+made.ID, `{"closed":true,"retention":{"recordings_days":5}}`, 200, nil)
	got, _ := r.api.Sites().Site(made.Key)
	if !got.Closed || got.Retention.RecordingsDays != 5 || got.Retention.DataDays != site.DefaultRetention().DataDays || got.Name != "Shop" {
		t.Errorf("after a change: %+v", got)
	}
	r.change("DELETE", "/sites/"+made.ID, "", 204, nil)
	if _, ok := r.api.Sites().Site(made.Key); ok {
		t.Error("a deleted site is known")
	}
	eventually(t, "the other process forgets it", func() bool { _, ok := other.Sites().Site(made.Key); return !ok })
	if a := r.call("GET", "/sites/"+made.ID, "", asAdmin); a.status != 404 {
		t.Errorf("a deleted site: %d", a.status)
	}
}

func testEnsureSiteKeepsWhatPeopleSet(t *testing.T) {
	r := newRig(t)
	r.change("PATCH", r.sitePath(""), `{"name":"Mine","consent":"required"}`, 200, nil)
	seed := api.SiteSeed{Key: "first-key", Name: "First", Origins: []string{"https://shop.example/", "http://127.0.0.1:8080"}, Consent: site.ModeImplied}
	written := func() (n uint64) {
		if err := r.store.Conn().QueryRow(context.Background(), "SELECT max(version) FROM sites").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for turn := range 2 {
		before := written()
		got, err := r.api.EnsureSite(context.Background(), seed)
		if turn > 0 && written() != before {
			t.Error("a site that is as it should be is written again: on a full disk nothing would start")
		}
		if err != nil {
			t.Fatal(err)
		}
		if got.ID != r.site.ID || got.Name != "Mine" || got.Consent != site.ModeRequired ||
			cmp.Diff([]string{"https://shop.example", "http://127.0.0.1:8080"}, got.Origins) != "" {
			t.Errorf("%+v", got)
		}
	}
	for port := range site.MaxOrigins {
		seed.Origins = []string{fmt.Sprintf("http://127.0.0.1:%d", 9000+port)}
		got, err := r.api.EnsureSite(context.Background(), seed)
		if err != nil {
			t.Fatalf("origin %d: %v", port+3, err)
		}
		if last := got.Origins[len(got.Origins)-1]; last != seed.Origins[0] {
			t.Fatalf("the site lies at %s, not %s", last, seed.Origins[0])
		}
	}
	for _, bad := range []api.SiteSeed{
		{Key: "x", Origins: []string{"https://a.example"}}, {Key: "good-key"}, {Key: "good-key", Origins: []string{"*"}},
		{Key: "good-key", Origins: []string{"https://a.example"}, Consent: "maybe"},
	} {
		if _, err := r.api.EnsureSite(context.Background(), bad); err == nil {
			t.Errorf("%+v passes", bad)
		}
	}
}

// A change of retention hides what is stored at once.
func testRetentionIsAppliedToEveryRead(t *testing.T) {
	r := newRig(t)
	v := newVisit(t, r.site.ID, 1, testNow.Add(-72*time.Hour))
	v.batch(1, 1, "/", 0, 5).view(0, "A").click(1, "#a", 0, 0, 0, 0).replay(v.rr(4, 0, "m"), v.rr(2, 1, "s"))
	r.write(v.all...)
	see := func() (sessions int, recording bool, events int, clicks int, snapshot bool) {
		var list sessionList
		r.get(r.sitePath("/sessions"), &list)
		var heat heatAnswer
		r.get(r.sitePath("/heatmap?path=/"), &heat)
		if len(list.Sessions) > 0 {
			recording = list.Sessions[0]["has_recording"].(bool)
			var replay []any
			r.get(r.sitePath("/sessions/"+v.id()+"/events"), &replay)
			events = len(replay)
		}
		return len(list.Sessions), recording, events, heat.Counts.Total, heat.Snapshot != nil
	}
	type seen struct {
		Sessions  int
		Recording bool
		Events    int
		Clicks    int
		Snapshot  bool
	}
	for _, c := range []struct {
		retention string
		want      seen
	}{
		{`{"recordings_days":30,"data_days":30}`, seen{1, true, 2, 1, true}},
		{`{"recordings_days":2,"data_days":30}`, seen{1, false, 0, 1, false}},
		{`{"recordings_days":2,"data_days":2}`, seen{0, false, 0, 0, false}},
		{`{"recordings_days":3,"data_days":3}`, seen{1, true, 2, 1, true}},
	} {
		r.change("PATCH", r.sitePath(""), `{"retention":`+c.retention+`}`, 200, nil)
		var got seen
		got.Sessions, got.Recording, got.Events, got.Clicks, got.Snapshot = see()
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.retention, d)
		}
	}
}

func testDemoSessionsAndSitesAreTakenAway(t *testing.T) {
	r := newRig(t)
	demo := newVisit(t, r.site.ID, 1, testNow.Add(-time.Hour)).batch(1, 1, "/", 0, 5)
	demo.record.Batch.Flags = 2
	demo.view(0, "A").click(1, "#a", 0, 0, 0, 0)
	real := newVisit(t, r.site.ID, 2, testNow.Add(-2*time.Hour)).batch(1, 1, "/", 0, 5).view(0, "A").click(1, "#a", 0, 0, 0, 0)
	r.write(append(demo.all, real.all...)...)
	var status struct {
		Sessions     int
		DemoSessions int `json:"demo_sessions"`
	}
	r.get(r.sitePath("/status"), &status)
	if status.Sessions != 2 || status.DemoSessions != 1 {
		t.Fatalf("%+v", status)
	}
	var removed struct{ Sessions int }
	r.change("DELETE", r.sitePath("/demo"), "", 200, &removed)
	r.derive()
	var list sessionList
	r.get(r.sitePath("/sessions"), &list)
	var heat heatAnswer
	r.get(r.sitePath("/heatmap?path=/"), &heat)
	if removed.Sessions != 1 || cmp.Diff([]string{real.id()}, list.ids()) != "" || heat.Counts.Total != 1 {
		t.Errorf("removed %d, left %v, clicks %d", removed.Sessions, list.ids(), heat.Counts.Total)
	}

	r.change("DELETE", r.sitePath(""), "", 204, nil)
	var rows uint64
	if err := r.store.Conn().QueryRow(context.Background(), "SELECT count() FROM batches FINAL").Scan(&rows); err != nil || rows != 0 {
		t.Errorf("%d rows are left of the site (%v)", rows, err)
	}
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for begin := time.Now(); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Since(begin) > time.Minute {
			t.Fatalf("%s: not in 30 s", what)
		}
	}
}
