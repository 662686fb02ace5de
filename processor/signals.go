package processor

import (
	"math"
	"strings"

	"hindsight/internal/store"
	"hindsight/internal/wire"
)

// maker makes rows of one signals section.
type maker struct {
	rec   *store.Record
	sig   *wire.Signals
	clock *clock
	span  *span
	ua    agent
	path  string
	view  uint16
	texts *texts
	rooms *rooms
	// xy and weights hold the places of all traces, in pieces.
	xy      []int32
	weights []uint32
}

// at corrects a signal's time and notes it.
func (m *maker) at(a wire.At) int64 {
	at := m.clock.at(m.sig.Origin + a.T)
	m.span.add(at)
	return at
}

// event adds a row of events; its caller fills in the rest.
func (m *maker) event(a wire.At, kind string) *store.EventRow {
	m.rec.Events = append(m.rec.Events, store.EventRow{
		Index: uint16(a.Index), View: m.view, At: m.at(a), Kind: kind, Path: m.path, Data: "{}",
	})
	return &m.rec.Events[len(m.rec.Events)-1]
}

// maxViews is how many views, and load times, of one batch are kept. A batch belongs
// to one page view, so its tracker tells one of each; and of a session all views
// are looked at whenever it is derived, of a page all hits of the day.
const maxViews = 16

// leaveOut leaves out what is beyond that and tells how many that were: by the
// section alone, so that reading it again comes to the same.
func (m *maker) leaveOut() (n int) {
	s := m.sig
	views, loads := min(len(s.Views), maxViews), min(len(s.Loads), maxViews)
	n = len(s.Views) - views + len(s.Loads) - loads
	s.Views, s.Loads = s.Views[:views], s.Loads[:loads]
	return n
}

// signals makes the rows of every kind and counts them in the batch's row. It tells
// how many are too many to be kept.
func (m *maker) signals() (excess int) {
	s, b := m.sig, &m.rec.Batch
	excess = m.leaveOut()
	m.reserve()
	m.views()
	m.loads()
	m.clicks()
	m.moves()
	m.scrolls()
	m.attentions()
	m.facts()
	b.Views, b.Gaps = uint16(len(s.Views)), uint16(len(s.Gaps))
	b.Clicks, b.Scrolls, b.Moves = uint32(len(s.Clicks)), uint32(len(s.Scrolls)), uint32(len(s.Moves))
	b.Errors, b.Custom = uint32(len(s.Errors)), uint32(len(s.Events))
	b.Signals = uint32(s.Count)
	for i := range s.Typings {
		b.Keystrokes = uint32(min(uint64(b.Keystrokes)+uint64(s.Typings[i].Keys), math.MaxUint32))
	}
	return excess
}

// textRoom is about what the text of an event's data takes, bytes.
const textRoom = 96

// reserve makes room for all rows at once.
func (m *maker) reserve() {
	s := m.sig
	told := len(s.Loads) + len(s.Clicks) + len(s.Scrolls) + len(s.Fields) + len(s.Typings) + len(s.Vitals) + len(s.Errors) + len(s.Consents)
	events := told + len(s.Submits) + len(s.Deads) + len(s.Events) + len(s.Identifies) + len(s.Sets) + len(s.Visibles) + len(s.Gaps)
	places := 0
	for i := range s.Moves {
		places += len(s.Moves[i].Cells)
	}
	for i := range s.Attentions {
		places += len(s.Attentions[i].Bands)
	}
	r := m.rooms
	m.rec.Views = r.views.take(len(s.Views), slabRows)
	m.rec.Hits = r.hits.take(len(s.Views)+len(s.Loads), slabRows)
	m.rec.Events = r.events.take(events, slabRows)
	m.rec.HeatPoints = r.heat.take(len(s.Clicks)+len(s.Scrolls), slabRows)
	m.rec.Traces = r.traces.take(len(s.Moves)+len(s.Attentions), slabRows)
	m.xy, m.weights = r.places.take(2*places, slabPlaces), r.weights.take(places, slabPlaces)
	m.texts.done, m.texts.room = strings.Builder{}, textRoom*told
	for i := range s.Errors {
		m.texts.room += len(s.Errors[i].Stack) + len(s.Errors[i].Source)
	}
}

func (m *maker) views() {
	for i := range m.sig.Views {
		v := &m.sig.Views[i]
		browser, version := v.Browser, v.BrowserVersion
		osVersion := v.OSVersion
		if len(v.Brands) > 0 {
			browser, version = browserOf(v.Brands)
			osVersion = systemVersion(v.OS, osVersion)
		}
		m.rec.Views = append(m.rec.Views, store.ViewRow{
			Index: uint16(v.Index), View: m.view, Tab: m.rec.Batch.Tab, At: m.at(v.At), Path: m.path,
			URL: cut(v.URL, maxURLText), Title: cut(v.Title, maxTitle), Referrer: cut(v.Referrer, maxURLText), Nav: v.Nav,
			Language: cut(v.Language, maxWord), TimeZone: cut(v.TimeZone, maxWord),
			ScreenW: uint16(v.ScreenW), ScreenH: uint16(v.ScreenH), ViewportW: uint16(v.ViewportW), ViewportH: uint16(v.ViewportH),
			DocumentW: uint32(v.DocumentW), DocumentH: uint32(v.DocumentH), DPR: float32(v.DPR),
			Browser: cut(browser, maxWord), BrowserVersion: cut(version, maxWord),
			OS: cut(v.OS, maxWord), OSVersion: cut(osVersion, maxWord),
		})
		m.rec.Hits = append(m.rec.Hits, store.HitRow{
			Index: uint16(v.Index), Path: m.path, Kind: store.HitView, Visitor: m.rec.Batch.Visitor,
		})
	}
}

