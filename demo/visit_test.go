package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"hindsight/internal/wire"
)

var testNow = time.Date(2026, 5, 20, 15, 30, 0, 0, time.UTC)

func testGenerator(t testing.TB, seed uint64) *generator {
	t.Helper()
	s, err := newShop("https://shop.example")
	if err != nil {
		t.Fatal(err)
	}
	cfg := DefaultConfig()
	cfg.Seed, cfg.Now = seed, testNow
	return &generator{cfg: cfg, shop: s}
}

// TestVisits plays many visits and judges everything they would send.
func TestVisits(t *testing.T) {
	const sessions = 250
	kinds := map[string]int{}
	for _, seed := range []uint64{1, 2, 77} {
		g := testGenerator(t, seed)
		for i := range sessions {
			v, err := g.visit(i)
			if err != nil {
				t.Fatalf("seed %d, session %d: %v", seed, i, err)
			}
			if t.Failed() {
				return
			}
			t.Run(fmt.Sprintf("seed %d session %d", seed, i), func(t *testing.T) { judgeVisit(t, v, kinds) })
		}
	}
	for _, kind := range []string{
		"view", "spa", "back", "load", "click", "fixed", "move", "scroll", "typing", "error", "event", "visible",
		"source 0", "source 1", "source 2", "source 3", "source 4", "source 5", "adds", "removes", "texts", "attributes",
		"rage", "hints", "touch", "mouse",
	} {
		if kinds[kind] == 0 {
			t.Errorf("no visit of all these has %q", kind)
		}
	}
	t.Logf("%v", kinds)
}

func judgeVisit(t *testing.T, v *visit, kinds map[string]int) {
	if v.views < 1 || v.views > maxViews {
		t.Errorf("%d page views", v.views)
	}
	oldest, newest := float64(testNow.Add(-7*24*time.Hour).UnixMilli()), float64(testNow.UnixMilli())
	if v.start < oldest || v.now > newest {
		t.Errorf("lasts from %v to %v, outside the time asked for", v.start, v.now)
	}
	var reader *recording
	views := 0
	var document wire.DocumentID
	for i, b := range v.batches {
		if int64(b.header.Session.Day()) != int64(v.start/86_400_000) {
			t.Errorf("session day is %d", b.header.Session.Day())
		}
		if b.header.Flags&wire.FlagDemo == 0 {
			t.Error("a frame is not marked as demo data")
		}
		if b.header.Document != document {
			document = b.header.Document
			reader = &recording{seen: map[int]*treeNode{}}
		}
		reader.sequence++
		if b.header.Sequence != reader.sequence {
			t.Errorf("sequence %d after %d", b.header.Sequence, reader.sequence-1)
		}
		ends := i+1 == len(v.batches) || v.batches[i+1].header.Document != document
		if last := b.header.Flags&wire.FlagLast != 0; last != ends {
			t.Errorf("frame %d of the document: last=%v", b.header.Sequence, last)
		}
		frame, _, err := b.encode(wire.ConsentImplied, true)
		if err != nil {
			t.Fatal(err)
		}
		views += judgeFrame(t, frame, v, reader, kinds)
	}
	if views != v.views {
		t.Errorf("%d view signals for %d page views", views, v.views)
	}
}

