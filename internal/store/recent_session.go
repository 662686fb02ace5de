package store

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unique"
	"unsafe"
)

// flagHidden is set in batches that an erasure is about to delete.
const flagHidden = 1 << 15

// recentSession is one session that was written here from its first batch on.
type recentSession struct {
	batches []recentBatch
	bytes   int // that they take, about
}

// recentBatch is what a derivation needs of one batch.
type recentBatch struct {
	document [16]byte
	sequence uint32
	row      BatchRow
	views    []derivedView
	facts    batchFacts
}

// bytes is what a batch takes, texts included though others may share them.
func (b *recentBatch) bytes() int {
	n := int(unsafe.Sizeof(*b)) + cap(b.views)*int(unsafe.Sizeof(derivedView{})) + cap(b.facts.clicks)*int(unsafe.Sizeof(derivedClick{}))
	r := &b.row
	n += len(r.Path) + len(r.Browser) + len(r.BrowserVersion) + len(r.OS) + len(r.OSVersion) + len(r.Country)
	for i := range b.views {
		v := &b.views[i]
		n += len(v.path) + len(v.referrer) + len(v.language) + len(v.timeZone) + len(v.browser) + len(v.browserVersion) + len(v.os) + len(v.osVersion)
	}
	if b.facts.reasons != nil {
		n += reasonBytes
	}
	return n
}

// reasonBytes is what a map of a few reasons takes.
const reasonBytes = 300

// put takes a batch in, and says whether it could read all of it as the store
// does. Of a batch that is written again the later rows count, but one that
// knows its country beats one that does not: as in the tables.
func (s *recentSession) put(r *Record) bool {
	b := recentBatch{document: r.Document, sequence: r.Sequence, row: r.Batch}
	b.row.Path, b.row.Via = interned(b.row.Path), ""
	document := string(r.Document[:])
	b.views, b.facts.clicks = make([]derivedView, 0, len(r.Views)), make([]derivedClick, 0, rageClicks(r.Events))
	for i := range r.Views {
		v := &r.Views[i]
		b.views = append(b.views, derivedView{
			place: place{v.At, document, r.Sequence, v.Index}, tab: v.Tab,
			path: interned(v.Path), referrer: interned(v.Referrer), language: interned(v.Language), timeZone: interned(v.TimeZone),
			screenW: v.ScreenW, screenH: v.ScreenH, viewportW: v.ViewportW, viewportH: v.ViewportH,
			browser: interned(v.Browser), browserVersion: interned(v.BrowserVersion), os: interned(v.OS), osVersion: interned(v.OSVersion),
		})
	}
	if !b.facts.put(r) {
		return false
	}
	for i := range s.batches {
		old := &s.batches[i]
		if old.sequence == b.sequence && old.document == b.document {
			if b.row.version() < old.row.version() {
				b.row = old.row
			}
			s.bytes += b.bytes() - old.bytes()
			*old = b
			return true
		}
	}
	s.bytes += b.bytes()
	s.batches = append(s.batches, b)
	return true
}

// put sums a batch's facts up, and says whether it could read all of them.
func (f *batchFacts) put(r *Record) bool {
	for i := range r.Events {
		e := &r.Events[i]
		switch e.Kind {
		case "click":
			x, y, ok := clickPlace(e.Data)
			if !ok {
				return false
			}
			if e.Index < rageSignals {
				f.clicks = append(f.clicks, derivedClick{e.At, int32(x), int32(y), r.Sequence, e.Index})
			}
		case "dead":
			f.deads++
		case "gap":
			f.gapUS += gapUS(e.Value)
			if f.reasons == nil {
				f.reasons = reasonCounts{}
			}
			f.reasons[interned(e.Name)]++
		default:
			continue
		}
		f.facts++
	}
	return true
}

// rageClicks is how many of a batch's clicks are held one by one: a list that
// grows is garbage time and again.
func rageClicks(events []EventRow) (n int) {
	for i := range events {
		if events[i].Kind == "click" && events[i].Index < rageSignals {
			n++
		}
	}
	return n
}

// clickPlace reads where a click was. The processor writes x and y behind fx and
// fy, which is read at a glance; anything else is read as JSON.
func clickPlace(data string) (x, y int64, ok bool) {
	rest, okFX := number(data, `{"fx":`)
	rest, okFY := number(rest, `,"fy":`)
	behindX, okX := number(rest, `,"x":`)
	behindY, okY := number(behindX, `,"y":`)
	if okFX && okFY && okX && okY && strings.HasPrefix(behindY, `,"ptr":`) {
		var err, err2 error
		x, err = strconv.ParseInt(rest[len(`,"x":`):len(rest)-len(behindX)], 10, 64)
		y, err2 = strconv.ParseInt(behindX[len(`,"y":`):len(behindX)-len(behindY)], 10, 64)
		if err == nil && err2 == nil {
			return x, y, true
		}
	}
	var at struct{ X, Y int64 }
	err := json.Unmarshal([]byte(data), &at)
	return at.X, at.Y, err == nil
}

