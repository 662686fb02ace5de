package store

import (
	"cmp"
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

// viewSums is what the page views of a session come to. However many there are,
// it holds five.
type viewSums struct {
	pages             uint64
	first, last, hint derivedView // zero without views; hint: the first that tells of a browser or a system
	quickBacks        uint32
	before, left      derivedView // the two that were added last
}

// add takes in views in the order of compareTabs.
func (s *viewSums) add(v *derivedView) {
	if s.pages == 0 || v.compare(&s.first.place) < 0 {
		s.first = *v
	}
	if s.pages == 0 || v.compare(&s.last.place) > 0 {
		s.last = *v
	}
	if (v.browser != "" || v.os != "") && (s.hint.browser == "" && s.hint.os == "" || v.compare(&s.hint.place) < 0) {
		s.hint = *v
	}
	// A quick back is a page that was left within backMS for the page before it, in one tab.
	if s.pages >= 2 && s.before.tab == v.tab && s.left.tab == v.tab && s.before.path == v.path && s.left.path != v.path && v.at-s.left.at <= backMS {
		s.quickBacks++
	}
	s.before, s.left = s.left, *v
	s.pages++
}

// compareTabs orders views by tab, and within one by place.
func compareTabs(a, b *derivedView) int {
	return cmp.Or(cmp.Compare(a.tab, b.tab), a.compare(&b.place))
}

// derivedClick is a click within its document.
type derivedClick struct {
	at       int64 // Unix ms
	x, y     int32 // page px
	sequence uint32
	index    uint16
}

func (c *derivedClick) compare(d *derivedClick) int {
	return cmp.Or(cmp.Compare(c.at, d.at), cmp.Compare(c.sequence, d.sequence), cmp.Compare(c.index, d.index))
}

const (
	// rageSignals is how many signals of a batch are looked at for clicks in a rage:
	// more than a tracker puts into one. queries/derive_events.sql names it, too.
	rageSignals = 512
	// maxRageClicks is how many clicks of a document are, batch by batch.
	maxRageClicks = 20_000
	// maxGapMS bounds what one gap counts, as the protocol bounds durations.
	maxGapMS = 7 * 24 * 60 * 60 * 1000
)

// batchFacts is what the clicks, dead clicks and gaps of one batch come to.
type batchFacts struct {
	facts, deads uint32
	gapUS        uint64 // whole ones, so that the order in which they are added up does not matter
	reasons      reasonCounts
	clicks       []derivedClick // that are looked at for rages, in no order
}

// gapUS is how long a gap of so many ms counts. The conversion keeps a compiler
// from rounding once in place of twice, as the store does.
func gapUS(ms float64) uint64 { return uint64(float64(min(max(ms, 0), maxGapMS)*1000) + 0.5) }

// factSums is what the facts of a session come to.
type factSums struct {
	rages, deads, facts, gapUS uint64
	reasons                    reasonCounts
}

// reasonCounts is never nil: a column's map.
func (s *factSums) reasonCounts() reasonCounts {
	if s.reasons == nil {
		return reasonCounts{}
	}
	return s.reasons
}

func (s *factSums) gapMS() uint64 { return (s.gapUS + 500) / 1000 }

// factScan sums up the batches of sessions one after the other, and holds no more
// than the clicks of one document.
type factScan struct {
	to       *factSums
	document string
	clicks   []derivedClick
}

// add takes in a batch. Those of one session come one after the other, and among
// them those of one document, in the order of their sequences.
func (f *factScan) add(to *factSums, document string, b *batchFacts) {
	if f.to != to || f.document != document {
		f.end()
		f.to, f.document = to, document
	}
	to.facts += uint64(b.facts)
	to.deads += uint64(b.deads)
	to.gapUS += b.gapUS
	for reason, n := range b.reasons {
		if to.reasons == nil {
			to.reasons = reasonCounts{}
		}
		to.reasons[reason] += n
	}
	if room := maxRageClicks - len(f.clicks); len(b.clicks) <= room {
		f.clicks = append(f.clicks, b.clicks...)
	} else if room > 0 {
		first := slices.SortedFunc(slices.Values(b.clicks), func(a, b derivedClick) int { return cmp.Compare(a.index, b.index) })
		f.clicks = append(f.clicks, first[:room]...)
	}
}

// end counts the rages of the document that was looked at last.
func (f *factScan) end() {
	if f.to != nil {
		f.to.rages += rages(f.clicks)
	}
	f.to, f.clicks = nil, f.clicks[:0]
}

// rages counts the runs of clicks in one document: clicks in two are never one.
func rages(clicks []derivedClick) (n uint64) {
	slices.SortFunc(clicks, func(a, b derivedClick) int { return a.compare(&b) })
	run := 1
	for i := 1; i < len(clicks); i++ {
		if !follows(&clicks[i-1], &clicks[i]) {
			run = 1
		} else if run++; run == 3 { // a run counts once
			n++
		}
	}
	return n
}

// follows tells whether a click belongs to the same rage as the one before it.
func follows(a, b *derivedClick) bool {
	near := func(a, b int32) bool { return max(int64(b)-int64(a), int64(a)-int64(b)) <= ragePX }
	return b.at-a.at <= rageMS && near(a.x, b.x) && near(a.y, b.y)
}
