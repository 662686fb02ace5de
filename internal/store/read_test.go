package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hindsight/internal/heatmap"
	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

var (
	readDay = time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
	readNow = time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
)

func allVisible(site string) store.Visible { return store.NewVisible(site, store.Retention{}, readNow) }

func aroundReadDay() store.Period {
	return store.Period{From: readDay.AddDate(0, 0, -10), To: readDay.AddDate(0, 0, 10)}
}

func sessionRow(t *testing.T, site, session string, startedAt time.Time) row {
	return row{
		"day": store.SessionDay(session), "site": site, "session": bytes16(t, session), "visitor": string(make([]byte, 16)),
		"started_at": startedAt, "ended_at": startedAt.Add(time.Minute), "duration_ms": uint64(60000),
		"pages": uint32(2), "clicks": uint32(0), "errors": uint32(0), "batches": uint32(3), "gaps": uint32(0),
		"rages": uint32(0), "deads": uint32(0), "quick_backs": uint32(0), "active_ms": uint64(0), "gap_reasons": map[string]uint64{}, "missing": uint32(0),
		"replay_events": uint64(0), "paths": []string{"/", "/a"}, "entry_path": "/", "exit_path": "/a",
		"browser": "Firefox", "device": "desktop", "country": "FR", "demo": uint8(0), "version": uint64(1),
	}
}

func ids(sessions []store.Session) []string {
	out := make([]string, len(sessions))
	for i, s := range sessions {
		out[i] = s.ID
	}
	return out
}