// number gives what stands behind a name and a number.
func number(text, name string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(text, name)
	return strings.TrimLeft(rest, "0123456789.eE+-"), ok
}

// interned is a text of its own, not a piece of what was read in one.
func interned(text string) string { return unique.Make(text).Value() }

// compare orders batches by a time of theirs, and by place where times are equal.
func (b *recentBatch) compare(at int64, other *recentBatch, otherAt int64) int {
	return cmp.Or(cmp.Compare(at, otherAt), bytes.Compare(b.document[:], other.document[:]), cmp.Compare(b.sequence, other.sequence))
}

// earlier tells whether a batch is the first of those that were looked at.
func (b *recentBatch) earlier(than *recentBatch) bool {
	return than == nil || b.compare(b.row.FirstAt, than, than.row.FirstAt) < 0
}

// derive sums the session up as queries/derive_batches.sql, derive_views.sql and
// derive_events.sql do.
func (s *recentSession) derive() (d derivedSession) {
	var first, last, visitor, country *recentBatch
	highest := map[[16]byte]uint32{}
	tabs, paths := map[uint64]struct{}{}, map[string]struct{}{}
	for i := range s.batches {
		b := &s.batches[i]
		r := &b.row
		if r.Flags&flagHidden != 0 {
			continue
		}
		if b.earlier(first) {
			first = b
		}
		if last == nil || b.compare(r.LastAt, last, last.row.LastAt) > 0 {
			last = b
		}
		if r.Visitor != [16]byte{} && b.earlier(visitor) {
			visitor = b
		}
		if r.Country != "" && b.earlier(country) {
			country = b
		}
		if d.batches == 0 {
			d.began, d.ended = r.FirstAt, r.LastAt
		}
		d.began, d.ended = min(d.began, r.FirstAt), max(d.ended, r.LastAt)
		if uint64(r.Views)+uint64(r.Clicks)+uint64(r.Scrolls)+uint64(r.Moves)+uint64(r.Keystrokes) > 0 {
			d.starts, d.stops = append(d.starts, r.FirstAt), append(d.stops, r.LastAt)
		}
		d.clicks += uint64(r.Clicks)
		d.scrolls += uint64(r.Scrolls)
		d.keystrokes += uint64(r.Keystrokes)
		d.errors += uint64(r.Errors)
		d.customs += uint64(r.Custom)
		d.gaps += uint64(r.Gaps)
		d.replayEvents += uint64(r.ReplayEvents)
		d.replayBytes += uint64(r.ReplayBytes)
		if r.ReplayState == ReplayRefused {
			d.refused++
		}
		d.demo = max(d.demo, uint8(r.Flags&flagDemo/flagDemo))
		d.countries += uint64(r.version())
		d.batches++
		highest[b.document] = max(highest[b.document], b.sequence)
		tabs[r.Tab] = struct{}{}
		if _, seen := paths[r.Path]; !seen {
			paths[r.Path] = struct{}{}
			d.paths = append(d.paths, r.Path)
		}
	}
	d.documents, d.tabs = uint64(len(highest)), uint64(len(tabs))
	for _, n := range highest {
		d.highest += uint64(n)
	}
	if visitor != nil {
		d.visitor = string(visitor.row.Visitor[:])
	}
	if country != nil {
		d.country = country.row.Country
	}
	if first != nil {
		r := &first.row
		d.firstPath, d.lastPath = r.Path, last.row.Path
		d.browser, d.browserVersion, d.os, d.osVersion, d.device = r.Browser, r.BrowserVersion, r.OS, r.OSVersion, r.Device
	}
	d.limitPaths()
	s.sum(&d)
	return d
}

// sum sums up views and facts, hidden or not: their rows are there as well.
func (s *recentSession) sum(d *derivedSession) {
	var views []*derivedView
	order := make([]*recentBatch, len(s.batches))
	for i := range s.batches {
		order[i] = &s.batches[i]
		for n := range order[i].views {
			views = append(views, &order[i].views[n])
		}
	}
	slices.SortFunc(views, compareTabs)
	for _, v := range views {
		d.views.add(v)
	}
	slices.SortFunc(order, func(a, b *recentBatch) int {
		return cmp.Or(bytes.Compare(a.document[:], b.document[:]), cmp.Compare(a.sequence, b.sequence))
	})
	var scan factScan
	for _, b := range order {
		scan.add(&d.facts, string(b.document[:]), &b.facts)
	}
	scan.end()
}
