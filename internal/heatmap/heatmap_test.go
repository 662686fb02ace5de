package heatmap

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBandOfEdges(t *testing.T) {
	for _, c := range []struct {
		width int
		want  Band
	}{
		{0, Band{0, 479}}, {320, Band{0, 479}}, {479, Band{0, 479}},
		{480, Band{480, 767}}, {767, Band{480, 767}},
		{768, Band{768, 1023}}, {1023, Band{768, 1023}},
		{1024, Band{1024, 1439}}, {1439, Band{1024, 1439}},
		{1440, Band{1440, 0}}, {65535, Band{1440, 0}},
	} {
		if got := BandOf(c.width); got != c.want {
			t.Errorf("BandOf(%d) = %v, want %v", c.width, got, c.want)
		}
	}
}

func TestEveryWidthLiesInOneBand(t *testing.T) {
	for width := range 3000 {
		in := 0
		for _, b := range Bands() {
			if b.Contains(width) {
				in++
			}
		}
		if in != 1 {
			t.Fatalf("width %d lies in %d bands", width, in)
		}
	}
}

func TestCountBands(t *testing.T) {
	got := CountBands([]WidthCount{{390, 5}, {1280, 3}, {1100, 3}, {390, 2}, {375, 6}, {1440, 0}})
	want := []BandCount{
		{Band: Band{0, 479}, Count: 13, Width: 390},
		{Band: Band{1024, 1439}, Count: 6, Width: 1100}, // the narrower of equals
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	best, ok := Fullest(got)
	if !ok || best.Min != 0 {
		t.Errorf("Fullest = %v, %v", best, ok)
	}
	if _, ok := Fullest(CountBands(nil)); ok {
		t.Error("a fullest band of nothing")
	}
}

func TestClicksMergeByBoxAndPageCell(t *testing.T) {
	drawn := BandOf(1280)
	at := func(fx, fy, x, y float64) Click {
		return Click{Selector: "a", FX: fx, FY: fy, X: x, Y: y, Width: 1280, Weight: 1}
	}
	for _, c := range []struct {
		name   string
		clicks []Click
		points int
	}{
		{"the same place", []Click{at(100, 100, 10, 10), at(100, 100, 10, 10)}, 1},
		{"one box cell, one page cell", []Click{at(0, 0, 8, 8), at(1023, 1023, 11, 11)}, 1},
		{"neighbouring box cells", []Click{at(1023, 0, 8, 8), at(1024, 0, 8, 8)}, 2},
		{"neighbouring page cells", []Click{at(0, 0, 11, 8), at(0, 0, 12, 8)}, 2},
		{"cells on both sides of zero", []Click{at(0, 0, -1, 8), at(0, 0, 0, 8)}, 2},
		{"the far edge belongs to the last cell", []Click{at(65535, 0, 8, 8), at(64512, 0, 8, 8)}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := NewClickMap(drawn)
			for _, click := range c.clicks {
				m.Add(click)
			}
			points := m.Points(MaxPoints, func(string) int { return 0 })
			if len(points) != c.points {
				t.Errorf("%d points, want %d: %+v", len(points), c.points, points)
			}
			var sum uint64
			for _, p := range points {
				sum += p.Weight
			}
			if sum != uint64(len(c.clicks)) {
				t.Errorf("weights sum to %d, want %d", sum, len(c.clicks))
			}
		})
	}
}

