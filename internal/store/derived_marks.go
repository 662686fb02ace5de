package store

import (
	"cmp"
	"math"
	"slices"
)

// place says where something stands in a session. What stands at the same time
// is ordered by it, so that nothing depends on the order of reading.
type place struct {
	at       int64 // Unix ms
	document string
	sequence uint32
	index    uint16
}

func (p *place) compare(q *place) int {
	return cmp.Or(cmp.Compare(p.at, q.at), cmp.Compare(p.document, q.document),
		cmp.Compare(p.sequence, q.sequence), cmp.Compare(p.index, q.index))
}

// derivedView is what a session's row needs of a page view.
type derivedView struct {
	place
	tab                                    uint64
	path, referrer, language, timeZone     string
	screenW, screenH, viewportW, viewportH uint16
	browser, browserVersion, os, osVersion string // from client hints
}

// derivedFact is a click, a dead click or a gap.
type derivedFact struct {
	place
	kind  string
	x, y  int64   // of a click, page px
	name  string  // of a gap: its reason
	value float64 // of a gap: ms
}

// active is the time between neighbouring ends of batches in which the visitor
// did something, where it is no longer than idleMS. Both lists may be in any order.
func active(starts, stops []int64) (ms uint64) {
	ends := slices.Concat(starts, stops)
	slices.Sort(ends)
	for i := 1; i < len(ends); i++ {
		if between := ends[i] - ends[i-1]; between <= idleMS {
			ms += uint64(between)
		}
	}
	return ms
}

// quickBacks counts the pages of each tab that were left within backMS for the
// page before them.
func quickBacks(views []derivedView) (n uint32) {
	slices.SortFunc(views, func(a, b derivedView) int {
		return cmp.Or(cmp.Compare(a.tab, b.tab), a.compare(&b.place))
	})
	for i := 2; i < len(views); i++ {
		before, left, back := &views[i-2], &views[i-1], &views[i]
		if before.tab == back.tab && before.path == back.path && left.path != back.path && back.at-left.at <= backMS {
			n++
		}
	}
	return n
}

// factSums is what the facts of a session come to.
type factSums struct {
	rages, deads uint32
	gapMS        uint64
	reasons      reasonCounts
}

// maxGapMS bounds what the gaps of one document count: whole numbers that a float holds.
const maxGapMS = 1 << 53

// sumFacts puts facts in order and sums them up, document by document: clicks in
// two of them are never one run.
func sumFacts(facts []derivedFact) factSums {
	slices.SortFunc(facts, func(a, b derivedFact) int {
		return cmp.Or(cmp.Compare(a.document, b.document), a.compare(&b.place))
	})
	sums := factSums{reasons: reasonCounts{}}
	var last *derivedFact // click in this document
	run, gapMS := 1, 0.0
	for i := range facts {
		f := &facts[i]
		if i > 0 && facts[i-1].document != f.document {
			last, run = nil, 1
			sums.gapMS += wholeMS(gapMS)
			gapMS = 0
		}
		switch f.kind {
		case "dead":
			sums.deads++
		case "gap":
			gapMS += max(f.value, 0)
			sums.reasons[f.name]++
		case "click":
			if last == nil || !follows(last, f) {
				run = 1
			} else if run++; run == 3 { // a run counts once
				sums.rages++
			}
			last = f
		}
	}
	sums.gapMS += wholeMS(gapMS)
	return sums
}

// follows tells whether a click belongs to the same rage as the one before it.
func follows(a, b *derivedFact) bool {
	near := func(a, b int64) bool { return max(b-a, a-b) <= ragePX }
	return b.at-a.at <= rageMS && near(a.x, b.x) && near(a.y, b.y)
}

func wholeMS(ms float64) uint64 { return uint64(min(math.RoundToEven(ms), maxGapMS)) }