func (m *maker) loads() {
	for i := range m.sig.Loads {
		l := &m.sig.Loads[i]
		data := m.object()
		for _, part := range []struct {
			name string
			ms   wire.OptionalMS
		}{{"ttfb", l.TTFB}, {"dcl", l.DCL}, {"fcp", l.FCP}} {
			if part.ms.Known {
				data.num(part.name, part.ms.MS)
			}
		}
		e := m.event(l.At, "load")
		e.Value, e.Data = l.MS, data.text()
		m.rec.Hits = append(m.rec.Hits, store.HitRow{
			Index: uint16(l.Index), Path: m.path, Kind: store.HitLoad, Visitor: m.rec.Batch.Visitor, MS: l.MS,
		})
	}
}

func (m *maker) clicks() {
	for i := range m.sig.Clicks {
		c := &m.sig.Clicks[i]
		data := m.object()
		data.num("fx", c.FX)
		data.num("fy", c.FY)
		data.int("x", c.X)
		data.int("y", c.Y)
		data.str("ptr", c.Pointer)
		if c.Able {
			// Only such a click can be found dead, and by this time.
			data.num("t", c.T)
			data.int("able", 1)
		}
		e := m.event(c.At, "click")
		e.Name, e.Data = c.Selector, data.text()
		h := m.heat(c.At, store.HeatClick, e.At)
		h.Selector, h.FX, h.FY = c.Selector, fraction(c.FX), fraction(c.FY)
		h.X, h.Y, h.Weight = int32(c.X), int32(c.Y), 1
		h.ViewportW, h.ViewportH = uint16(c.ViewportW), uint16(c.ViewportH)
		h.DocumentW, h.DocumentH = uint32(c.DocumentW), uint32(c.DocumentH)
		h.ScrollX, h.ScrollY = int32(c.ScrollX), int32(c.ScrollY)
		if c.Fixed {
			h.Fixed = 1
		}
	}
}

// maxPagePX is the lowest place in a page that the protocol knows.
const maxPagePX = 1<<24 - 1

// cellPX is the width and height of a movement's cell in page px.
const cellPX = 16

func (m *maker) moves() {
	for i := range m.sig.Moves {
		v := &m.sig.Moves[i]
		at := m.at(v.At)
		if len(v.Cells) == 0 {
			continue
		}
		t := m.trace(v.At, store.TraceMove, at, len(v.Cells))
		for n, cell := range v.Cells {
			t.X[n], t.Y[n], t.Weight[n] = int32(cell.Col*cellPX), int32(cell.Row*cellPX), uint32(cell.DwellMS)
		}
		t.ViewportW, t.ViewportH = uint16(v.ViewportW), uint16(v.ViewportH)
		t.DocumentW, t.DocumentH = uint32(v.DocumentW), uint32(v.DocumentH)
	}
}

func (m *maker) scrolls() {
	for i := range m.sig.Scrolls {
		s := &m.sig.Scrolls[i]
		data := m.object()
		data.int("y", s.Y)
		data.int("vh", s.ViewportH)
		data.int("dh", s.DocumentH)
		e := m.event(s.At, "scroll")
		e.Value, e.Data = float64(s.Max), data.text()
		h := m.heat(s.At, store.HeatScroll, e.At)
		h.Y, h.Weight = int32(s.Max), 1
		h.ViewportW, h.ViewportH = uint16(s.ViewportW), uint16(s.ViewportH)
		h.DocumentH = uint32(s.DocumentH)
	}
}

// attentions: a band that no page has is left out.
func (m *maker) attentions() {
	for i := range m.sig.Attentions {
		v := &m.sig.Attentions[i]
		at := m.at(v.At)
		t := m.trace(v.At, store.TraceAttention, at, len(v.Bands))
		n := 0
		for _, band := range v.Bands {
			if top := int64(band.Band) * int64(v.Height); top <= maxPagePX {
				t.X[n], t.Y[n], t.Weight[n] = int32(v.Height), int32(top), uint32(band.MS)
				n++
			}
		}
		if n == 0 {
			m.rec.Traces = m.rec.Traces[:len(m.rec.Traces)-1]
			continue
		}
		t.X, t.Y, t.Weight = t.X[:n], t.Y[:n], t.Weight[:n]
		t.ViewportW, t.ViewportH = uint16(v.ViewportW), uint16(v.ViewportH)
		t.DocumentH = uint32(v.DocumentH)
	}
}

// heat adds a heat point; its caller fills in the rest.
func (m *maker) heat(a wire.At, kind int8, at int64) *store.HeatRow {
	m.rec.HeatPoints = append(m.rec.HeatPoints, store.HeatRow{
		Path: m.path, Kind: kind, Index: uint16(a.Index), View: m.view, At: at, Device: m.ua.device,
	})
	return &m.rec.HeatPoints[len(m.rec.HeatPoints)-1]
}

// trace adds a movement or a stretch of attention with room for this many cells
// or bands; its caller fills in the rest.
func (m *maker) trace(a wire.At, kind int8, at int64, places int) *store.TraceRow {
	from := len(m.xy)
	m.xy, m.weights = m.xy[:from+2*places], m.weights[:from/2+places]
	m.rec.Traces = append(m.rec.Traces, store.TraceRow{
		Path: m.path, Kind: kind, Index: uint16(a.Index), View: m.view, At: at, Device: m.ua.device,
		X: m.xy[from : from+places : from+places], Y: m.xy[from+places : from+2*places : from+2*places],
		Weight: m.weights[from/2 : from/2+places : from/2+places],
	})
	return &m.rec.Traces[len(m.rec.Traces)-1]
}

// fraction stores 0 … 1 as 0 … 65535.
func fraction(f float64) uint16 { return uint16(math.Round(f * 65535)) }