// judgeFrame decodes a frame as a processor would, and gives its page views.
func judgeFrame(t *testing.T, frame []byte, v *visit, reader *recording, kinds map[string]int) int {
	f, err := wire.ParseFrame(frame)
	if err != nil {
		t.Fatal(err)
	}
	section, err := f.InflateSignals(nil)
	if err != nil {
		t.Fatal(err)
	}
	var signals wire.Signals
	if err := signals.Decode(section); err != nil {
		t.Fatal(err)
	}
	if signals.Invalid+signals.UnknownKinds+signals.UnknownMembers > 0 {
		t.Errorf("%d signals are invalid, %d kinds and %d members unknown: %s", signals.Invalid, signals.UnknownKinds, signals.UnknownMembers, section)
	}
	if signals.View < reader.view || signals.View > reader.view+1 {
		t.Errorf("view %d after %d", signals.View, reader.view)
	}
	reader.view = signals.View
	for _, s := range signals.Views {
		kinds[s.Nav]++
		kinds["view"]++
		if s.HasHints {
			kinds["hints"]++
		}
	}
	for _, c := range signals.Clicks {
		kinds["click"]++
		kinds[c.Pointer]++
		if c.Fixed {
			kinds["fixed"]++
		}
		if c.X < 0 || c.X > c.DocumentW || c.Y < 0 || c.Y > c.DocumentH {
			t.Errorf("a click at %d, %d on a page of %d × %d", c.X, c.Y, c.DocumentW, c.DocumentH)
		}
	}
	for i := 2; i < len(signals.Clicks); i++ {
		if signals.Clicks[i].T-signals.Clicks[i-2].T <= 1000 {
			kinds["rage"]++
		}
	}
	kinds["load"] += len(signals.Loads)
	kinds["move"] += len(signals.Moves)
	kinds["scroll"] += len(signals.Scrolls)
	kinds["error"] += len(signals.Errors)
	kinds["event"] += len(signals.Events)
	kinds["visible"] += len(signals.Visibles)
	for _, typing := range signals.Typings {
		kinds["typing"]++
		if typing.Selector == "input#password" {
			t.Error("the password field tells its typing")
		}
	}
	for _, e := range signals.Errors {
		if e.Line == 0 || e.Col == 0 {
			t.Error("an error without its place in the script")
		}
	}
	replay, err := f.InflateReplay(nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(replay) > 0 {
		reader.read(t, replay, kinds)
	}
	return len(signals.Views)
}

// TestVisitsRepeat: a seed at a time makes the same bytes again, and other ids
// at another time.
func TestVisitsRepeat(t *testing.T) {
	all := func(seed uint64, now time.Time) (out []byte, first wire.SessionID) {
		g := testGenerator(t, seed)
		g.cfg.Now = now
		for i := range 12 {
			v, err := g.visit(i)
			if err != nil {
				t.Fatal(err)
			}
			first = v.batches[0].header.Session
			for _, b := range v.batches {
				out = append(append(append(out, fmt.Sprint(b.header)...), b.signals...), b.replay...)
			}
		}
		return out, first
	}
	one, id := all(5, testNow)
	if two, _ := all(5, testNow); !bytes.Equal(one, two) {
		t.Error("the same seed at the same time makes other sessions")
	}
	if _, later := all(5, testNow.Add(time.Second)); later == id {
		t.Error("another time makes the same session id, with other content")
	}
	if _, other := all(6, testNow); other == id {
		t.Error("another seed makes the same session id")
	}
}

// TestShape: what the visits look like together.
func TestShape(t *testing.T) {
	g := testGenerator(t, 3)
	const sessions = 1200
	visitors := map[wire.VisitorHash]int{}
	devices, reached := map[bool]int{}, map[string]int{}
	var bounces int
	var stays []float64
	for i := range sessions {
		v, err := g.visit(i)
		if err != nil {
			t.Fatal(err)
		}
		visitors[v.who.hash]++
		devices[v.touch()]++
		stays = append(stays, v.now-v.start)
		if v.views == 1 {
			bounces++
		}
		for _, path := range []string{"/demo/product/", "/demo/cart", "/demo/signup"} {
			for _, b := range v.batches {
				if bytes.Contains(b.signals, []byte(`"path":"`+path)) {
					reached[path]++
					break
				}
			}
		}
		for _, b := range v.batches {
			if bytes.Contains(b.signals, []byte(`"name":"signup"`)) {
				reached["done"]++
			}
		}
	}
	slices.Sort(stays)
	share := func(n int) float64 { return float64(n) / sessions }
	t.Logf("visitors %d, touch %.2f, bounces %.2f, funnel %v, stay %.0f s at the median, %.0f s at most",
		len(visitors), share(devices[true]), share(bounces), reached, stays[sessions/2]/1000, stays[sessions-1]/1000)
	steps := []string{"/demo/product/", "/demo/cart", "/demo/signup", "done"}
	for i := 1; i < len(steps); i++ {
		if reached[steps[i]] == 0 || reached[steps[i]] >= reached[steps[i-1]] {
			t.Errorf("the funnel does not narrow at %s: %v", steps[i], reached)
		}
	}
	for name, got := range map[string][3]float64{
		"touch":     {share(devices[true]), 0.35, 0.7},
		"bounces":   {share(bounces), 0.2, 0.55},
		"returning": {1 - share(len(visitors)), 0.1, 0.4},
	} {
		if got[0] < got[1] || got[0] > got[2] {
			t.Errorf("%s: %.2f, not between %.2f and %.2f", name, got[0], got[1], got[2])
		}
	}
}

func BenchmarkVisit(b *testing.B) {
	g := testGenerator(b, 1)
	frames, bytes := 0, 0
	for i := 0; b.Loop(); i++ {
		v, err := g.visit(i)
		if err != nil {
			b.Fatal(err)
		}
		for _, batch := range v.batches {
			frame, _, err := batch.encode(wire.ConsentImplied, true)
			if err != nil {
				b.Fatal(err)
			}
			frames++
			bytes += len(frame)
		}
	}
	b.ReportMetric(float64(frames)/float64(b.N), "frames/session")
	b.ReportMetric(math.Round(float64(bytes)/float64(b.N)), "bytes/session")
}

// compactJSON is for messages.
func compactJSON(v any) string {
	text, _ := json.Marshal(v)
	return string(text[:min(len(text), 300)])
}
