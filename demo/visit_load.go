package demo

import (
	"math"
)

// open loads a page anew: a new document.
func (v *visit) open(path, nav, referrer string) {
	v.leave()
	model := v.shop.models[path]
	header := v.header
	fill(v.r, header.Document[:])
	v.tape = &tape{header: header, origin: v.now, path: path}
	v.doc, v.path, v.query = model.doc.clone(), path, ""
	v.scroll, v.deepest, v.scrolled, v.focus = 0, 0, true, 0
	v.page = v.shop.layout.Pages[path]
	if v.kind() == kindCart {
		v.page = v.shop.layout.Pages[cartKey(0)]
	}
	v.see()

	load := v.loadTime()
	ttfb, dcl := load*v.between(0.2, 0.4), load*v.between(0.55, 0.75)
	v.wait(dcl)
	v.tellView(nav, referrer, model.title)
	vw, vh := v.viewport()
	v.tape.event(v.now, eventMeta, map[string]any{"href": v.shop.origin + path, "width": vw, "height": vh})
	v.tape.event(v.now, eventSnapshot, model.snapshot)
	v.startPointer()
	v.after(4, v.showCount)
	if v.kind() == kindCart && len(v.cart) > 0 {
		v.after(v.between(25, 120), v.fillCart)
	}
	v.wait(load - dcl + 10)
	v.tape.signal(v.now, "load", map[string]any{
		"ms": math.Round(load), "ttfb": math.Round(ttfb), "dcl": math.Round(dcl),
		"fcp": math.Round(dcl * v.between(0.8, 1.1)),
	})
	v.views++
}

// loadTime is lognormal per page and slower on phones: the cart asks the
// server twice, the list shows the most.
func (v *visit) loadTime() float64 {
	median := map[string]float64{
		kindList: 620, kindProduct: 520, kindCart: 840, kindSignup: 430, kindGuide: 480,
	}[v.kind()]
	if v.touch() {
		median *= 1.6
	}
	return math.Min(v.lognormal(median, 0.45), 15_000)
}

func (v *visit) tellView(nav, referrer, title string) {
	device := devices[v.who.device]
	view := v.sizes(map[string]any{
		"url": v.shop.origin + v.path, "title": title, "ref": referrer, "nav": nav,
		"lang": v.who.place.language, "tz": v.who.place.zone,
		"sw": device.screenW, "sh": device.screenH, "dpr": device.ratio,
	})
	if v.who.browser.hints != nil {
		view["hints"] = v.who.browser.hints
	}
	v.tape.signal(v.now, "view", view)
}

// see notes what the viewport shows.
func (v *visit) see() {
	_, vh := v.viewport()
	v.deepest = math.Max(v.deepest, v.scroll+vh)
	v.scrolled = true
}

// step is a navigation inside the document: the tea finder's script fetches
// the next step, changes title and address, then the content.
func (v *visit) step(step, query string) {
	html, title, found, err := v.shop.pages.guideStep(step, query)
	if err != nil || !found {
		v.fail(err)
		return
	}
	fresh, err := parseFragment([]byte(html), "section", v.shop.origin)
	if err != nil {
		v.fail(err)
		return
	}
	from := v.shop.origin + v.path
	v.wait(v.between(40, 180))
	v.collect()
	v.tape.close(false)
	v.tape.view++
	v.path, v.query = "/demo/guide"+step, query
	v.tape.path = v.path
	v.page = v.shop.layout.Pages[v.path]
	v.scroll, v.deepest = math.Min(v.scroll, v.limit()), 0

	full := title + " · Leaf & Kettle"
	v.tellView("spa", from, full)
	m := newMutation()
	v.doc.setText(m, v.doc.firstElement(v.doc.root, "title"), full)
	v.doc.replaceChildren(m, v.byID("guide"), fresh)
	v.change(m)
	if v.scroll > 0 {
		v.scroll = 0
		v.tellScroll()
	}
	v.see()
	v.views++
}
