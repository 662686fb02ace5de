package demo

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"hindsight/internal/wire"
)

// visit plays one session: it walks over the shop and tells on tapes what a
// tracker in the visitor's browser would have told.
type visit struct {
	shop   *shop
	r      *rand.Rand
	who    persona
	width  int // index of the viewport in devices and in layout.json
	header wire.Header
	start  float64 // Unix ms
	now    float64 // Unix ms
	cart   []cartItem
	intent intent

	// the page at hand
	tape     *tape
	doc      *document
	path     string
	query    string // the tea finder's answers
	page     *layoutPage
	scroll   float64 // top of the viewport, page px
	deepest  float64 // lowest px seen in this page view
	scrolled bool    // since the last scroll signal
	focus    int     // node id of the focused element, 0: none
	pointer  pointer
	timers   []timer

	views   int
	batches []batch
	err     error // the first thing that did not fit the page
}

// timer is something the page does later.
type timer struct {
	at float64
	do func()
}

// newVisit makes the visit of a persona that begins at start.
func newVisit(s *shop, r *rand.Rand, who persona, start time.Time) *visit {
	v := &visit{shop: s, r: r, who: who, width: who.device}
	v.start = float64(start.UnixMilli())
	v.now = v.start
	v.header.Flags = wire.FlagDemo
	v.header.Visitor = who.hash
	fill(r, v.header.Session[2:])
	binary.BigEndian.PutUint16(v.header.Session[:2], uint16(start.Unix()/86400))
	fill(r, v.header.Tab[:])
	return v
}

// viewport is the present one.
func (v *visit) viewport() (w, h float64) {
	size := devices[v.width].viewport
	return float64(size.Width), float64(size.Height)
}

func (v *visit) touch() bool { return devices[v.who.device].touch }

// height is the document's.
func (v *visit) height() float64 {
	_, vh := v.viewport()
	return math.Max(vh, float64(v.page.Heights[v.width]))
}

// sizes are the members that say how the page was laid out at a signal.
func (v *visit) sizes(members map[string]any) map[string]any {
	vw, vh := v.viewport()
	members["vw"], members["vh"], members["dw"], members["dh"] = vw, vh, vw, v.height()
	return members
}

// chance is true in that share of cases.
func (v *visit) chance(share float64) bool { return v.r.Float64() < share }

// between draws evenly.
func (v *visit) between(low, high float64) float64 { return low + v.r.Float64()*(high-low) }

// lognormal draws around a median; spread is the standard deviation of the
// logarithm.
func (v *visit) lognormal(median, spread float64) float64 {
	return median * math.Exp(v.r.NormFloat64()*spread)
}

// after lets the page do something later, unless the visitor leaves first.
func (v *visit) after(ms float64, do func()) {
	v.timers = append(v.timers, timer{v.now + ms, do})
}

// wait lets time pass, with what the page does in it.
func (v *visit) wait(ms float64) {
	until := v.now + ms
	for {
		next := -1
		for i, t := range v.timers {
			if t.at <= until && (next < 0 || t.at < v.timers[next].at) {
				next = i
			}
		}
		if next < 0 {
			break
		}
		t := v.timers[next]
		v.timers = append(v.timers[:next], v.timers[next+1:]...)
		v.now = math.Max(v.now, t.at)
		t.do()
	}
	v.now = until
	if v.tape.due(v.now) {
		v.collect()
		v.tape.close(false)
	}
}

// collect writes what is told once a batch: movement and scroll reach.
func (v *visit) collect() {
	v.flushPositions()
	v.collectMoves()
	if v.scrolled {
		vw, vh := v.viewport()
		v.tape.signal(v.now, "scroll", map[string]any{
			"y": math.Round(v.scroll), "max": math.Round(math.Min(v.deepest, v.height())),
			"vw": vw, "vh": vh, "dh": v.height(),
		})
		v.scrolled = false
	}
}

// leave ends the page at hand.
func (v *visit) leave() {
	if v.tape == nil {
		return
	}
	v.tape.signal(v.now, "visible", map[string]any{"on": 0})
	v.collect()
	v.tape.close(true)
	v.batches = append(v.batches, v.tape.out...)
	v.tape = nil
	v.timers = nil
}

// element finds what the visitor means to use, or nil where the layout does
// not show it.
func (v *visit) element(kind, ref string) *layoutElement {
	e := v.page.element(kind, ref)
	if e == nil {
		v.fail(fmt.Errorf("%s: no %s %q in layout.json", v.path, kind, ref))
		return nil
	}
	if e.Boxes[v.width] == nil {
		return nil
	}
	return e
}

// node finds an element's node in the recorded page.
func (v *visit) node(selector string) *node {
	n, err := v.doc.find(selector)
	if err != nil {
		v.fail(fmt.Errorf("%s: %w", v.path, err))
		return &node{}
	}
	return n
}

// byID finds an element by its id attribute.
func (v *visit) byID(id string) *node {
	n := v.doc.named[id]
	if n == nil {
		v.fail(fmt.Errorf("%s: no element with id %q", v.path, id))
		return &node{}
	}
	return n
}

func (v *visit) fail(err error) {
	if v.err == nil {
		v.err = err
	}
}

// kind is the kind of the page at hand.
func (v *visit) kind() string {
	switch {
	case v.path == "/demo/":
		return kindList
	case v.path == "/demo/cart":
		return kindCart
	case v.path == "/demo/signup":
		return kindSignup
	case strings.HasPrefix(v.path, "/demo/guide"):
		return kindGuide
	}
	return kindProduct
}