func TestClicksKeepFixedOtherBandAndElementApart(t *testing.T) {
	m := NewClickMap(BandOf(1280))
	base := Click{Selector: "#a", FX: 32768, FY: 16384, X: 100, Y: 200, Width: 1280, Weight: 1}
	fixed, narrow, other := base, base, base
	fixed.Fixed, narrow.Width, other.Selector = true, 390, "#b"
	for _, c := range []Click{base, base, base, fixed, narrow, narrow, other} {
		m.Add(c)
	}
	got := m.Points(MaxPoints, func(s string) int { return map[string]int{"#a": 0, "#b": 1}[s] })
	want := []Point{
		{Element: 0, FX: 0.5, FY: 0.25, X: 100, Y: 200, Weight: 3},
		{Element: 0, FX: 0.5, FY: 0.25, X: 100, Y: 200, Weight: 2, OtherBand: true},
		{Element: 0, FX: 0.5, FY: 0.25, X: 100, Y: 200, Weight: 1, Fixed: true},
		{Element: 1, FX: 0.5, FY: 0.25, X: 100, Y: 200, Weight: 1},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got := m.Points(2, func(string) int { return 0 }); len(got) != 2 || got[0].Weight != 3 || got[1].Weight != 2 {
		t.Errorf("the heaviest two: %+v", got)
	}
}

// Grouping before and grouping here must agree: the store sends cells.
func TestClicksOfCellsGiveTheSameAsSingleClicks(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	single, grouped := NewClickMap(BandOf(1280)), NewClickMap(BandOf(1280))
	type group struct{ bx, by, px, py int }
	cells := map[group]Click{}
	for range 5000 {
		c := Click{
			Selector: "#a", Width: 1280, Weight: 1,
			FX: float64(rnd.IntN(4096)), FY: float64(rnd.IntN(4096)),
			X: float64(rnd.IntN(16)), Y: float64(rnd.IntN(16)),
		}
		single.Add(c)
		key := group{int(c.FX) / 1024, int(c.FY) / 1024, int(c.X) / 4, int(c.Y) / 4}
		g := cells[key]
		n := float64(g.Weight)
		g.Selector, g.Width = c.Selector, c.Width
		g.FX, g.FY = (g.FX*n+c.FX)/(n+1), (g.FY*n+c.FY)/(n+1)
		g.X, g.Y = (g.X*n+c.X)/(n+1), (g.Y*n+c.Y)/(n+1)
		g.Weight++
		cells[key] = g
	}
	for _, g := range cells {
		grouped.Add(g)
	}
	zero := func(string) int { return 0 }
	if d := cmp.Diff(single.Points(MaxPoints, zero), grouped.Points(MaxPoints, zero)); d != "" {
		t.Error(d)
	}
}

func TestRankAndCut(t *testing.T) {
	r := Rank([]ElementCount{{"#c", 1, 1}, {"#a", 5, 2}, {"#b", 5, 3}, {"#gone", 0, 0}, {"#d", 1, 1}})
	points := []Point{{Element: r.Index("#a")}, {Element: r.Index("#d")}, {Element: r.Index("#d")}}
	got := r.Cut(2, points)
	want := []Element{
		{ElementCount{"#b", 5, 3}, 0.4167}, {ElementCount{"#a", 5, 2}, 0.4167}, {ElementCount{"#d", 1, 1}, 0.0833},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for i, selector := range []string{"#a", "#d", "#d"} {
		if got[points[i].Element].Selector != selector {
			t.Errorf("point %d names %s, want %s", i, got[points[i].Element].Selector, selector)
		}
	}
	if r.Index("#nowhere") != -1 {
		t.Error("an index for what is not ranked")
	}
}

func TestMoves(t *testing.T) {
	got := Moves([]Dwell{{0, 16, 5}, {32, 0, 40}, {0, 16, 50}, {48, 0, 0}}, 10)
	want := []Point{{Element: -1, X: 8, Y: 24, Weight: 55}, {Element: -1, X: 40, Y: 8, Weight: 40}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got := Moves([]Dwell{{0, 0, 1}, {16, 0, 2}}, 1); len(got) != 1 || got[0].Weight != 2 {
		t.Errorf("the heaviest one: %+v", got)
	}
}

func TestReach(t *testing.T) {
	bands, total := Reach([]Reached{{Lowest: 250, Count: 1}, {Lowest: 100, Count: 2}, {Lowest: 101, Count: 1}, {Lowest: 0, Count: 1}})
	want := []ReachBand{{0, 100, 4, 0.8}, {100, 200, 2, 0.4}, {200, 300, 1, 0.2}}
	if total != 5 {
		t.Errorf("total %d, want 5", total)
	}
	if d := cmp.Diff(want, bands); d != "" {
		t.Error(d)
	}
	bands, _ = Reach([]Reached{{Lowest: 1 << 30, Count: 1}})
	if len(bands) != MaxReachSteps || bands[MaxReachSteps-1].Reached != 1 {
		t.Errorf("a page without an end has %d steps", len(bands))
	}
	if bands, total := Reach(nil); len(bands) != 0 || total != 0 {
		t.Errorf("reach of nothing: %v, %d", bands, total)
	}
}

func TestFoldIsTheMedianOverPageViews(t *testing.T) {
	for _, c := range []struct {
		name  string
		views []Reached
		want  int
		ok    bool
	}{
		{"none", nil, 0, false},
		{"unknown heights do not count", []Reached{{ViewportH: 0, Count: 9}, {ViewportH: 700, Count: 1}}, 700, true},
		{"odd", []Reached{{ViewportH: 900, Count: 1}, {ViewportH: 600, Count: 1}, {ViewportH: 700, Count: 1}}, 700, true},
		{"even: the lower of the middle ones", []Reached{{ViewportH: 900, Count: 1}, {ViewportH: 600, Count: 1}}, 600, true},
		{"weighted", []Reached{{ViewportH: 600, Count: 1}, {ViewportH: 900, Count: 3}}, 900, true},
	} {
		if got, ok := Fold(c.views); got != c.want || ok != c.ok {
			t.Errorf("%s: %d, %v, want %d, %v", c.name, got, ok, c.want, c.ok)
		}
	}
}
