package api_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hindsight/internal/store"
)

type heatAnswer struct {
	Band   struct{ Min, Count int }
	Bands  []struct{ Min, Count int }
	Counts struct{ Total, Sessions int }
	Points []struct {
		Element   *int
		FX, FY    float64
		X, Y      int
		Weight    int
		OtherBand bool `json:"other_band"`
	}
	Scroll []struct {
		From, To, Reached int
		Share             float64
	}
	Fold     *int
	Elements []struct {
		Selector        string
		Count, Sessions int
		Share           float64
	}
	Snapshot *struct {
		Session, Document string
		Sequence          int
		Width, Height     int
	}
}

// heatRig: three desktop visits and one on a telephone, all stored twice.
func heatRig(t *testing.T) (*rig, string) {
	r := newRig(t)
	var records []*store.Record
	var recorded string
	for n := byte(1); n <= 3; n++ {
		v := newVisit(t, r.site.ID, n, testNow.Add(-time.Duration(n)*time.Hour))
		v.batch(1, 1, "/", 0, 9).view(0, "A").click(1, "#buy", .5, .5, 100, 200).click(2, "#buy", .5, .5, 100, 200).
			click(3, "#nav", .1, .1, 10, 10).move(4, 160, 320, 100).scroll(5, 900).scroll(6, int32(n)*1000)
		if n == 2 {
			v.replay(v.rr(4, 0, "m"), v.rr(2, 1, "s"))
			recorded = v.id()
		}
		records = append(records, v.all...)
	}
	v := newVisit(t, r.site.ID, 9, testNow.Add(-30*time.Minute))
	v.device, v.width = "mobile", 390
	records = append(records, v.batch(1, 1, "/", 0, 9).view(0, "A").click(1, "#buy", .5, .5, 60, 700).move(2, 0, 0, 40).scroll(3, 600).all...)
	r.write(records...)
	r.write(records...)
	return r, recorded
}

func testHeatmapOfClicks(t *testing.T) {
	r, recorded := heatRig(t)
	var got heatAnswer
	r.get(r.sitePath("/heatmap?path=/"), &got)
	if got.Counts.Total != 10 || got.Counts.Sessions != 4 || got.Band.Min != 1024 || got.Band.Count != 9 {
		t.Errorf("counts %+v, band %+v", got.Counts, got.Band)
	}
	if d := cmp.Diff([]struct{ Min, Count int }{{0, 1}, {1024, 9}}, got.Bands); d != "" {
		t.Error(d)
	}
	if len(got.Elements) != 2 || got.Elements[0].Selector != "#buy" || got.Elements[0].Count != 7 || got.Elements[0].Sessions != 4 || got.Elements[0].Share != .7 {
		t.Errorf("elements %+v", got.Elements)
	}
	sum := 0
	for _, p := range got.Points {
		sum += p.Weight
		if p.OtherBand != (p.X == 60) {
			t.Errorf("point %+v", p)
		}
	}
	if len(got.Points) != 3 || sum != 10 || got.Points[0].Weight != 6 || *got.Points[0].Element != 0 || got.Points[0].FX != .5 || got.Points[0].X != 100 {
		t.Errorf("points %+v", got.Points)
	}
	if got.Snapshot == nil || got.Snapshot.Session != recorded || got.Snapshot.Width != 1280 || got.Snapshot.Height != 800 || got.Snapshot.Sequence != 1 {
		t.Errorf("snapshot %+v", got.Snapshot)
	}

	got = heatAnswer{}
	r.get(r.sitePath("/heatmap?path=/&width=320"), &got)
	if got.Counts.Total != 1 || got.Counts.Sessions != 1 || len(got.Points) != 1 || got.Points[0].OtherBand || got.Points[0].X != 60 ||
		got.Band.Min != 0 || len(got.Bands) != 2 || got.Snapshot != nil {
		t.Errorf("narrow: %+v", got)
	}
	for query, total := range map[string]int{
		"device=mobile": 1, "device=desktop": 9, "width=800": 0, "from=2026-03-20T10:30:00Z": 4, "to=2026-03-20T09:00:02Z": 1,
	} {
		got = heatAnswer{}
		r.get(r.sitePath("/heatmap?path=/&"+query), &got)
		if got.Counts.Total != total {
			t.Errorf("%s: %d, want %d", query, got.Counts.Total, total)
		}
	}
}

func testHeatmapOfMovementAndReach(t *testing.T) {
	r, _ := heatRig(t)
	var move heatAnswer
	r.get(r.sitePath("/heatmap?path=/&kind=move"), &move)
	if move.Counts.Total != 300 || move.Counts.Sessions != 3 || len(move.Points) != 1 || move.Points[0].Weight != 300 ||
		move.Points[0].X != 168 || move.Points[0].Y != 328 || move.Points[0].Element != nil || len(move.Elements) != 0 {
		t.Errorf("%+v", move)
	}
	var scroll heatAnswer
	r.get(r.sitePath("/heatmap?path=/&kind=scroll"), &scroll)
	if scroll.Counts.Total != 3 || scroll.Band.Count != 3 || len(scroll.Scroll) != 30 || *scroll.Fold != 800 {
		t.Fatalf("%+v", scroll)
	}
	for _, b := range scroll.Scroll {
		want := 1
		switch {
		case b.To <= 1000:
			want = 3
		case b.To <= 2000:
			want = 2
		}
		if b.Reached != want {
			t.Errorf("%+v, want %d", b, want)
		}
	}
}

func testPagesAndDays(t *testing.T) {
	r := newRig(t)
	for n, begin := range []time.Time{testNow.Add(-time.Hour), testNow.Add(-2 * time.Hour), testNow.Add(-49 * time.Hour)} {
		v := newVisit(t, r.site.ID, byte(n+1), begin)
		v.batch(1, 1, "/", 0, 5).view(0, "A").load(1, float64(100*(n+1))).click(2, "#a", 0, 0, 0, 0)
		v.batch(1, 2, "/b", 6, 9).view(6, "B")
		r.write(v.all...)
	}
	var got struct {
		Pages []struct {
			Path                           string
			Views, Sessions, Clicks, Loads int
			LoadAvgMS                      *float64 `json:"load_avg_ms"`
			LoadP50MS                      *float64 `json:"load_p50_ms"`
		}
		Days []struct {
			Day             string
			Views, Sessions int
		}
	}
	r.get(r.sitePath("/pages"), &got)
	if len(got.Pages) != 2 || got.Pages[0].Path != "/" || got.Pages[0].Views != 3 || got.Pages[0].Sessions != 3 || got.Pages[0].Clicks != 3 ||
		*got.Pages[0].LoadAvgMS != 200 || *got.Pages[0].LoadP50MS != 200 || got.Pages[1].LoadAvgMS != nil || got.Pages[1].Loads != 0 {
		t.Errorf("pages %+v", got.Pages)
	}
	if len(got.Days) != 2 || got.Days[0].Day != "2026-03-18" || got.Days[0].Views != 2 || got.Days[1].Sessions != 2 || got.Days[1].Views != 4 {
		t.Errorf("days %+v", got.Days)
	}
	got.Pages = nil
	r.get(r.sitePath("/pages?from=2026-03-20T00:00:00Z&limit=1"), &got)
	if len(got.Pages) != 1 || got.Pages[0].Views != 2 {
		t.Errorf("pages of a day, limited: %+v", got.Pages)
	}
	var status struct {
		First, Last       *time.Time
		Sessions, Batches int
	}
	r.get(r.sitePath("/status"), &status)
	if status.Sessions != 3 || status.Batches != 6 {
		t.Errorf("status %+v", status)
	}
}
