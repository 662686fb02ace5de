package api_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"hindsight/internal/store"
)

type sessionList struct {
	Sessions   []map[string]any
	NextCursor *string `json:"next_cursor"`
}

func (l sessionList) ids() []string {
	out := []string{}
	for _, s := range l.Sessions {
		out = append(out, s["id"].(string))
	}
	return out
}

func testSessionsByPageAndFilter(t *testing.T) {
	r := newRig(t)
	var records []*store.Record
	var want []string
	for n := byte(1); n <= 7; n++ {
		v := newVisit(t, r.site.ID, n, testNow.Add(-time.Duration(n)*time.Hour))
		if n == 3 {
			v.device = "mobile"
		}
		v.batch(1, 1, fmt.Sprintf("/p%d", n), 0, int(n)).view(0, "T")
		if n == 5 {
			v.event(1, "error", "boom", 0, "{}")
		}
		records = append(records, v.all...)
		want = append(want, v.id()) // newest first
	}
	r.write(records...)

	var got []string
	path := r.sitePath("/sessions?limit=3")
	for pages := 1; ; pages++ {
		var list sessionList
		r.get(path, &list)
		got = append(got, list.ids()...)
		if list.NextCursor == nil {
			if pages != 3 {
				t.Errorf("%d pages", pages)
			}
			break
		}
		path = r.sitePath("/sessions?limit=3&cursor=" + url.QueryEscape(*list.NextCursor))
		// A newer session, between two pages.
		r.write(newVisit(t, r.site.ID, byte(100+pages), testNow.Add(-time.Minute)).batch(1, 1, "/new", 0, 1).view(0, "T").all...)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}

	for query, ids := range map[string][]string{
		"path=/p4": {want[3]}, "device=mobile": {want[2]}, "has=error": {want[4]}, "has=error,click": {},
		"min_duration=7000": {want[6]}, "browser=firefox&country=FR&path=/p1": {want[0]}, "country=DE": {},
		"visitor=0102060000000000" + strings.Repeat("0", 16):           {want[5]},
		"from=2026-03-20T04:30:00Z&to=2026-03-20T06:00:00Z":            {want[6]},
		"from=2026-03-20T05:00:00%2B00:00&to=2026-03-20T05:00:00.001Z": {want[6]},
		"has=recording": {},
	} {
		var list sessionList
		r.get(r.sitePath("/sessions?"+query), &list)
		if d := cmp.Diff(ids, list.ids()); d != "" {
			t.Errorf("%s: %s", query, d)
		}
	}
}

func testSessionInDetail(t *testing.T) {
	r := newRig(t)
	v := newVisit(t, r.site.ID, 1, testNow.Add(-time.Hour))
	v.batch(1, 1, "/", 0, 5).view(0, "Home").load(1, 420.5).click(2, "#buy", .5, .5, 1, 1)
	v.batch(1, 4, "/", 6, 9).event(7, "gap", "memory", 1500, `{}`)
	v.batch(2, 1, "/cart", 20, 30).view(20, "Cart").event(25, "error", "boom", 0, `{"stack":"at x"}`).replay(v.rr(4, 20, "a"), v.rr(2, 21, "b"))
	r.write(v.all...)
	var got struct {
		ID, Visitor   string
		StartedAt     string `json:"started_at"`
		DurationMS    int    `json:"duration_ms"`
		Missing       int
		HasRecording  bool `json:"has_recording"`
		Clicks, Pages int
		PageViews     []struct {
			Document, Path, Title, At string
			LoadMS                    *float64 `json:"load_ms"`
		} `json:"page_views"`
		Documents []struct {
			Document, Tab string
			Batches       int
			LastSequence  int `json:"last_sequence"`
			Missing       []int
			ClockOffsetMS int `json:"clock_offset_ms"`
			ReplayEvents  int `json:"replay_events"`
		}
		Gaps   []struct{ Document, Reason, From, To string }
		Events []struct {
			Kind, Name, At string
			Value          float64
			Data           map[string]any
		}
	}
	r.get(r.sitePath("/sessions/"+v.id()), &got)
	if got.ID != v.id() || got.StartedAt != "2026-03-20T11:00:00.000Z" || got.DurationMS != 30000 || got.Missing != 2 || !got.HasRecording ||
		got.Clicks != 1 || got.Pages != 2 || got.Visitor != "010201"+strings.Repeat("0", 26) {
		t.Errorf("%+v", got)
	}
	if len(got.PageViews) != 2 || got.PageViews[0].Title != "Home" || *got.PageViews[0].LoadMS != 420.5 || got.PageViews[1].LoadMS != nil {
		t.Errorf("page views %+v", got.PageViews)
	}
	if len(got.Documents) != 2 {
		t.Fatalf("documents %+v", got.Documents)
	}
	first := got.Documents[0]
	if first.Document != documentID(1) || first.Batches != 2 || first.LastSequence != 4 || cmp.Diff([]int{2, 3}, first.Missing) != "" ||
		first.ClockOffsetMS != 250 || first.Tab != "0700000000000000" || got.Documents[1].ReplayEvents != 2 {
		t.Errorf("documents %+v", got.Documents)
	}
	if len(got.Gaps) != 1 || got.Gaps[0].Reason != "memory" || got.Gaps[0].From != "2026-03-20T11:00:07.000Z" || got.Gaps[0].To != "2026-03-20T11:00:08.500Z" {
		t.Errorf("gaps %+v", got.Gaps)
	}
	var kinds []string
	for _, e := range got.Events {
		kinds = append(kinds, e.Kind)
	}
	if d := cmp.Diff([]string{"load", "click", "error"}, kinds); d != "" || got.Events[2].Data["stack"] != "at x" || got.Events[1].Name != "#buy" {
		t.Errorf("events %+v %s", got.Events, d)
	}
}