func TestListSessionsFilters(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	site := t.Name()
	at := func(minute int) time.Time { return readDay.Add(time.Duration(minute) * time.Minute) }
	id := func(n byte) string { return makeSession(readDay, n) }
	base := func(n byte) row { return sessionRow(t, site, id(n), at(int(n))) }
	visitor := makeDocument(0xee)
	insertRows(t, s, "sessions",
		base(1),
		base(2).with(row{"clicks": uint32(4), "device": "mobile", "browser": "Chrome", "country": "DE"}),
		base(3).with(row{"errors": uint32(1), "paths": []string{`/we"ird\path'`, "/"}}),
		base(4).with(row{"missing": uint32(1), "duration_ms": uint64(600000)}),
		base(5).with(row{"gaps": uint32(1), "visitor": bytes16(t, visitor)}),
		base(6).with(row{"replay_events": uint64(9), "demo": uint8(1)}),
		base(9).with(row{"rages": uint32(1), "active_ms": uint64(7), "gap_reasons": map[string]uint64{"memory": 2}}),
		base(10).with(row{"deads": uint32(1)}),
		base(11).with(row{"quick_backs": uint32(1)}),
		base(7).with(row{"batches": uint32(0)}), // erased: a row of zeros
		base(8).with(row{"site": "another"}),
	)
	for _, c := range []struct {
		name string
		q    store.SessionQuery
		want []byte
	}{
		{"all, newest first", store.SessionQuery{}, []byte{11, 10, 9, 6, 5, 4, 3, 2, 1}},
		{"from is inclusive, to exclusive", store.SessionQuery{Period: store.Period{From: at(2), To: at(4)}}, []byte{3, 2}},
		{"path", store.SessionQuery{Path: `/we"ird\path'`}, []byte{3}},
		{"path of none", store.SessionQuery{Path: "/nowhere"}, nil},
		{"device", store.SessionQuery{Device: "mobile"}, []byte{2}},
		{"browser, in any case", store.SessionQuery{Browser: "chrome"}, []byte{2}},
		{"country", store.SessionQuery{Country: "DE"}, []byte{2}},
		{"visitor", store.SessionQuery{Visitor: visitor}, []byte{5}},
		{"duration", store.SessionQuery{MinDuration: 10 * time.Minute}, []byte{4}},
		{"click", store.SessionQuery{HasClick: true}, []byte{2}},
		{"error", store.SessionQuery{HasError: true}, []byte{3}},
		{"gap", store.SessionQuery{HasGap: true}, []byte{5, 4}},
		{"recording", store.SessionQuery{HasRecording: true}, []byte{6}},
		{"rage", store.SessionQuery{HasRage: true}, []byte{9}},
		{"dead click", store.SessionQuery{HasDead: true}, []byte{10}},
		{"quick back", store.SessionQuery{HasQuickBack: true}, []byte{11}},
		{"demo", store.SessionQuery{OnlyDemo: true}, []byte{6}},
		{"two at once", store.SessionQuery{HasClick: true, HasError: true}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.q.To.IsZero() {
				c.q.Period = aroundReadDay()
			}
			c.q.Limit = 100
			got, err := s.ListSessions(ctx, allVisible(site), c.q)
			if err != nil {
				t.Fatal(err)
			}
			want := []string{}
			for _, n := range c.want {
				want = append(want, id(n))
			}
			if d := cmp.Diff(want, ids(got)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestListSessionsPagesAreStableUnderInserts(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	site := t.Name()
	// Three sessions of one millisecond: the order among them is by id.
	at := []time.Time{readDay, readDay.Add(time.Hour), readDay.Add(time.Hour), readDay.Add(time.Hour), readDay.Add(2 * time.Hour)}
	for i, when := range at {
		insertRows(t, s, "sessions", sessionRow(t, site, makeSession(readDay, byte(i+1)), when))
	}
	q := store.SessionQuery{Period: aroundReadDay(), Limit: 2}
	var got []string
	for page := range 4 {
		sessions, err := s.ListSessions(ctx, allVisible(site), q)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, ids(sessions)...)
		if len(sessions) == 0 {
			break
		}
		last := sessions[len(sessions)-1]
		q.After = &store.SessionPlace{StartedAt: last.StartedAt, Session: last.ID}
		// A newer session arrives between two pages.
		insertRows(t, s, "sessions", sessionRow(t, site, makeSession(readDay, byte(100+page)), readDay.Add(5*time.Hour)))
	}
	var want []string
	for i := len(at); i >= 1; i-- {
		want = append(want, makeSession(readDay, byte(i)))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestRetentionHidesWhatIsStored(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	site := t.Name()
	id := makeSession(readDay, 1)
	insertRows(t, s, "sessions", sessionRow(t, site, id, readDay).with(row{"replay_events": uint64(5)}))
	daysSince := int(readNow.Sub(readDay).Hours() / 24)
	for _, c := range []struct {
		name         string
		keep         store.Retention
		found        bool
		replayEvents uint64
	}{
		{"kept", store.Retention{RecordingsDays: daysSince, DataDays: daysSince}, true, 5},
		{"recordings past", store.Retention{RecordingsDays: daysSince - 1, DataDays: daysSince}, true, 0},
		{"everything past", store.Retention{RecordingsDays: daysSince, DataDays: daysSince - 1}, false, 0},
	} {
		got, err := s.Session(ctx, store.NewVisible(site, c.keep, readNow), id)
		if found := err == nil; found != c.found || !found && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v", c.name, err)
		}
		if got.ReplayEvents != c.replayEvents {
			t.Errorf("%s: %d replay events, want %d", c.name, got.ReplayEvents, c.replayEvents)
		}
		listed, err := s.ListSessions(ctx, store.NewVisible(site, c.keep, readNow), store.SessionQuery{Period: aroundReadDay(), Limit: 9})
		if err != nil || (len(listed) == 1) != c.found {
			t.Errorf("%s: list of %d, %v", c.name, len(listed), err)
		}
	}
}

func TestSessionFound(t *testing.T) {
	s := storetest.Open(t)
	site := t.Name()
	// An event may lie up to three days after its session's day.
	late := makeSession(readDay, 2)
	insertRows(t, s, "sessions",
		sessionRow(t, site, makeSession(readDay, 1), readDay.Add(-23*time.Hour)),
		sessionRow(t, site, late, readDay.Add(71*time.Hour)))
	for n := byte(1); n <= 2; n++ {
		got, err := s.Session(context.Background(), allVisible(site), makeSession(readDay, n))
		if err != nil || got.ID != makeSession(readDay, n) {
			t.Errorf("session %d: %v, %v", n, got.ID, err)
		}
	}
	got, err := s.ListSessions(context.Background(), allVisible(site), store.SessionQuery{
		Period: store.Period{From: readDay.Add(70 * time.Hour), To: readDay.Add(72 * time.Hour)}, Limit: 5,
	})
	if err != nil || len(got) != 1 || got[0].ID != late {
		t.Errorf("a session that began long after its id's day: %v, %v", ids(got), err)
	}
	if _, err := s.Session(context.Background(), allVisible(site), makeSession(readDay, 9)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a session that is not there: %v", err)
	}
}

func heatRow(t *testing.T, site string, n int, kind string) row {
	session := makeSession(readDay, byte(n%7))
	return row{
		"day": readDay, "site": site, "path": "/p", "kind": kind, "viewport_w": uint16(1280),
		"session": bytes16(t, session), "document": bytes16(t, makeDocument(1)), "sequence": uint32(n + 1), "idx": uint16(0), "part": uint16(0),
		"view": uint16(0), "at": readDay.Add(time.Duration(n) * time.Second), "selector": "#a", "fx": uint16(0), "fy": uint16(0),
		"x": int32(0), "y": int32(0), "viewport_h": uint16(800), "fixed": uint8(0), "weight": uint32(1), "device": "desktop",
	}
}

// traceRow is a movement; site, path and time are those of heatRow.
func traceRow(t *testing.T, site string, n int, x, y []int32, weight []uint32) row {
	r := heatRow(t, site, n, "move").with(row{"x": x, "y": y, "weight": weight})
	for _, name := range []string{"part", "selector", "fx", "fy", "fixed"} {
		delete(r, name)
	}
	return r
}

// The cells of the query and those of internal/heatmap must be the same cells.
func TestHeatClicksAgreeWithTheArithmetic(t *testing.T) {
	s := storetest.Open(t)
	site := t.Name()
	var rows []row
	want := heatmap.NewClickMap(heatmap.BandOf(1280))
	for n := range 400 {
		r := heatRow(t, site, n, "click").with(row{
			"selector": fmt.Sprintf("#e%d", n%3), "fx": uint16(n * 163), "fy": uint16((n * 7919) % 65536),
			"x": int32(n%9 - 4), "y": int32(n % 11), "fixed": uint8(n % 2), "viewport_w": uint16([]int{390, 1280, 1300}[n%3]),
		})
		rows = append(rows, r)
		want.Add(heatmap.Click{
			Selector: r["selector"].(string), Width: int(r["viewport_w"].(uint16)), Fixed: n%2 == 1, Weight: 1,
			FX: float64(r["fx"].(uint16)), FY: float64(r["fy"].(uint16)), X: float64(r["x"].(int32)), Y: float64(r["y"].(int32)),
		})
	}
	insertRows(t, s, "heat_points", rows...)
	insertRows(t, s, "heat_points", rows[:200]...) // stored again: counted once
	got := heatmap.NewClickMap(heatmap.BandOf(1280))
	q := store.HeatQuery{Period: aroundReadDay(), Path: "/p", Kind: "click"}
	if err := s.HeatClicks(context.Background(), allVisible(site), q, got.Add); err != nil {
		t.Fatal(err)
	}
	index := func(selector string) int { return int(selector[2] - '0') }
	if d := cmp.Diff(want.Points(1000, index), got.Points(1000, index)); d != "" {
		t.Error(d)
	}
}

func TestHeatFiltersAndCounts(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	site := t.Name()
	insertRows(t, s, "heat_points",
		heatRow(t, site, 1, "click"),
		heatRow(t, site, 2, "click").with(row{"viewport_w": uint16(390), "device": "mobile"}),
		heatRow(t, site, 8, "click").with(row{"selector": "#b"}), // the session of n=1
		heatRow(t, site, 3, "click").with(row{"path": "/other"}),
	)
	insertRows(t, s, "heat_traces",
		traceRow(t, site, 4, []int32{16, 32}, []int32{0, 48}, []uint32{120, 7}),
		traceRow(t, site, 5, []int32{16}, []int32{0}, []uint32{30}),
		traceRow(t, site, 5, []int32{16}, []int32{0}, []uint32{30}), // stored again: counted once
		traceRow(t, site, 6, []int32{16}, []int32{0}, []uint32{99}).with(row{"kind": "attention"}),
		traceRow(t, site, 6, []int32{16}, []int32{0}, []uint32{99}).with(row{"path": "/other"}),
	)
	v := allVisible(site)
	q := store.HeatQuery{Period: aroundReadDay(), Path: "/p", Kind: "click"}
	for _, c := range []struct {
		name     string
		q        func(store.HeatQuery) store.HeatQuery
		sessions uint64
		elements map[string]uint64
	}{
		{"all", func(q store.HeatQuery) store.HeatQuery { return q }, 2, map[string]uint64{"#a": 2, "#b": 1}},
		{"device", func(q store.HeatQuery) store.HeatQuery { q.Device = "mobile"; return q }, 1, map[string]uint64{"#a": 1}},
		{"band", func(q store.HeatQuery) store.HeatQuery { q.Band = heatmap.BandOf(1280); return q }, 1, map[string]uint64{"#a": 1, "#b": 1}},
		{"period", func(q store.HeatQuery) store.HeatQuery { q.To = readDay.Add(2 * time.Second); return q }, 1, map[string]uint64{"#a": 1}},
		{"path", func(q store.HeatQuery) store.HeatQuery { q.Path = "/none"; return q }, 0, map[string]uint64{}},
	} {
		sessions, err := s.HeatSessions(ctx, v, c.q(q))
		if err != nil || sessions != c.sessions {
			t.Errorf("%s: %d sessions, want %d (%v)", c.name, sessions, c.sessions, err)
		}
		elements, err := s.HeatElements(ctx, v, c.q(q))
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]uint64{}
		for _, e := range elements {
			got[e.Selector] = e.Count
		}
		if d := cmp.Diff(c.elements, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
	q.Kind = "move"
	moves, err := s.HeatMoves(ctx, v, q, 10)
	if d := cmp.Diff([]heatmap.Dwell{{X: 16, Y: 0, Weight: 150}, {X: 32, Y: 48, Weight: 7}}, moves); d != "" || err != nil {
		t.Error(d, err)
	}
	widths, err := s.HeatWidths(ctx, v, q)
	if d := cmp.Diff([]heatmap.WidthCount{{Width: 1280, Count: 157}}, widths); d != "" || err != nil {
		t.Error(d, err)
	}
	if sessions, err := s.HeatSessions(ctx, v, q); err != nil || sessions != 2 {
		t.Errorf("%d sessions moved over the page, want 2 (%v)", sessions, err)
	}
}

func TestScrollCountsAPageViewOnce(t *testing.T) {
	s := storetest.Open(t)
	site := t.Name()
	scroll := func(seq uint32, view uint16, y int32) row {
		return heatRow(t, site, 1, "scroll").with(row{"sequence": seq, "view": view, "y": y})
	}
	insertRows(t, s, "heat_points", scroll(1, 0, 800), scroll(2, 0, 1450), scroll(3, 0, 1500), scroll(4, 1, 800))
	got, err := s.HeatScroll(context.Background(), allVisible(site), store.HeatQuery{Period: aroundReadDay(), Path: "/p", Kind: "scroll"})
	if err != nil {
		t.Fatal(err)
	}
	lowest := map[int]uint64{}
	for _, v := range got {
		lowest[v.Lowest] += v.Count
	}
	if d := cmp.Diff(map[int]uint64{800: 1, 1500: 1}, lowest); d != "" {
		t.Error(d)
	}
}

func TestSnapshotChoice(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	site := t.Name()
	snapshot := func(n byte, width uint16, at time.Time) row {
		return row{
			"day": readDay, "site": site, "path": "/p", "viewport_w": width, "viewport_h": uint16(700),
			"session": bytes16(t, makeSession(readDay, n)), "document": bytes16(t, makeDocument(n)), "sequence": uint32(1), "at": at,
		}
	}
	insertRows(t, s, "snapshots",
		snapshot(1, 1280, readDay), snapshot(2, 1280, readDay.Add(time.Hour)), snapshot(3, 1366, readDay.Add(2*time.Hour)),
		snapshot(4, 390, readDay), snapshot(5, 1100, readDay.Add(3*time.Hour)))
	insertRows(t, s, "sessions", sessionRow(t, site, makeSession(readDay, 5), readDay).with(row{"device": "tablet"}))
	desktop := heatmap.BandOf(1280)
	for _, c := range []struct {
		name string
		q    store.HeatQuery
		near int
		want byte
	}{
		{"nearest width, then newest", store.HeatQuery{Band: desktop}, 1280, 2},
		{"nearest width", store.HeatQuery{Band: desktop}, 1400, 3},
		{"the device asked for", store.HeatQuery{Band: desktop, Device: "tablet"}, 1280, 5},
		{"a device that left none", store.HeatQuery{Band: desktop, Device: "mobile"}, 1280, 2},
		{"of the period", store.HeatQuery{Band: desktop, Period: store.Period{From: readDay, To: readDay.Add(time.Minute)}}, 1280, 1},
		{"of another period for want of a better", store.HeatQuery{Band: desktop, Period: store.Period{From: readDay.AddDate(0, 0, 2), To: readDay.AddDate(0, 0, 3)}}, 1280, 2},
		{"narrow", store.HeatQuery{Band: heatmap.BandOf(320)}, 360, 4},
		{"a band without one", store.HeatQuery{Band: heatmap.BandOf(800)}, 800, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.q.Path = "/p"
			if c.q.To.IsZero() {
				c.q.Period = aroundReadDay()
			}
			got, err := s.SnapshotFor(ctx, allVisible(site), c.q, c.near)
			if c.want == 0 {
				if !errors.Is(err, store.ErrNotFound) {
					t.Errorf("got %v, %v", got, err)
				}
				return
			}
			if err != nil || got.Document != makeDocument(c.want) {
				t.Errorf("got %v (%v), want document %d", got, err, c.want)
			}
		})
	}
}
