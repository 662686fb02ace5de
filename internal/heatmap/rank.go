package heatmap

import (
	"cmp"
	"math"
	"slices"
)

// ElementCount is how often one element was clicked, and in how many sessions.
type ElementCount struct {
	Selector string
	Count    uint64
	Sessions uint64
}

// Element is a ranked element.
type Element struct {
	ElementCount
	Share float64 // of all clicks counted, 0 … 1
}

// Ranking holds elements, most clicked first.
type Ranking struct {
	all   []Element
	index map[string]int
}

// Rank orders elements by clicks, then sessions, then name.
func Rank(elements []ElementCount) *Ranking {
	var total uint64
	for _, e := range elements {
		total += e.Count
	}
	r := &Ranking{index: make(map[string]int, len(elements))}
	for _, e := range elements {
		if e.Count > 0 {
			r.all = append(r.all, Element{e, share(e.Count, total)})
		}
	}
	slices.SortFunc(r.all, func(a, b Element) int {
		return cmp.Or(
			cmp.Compare(b.Count, a.Count),
			cmp.Compare(b.Sessions, a.Sessions),
			cmp.Compare(a.Selector, b.Selector),
		)
	})
	for i, e := range r.all {
		r.index[e.Selector] = i
	}
	return r
}

// Index returns the place of a selector, -1 when it is not ranked.
func (r *Ranking) Index(selector string) int {
	if i, ok := r.index[selector]; ok {
		return i
	}
	return -1
}

// Cut returns the first limit elements and, after them, every further one that
// a point names; the points' Element is changed to the place in this list.
func (r *Ranking) Cut(limit int, points []Point) []Element {
	out := slices.Clone(r.all[:min(limit, len(r.all))])
	moved := map[int]int{}
	for i := range points {
		at := points[i].Element
		if at < len(out) && at < limit {
			continue
		}
		to, ok := moved[at]
		if !ok {
			to = len(out)
			moved[at] = to
			out = append(out, r.all[at])
		}
		points[i].Element = to
	}
	return out
}

// share has four decimals.
func share(part, whole uint64) float64 {
	if whole == 0 {
		return 0
	}
	return math.Round(float64(part)/float64(whole)*1e4) / 1e4
}