func testEventsInEveryForm(t *testing.T) {
	r := newRig(t)
	v := newVisit(t, r.site.ID, 1, testNow.Add(-time.Hour))
	v.batch(1, 1, "/", 0, 5).view(0, "A").replay(v.rr(4, 0, "a0"), v.rr(2, 1, "a1"))
	v.batch(1, 2, "/", 5, 9).replay(v.rr(3, 6, "a6"), v.rr(3, 9, "a9"))
	v.batch(2, 1, "/b", 3, 8).view(3, "B").replay(v.rr(4, 3, "b3"), v.rr(2, 7, "b7"), v.rr(3, 8, "b8"))
	r.write(v.all...)
	r.write(v.all...) // stored again: replayed once
	path := r.sitePath("/sessions/" + v.id() + "/events")
	at := func(s int) string {
		return url.QueryEscape(v.begin.Add(time.Duration(s) * time.Second).Format(time.RFC3339))
	}
	for _, c := range []struct {
		query string
		want  string
	}{
		{"", "a0 a1 b3 a6 b7 b8 a9"},
		{"?document=" + documentID(1), "a0 a1 a6 a9"},
		{"?document=" + documentID(9), ""},
		{"?from=" + at(3) + "&to=" + at(8), "b3 a6 b7"},
		{"?from=" + at(9), "a9"},
		{"?to=" + at(1), "a0"},
	} {
		var events []struct {
			Timestamp int64
			Data      struct{ Mark string }
		}
		r.get(path+c.query, &events)
		var marks []string
		for _, e := range events {
			marks = append(marks, e.Data.Mark)
		}
		if got := strings.Join(marks, " "); got != c.want {
			t.Errorf("%q: %s, want %s", c.query, got, c.want)
		}
		if c.query == "" && events[0].Timestamp != v.begin.UnixMilli() {
			t.Errorf("the clock offset is not applied: %d", events[0].Timestamp)
		}
	}

	lines := r.call("GET", path, "", asAdmin, "Accept: application/x-ndjson")
	if got := bytes.Count(lines.body, []byte("\n")); got != 7 || lines.header.Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("%d lines, %v", got, lines.header)
	}
	for line := range bytes.SplitSeq(bytes.TrimSpace(lines.body), []byte("\n")) {
		if !json.Valid(line) {
			t.Errorf("a line that is no JSON: %s", line)
		}
	}
}

func testAnswersAreCompressedWhenAskedFor(t *testing.T) {
	r := newRig(t)
	v := newVisit(t, r.site.ID, 1, testNow.Add(-time.Hour))
	v.batch(1, 1, "/", 0, 5).view(0, "A").replay(v.rr(4, 0, strings.Repeat("long", 5000)), v.rr(2, 1, "x"))
	r.write(v.all...)
	path := r.sitePath("/sessions/" + v.id() + "/events")
	plain := r.call("GET", path, "", asAdmin, "Accept-Encoding: identity")
	for coding, open := range map[string]func(io.Reader) (io.Reader, error){
		"gzip": func(in io.Reader) (io.Reader, error) { return gzip.NewReader(in) },
		"zstd": func(in io.Reader) (io.Reader, error) { return zstd.NewReader(in) },
	} {
		a := r.call("GET", path, "", asAdmin, "Accept-Encoding: "+coding)
		if a.header.Get("Content-Encoding") != coding || len(a.body) > len(plain.body)/10 {
			t.Errorf("%s: %d bytes of %d, %v", coding, len(a.body), len(plain.body), a.header)
			continue
		}
		in, err := open(bytes.NewReader(a.body))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(in)
		if err != nil || !bytes.Equal(raw, plain.body) {
			t.Errorf("%s: %v", coding, err)
		}
	}
}

// What cannot be read half way must not look like a whole recording.
func testABrokenRecordingBreaksTheConnection(t *testing.T) {
	r := newRig(t)
	v := newVisit(t, r.site.ID, 1, testNow.Add(-time.Hour))
	v.batch(1, 1, "/", 0, 5).view(0, "A").replay(v.rr(4, 0, strings.Repeat("x", 200_000)), v.rr(2, 1, "x"))
	v.batch(1, 2, "/", 5, 9).replay(v.rr(3, 6, "x"))
	v.record.Chunk.Payload = []byte("no zstd")
	r.write(v.all...)
	request := r.url + "/api/v1" + r.sitePath("/sessions/"+v.id()+"/events")
	if body, err := readAll(request); err == nil {
		t.Errorf("a whole answer: %d bytes", len(body))
	}
	if a := r.call("GET", r.sitePath("/sessions/"+v.id()+"/events?from=2026-03-20T11:00:05Z"), "", asAdmin); a.problem() != "internal" {
		t.Errorf("broken at its beginning: %d %s", a.status, a.body)
	}
}

func testSnapshot(t *testing.T) {
	r := newRig(t)
	v := newVisit(t, r.site.ID, 1, testNow.Add(-time.Hour))
	v.batch(1, 1, "/", 0, 5).view(0, "A").replay(v.rr(4, 0, "meta"), v.rr(2, 1, "picture"), v.rr(3, 2, "move"))
	r.write(v.all...)
	var events []struct {
		Type      int
		Timestamp int64
	}
	r.get(r.sitePath("/snapshots/"+v.id()+"/"+documentID(1)+"/1"), &events)
	if len(events) != 2 || events[0].Type != 4 || events[1].Type != 2 || events[1].Timestamp != v.at(1) {
		t.Errorf("%+v", events)
	}
}
