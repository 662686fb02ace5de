package api_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type marks struct {
	ActiveMS   int `json:"active_ms"`
	DurationMS int `json:"duration_ms"`
	Closed     bool
	Rages      int
	Deads      int
	QuickBacks int            `json:"quick_backs"`
	GapMS      int            `json:"gap_ms"`
	Reasons    map[string]int `json:"gap_reasons"`
	Refused    int
}

// testSessionMarks: what a session was like; whether it is over is a matter of
// the clock and of its last event, and a late batch changes that.
func testSessionMarks(t *testing.T) {
	r := newRig(t)
	v := newVisit(t, r.site.ID, 1, testNow.Add(-time.Hour))
	v.batch(1, 1, "/", 0, 4).view(0, "Home")
	for range 4 { // one run, at one place and time
		v.click(3, "#buy", .5, .5, 1, 1)
	}
	v.event(4, "dead", "", 3000, `{}`).event(4, "gap", "memory", 1500, `{}`)
	v.batch(1, 2, "/cart", 20, 22).view(20, "Cart")
	v.batch(1, 3, "/", 29, 40).view(29, "Home").event(33, "gap", "memory", 500, `{}`).event(35, "gap", "paused", 1000, `{}`)
	v.batch(1, 4, "/", 100, 101).event(100, "visible", "", 1, `{}`) // nobody did anything
	r.write(v.all...)
	look := func() (m marks) {
		t.Helper()
		r.get(r.sitePath("/sessions/"+v.id()), &m)
		var list struct{ Sessions []marks }
		r.get(r.sitePath("/sessions?has=rage,dead,quick_back"), &list)
		if len(list.Sessions) != 1 {
			t.Fatalf("%d sessions in the list", len(list.Sessions))
		}
		if d := cmp.Diff(m, list.Sessions[0]); d != "" {
			t.Errorf("the list says otherwise: %s", d)
		}
		return m
	}
	want := marks{
		ActiveMS: 40_000, DurationMS: 101_000, Closed: true, Rages: 1, Deads: 1, QuickBacks: 1,
		GapMS: 3000, Reasons: map[string]int{"memory": 2, "paused": 1},
	}
	if d := cmp.Diff(want, look()); d != "" {
		t.Error(d)
	}
	end := v.begin.Add(101 * time.Second)
	for after, closed := range map[time.Duration]bool{30*time.Minute - time.Millisecond: false, 30 * time.Minute: true} {
		*r.clock = end.Add(after)
		if got := look(); got.Closed != closed {
			t.Errorf("%v after its last event it is closed: %v", after, got.Closed)
		}
	}

	// A batch that was kept in the browser comes late: what it tells happened 40 minutes in.
	v.batch(1, 5, "/", 2400, 2410).click(2400, "#buy", .5, .5, 1, 1)
	r.write(v.all[len(v.all)-1])
	want.Closed, want.DurationMS, want.ActiveMS = false, 2_410_000, 50_000
	if d := cmp.Diff(want, look()); d != "" {
		t.Errorf("after a late batch: %s", d)
	}
	*r.clock = v.begin.Add(2410*time.Second + 30*time.Minute)
	if !look().Closed {
		t.Error("it never closes again")
	}
}
