package heatmap

import "slices"

// MaxReachSteps bounds the answer for pages without an end: what lies deeper is
// counted in the last step.
const MaxReachSteps = 1_000

// Reached counts page views that saw the page down to Lowest in a viewport of
// one height. A page view counts once, with its maximum; who groups rows by
// page view (session, document, view) does so before.
type Reached struct {
	Lowest    int // page px, the lower edge of what was seen
	ViewportH int
	Count     uint64
}

// ReachBand is one step of the page, From inclusive, To exclusive, page px.
type ReachBand struct {
	From, To int
	Reached  uint64  // page views that saw at least its first row of pixels
	Share    float64 // of all page views, 0 … 1
}

// Reach returns the steps from the top to the deepest pixel anybody saw, and
// the number of page views.
func Reach(views []Reached) ([]ReachBand, uint64) {
	var total uint64
	var ends [MaxReachSteps + 1]uint64 // page views by how many steps they reached
	deepest := 0
	for _, v := range views {
		steps := (min(max(v.Lowest, 0), MaxReachSteps*ReachStep) + ReachStep - 1) / ReachStep
		ends[steps] += v.Count
		total += v.Count
		if v.Count > 0 {
			deepest = max(deepest, steps)
		}
	}
	bands := make([]ReachBand, deepest)
	reached := uint64(0)
	for i := deepest - 1; i >= 0; i-- {
		reached += ends[i+1]
		bands[i] = ReachBand{From: i * ReachStep, To: (i + 1) * ReachStep, Reached: reached, Share: share(reached, total)}
	}
	return bands, total
}

// Fold returns the median height of the viewport over page views, the lower of
// the two middle ones; false when there are none. Heights of zero are unknown.
func Fold(views []Reached) (int, bool) {
	known := slices.DeleteFunc(slices.Clone(views), func(v Reached) bool { return v.ViewportH <= 0 || v.Count == 0 })
	slices.SortFunc(known, func(a, b Reached) int { return a.ViewportH - b.ViewportH })
	var total, seen uint64
	for _, v := range known {
		total += v.Count
	}
	for _, v := range known {
		if seen += v.Count; 2*seen >= total {
			return v.ViewportH, true
		}
	}
	return 0, false
}
