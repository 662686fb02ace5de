package demo

import "strings"

// onList: the front page.
func (v *visit) onList() move {
	if v.intent == intentBounce {
		v.read(7000, v.between(0.2, 0.7))
		if v.chance(0.1) {
			v.insist(v.element("dead", "offer"), 0.3)
		}
		return home
	}
	v.read(11_000, v.between(0.3, 1))
	if v.chance(0.11) {
		v.insist(v.element("dead", "offer"), 0.3)
	}
	if v.intent == intentFind || v.chance(0.07) {
		if v.chance(0.75) && v.click(v.element("link", "find")) || v.viaNav("/demo/guide") {
			v.wait(v.between(15, 60))
			return load("/demo/guide")
		}
	}
	if v.intent == intentBuy && v.chance(0.3) && len(v.cart) < maxCartRows {
		slug := strings.TrimPrefix(v.someProduct(), "/demo/product/")
		if v.click(v.element("button", slug)) {
			v.wait(4)
			v.addToCart(slug)
			v.wait(v.between(1500, 5000))
		}
		if v.chance(0.4) && v.viaNav("/demo/cart") {
			v.wait(v.between(15, 60))
			return load("/demo/cart")
		}
	}
	path := v.someProduct()
	if !v.click(v.productLink(path)) {
		return home
	}
	v.wait(v.between(15, 60))
	return load(path)
}

// productLink is the picture or the name on a product's card; both lead there.
func (v *visit) productLink(path string) *layoutElement {
	var links []*layoutElement
	for _, e := range v.page.Elements {
		if e.Kind == "link" && e.Ref == path && e.Boxes[v.width] != nil {
			links = append(links, e)
		}
	}
	if len(links) == 0 {
		return nil
	}
	return links[v.r.IntN(len(links))]
}

// onProduct: one product's page.
func (v *visit) onProduct() move {
	slug := strings.TrimPrefix(v.path, "/demo/product/")
	if v.intent == intentBounce {
		v.read(9000, v.between(0.4, 0.9))
		return home
	}
	v.read(9000, v.between(0.3, 0.8))
	v.maybeResize()
	if v.chance(0.25) {
		dead := []string{"lens", "stage"}[v.r.IntN(2)]
		v.insist(v.element("dead", dead), 0.35)
	}
	if v.chance(0.35) {
		tab := []string{"brew", "ship"}[v.r.IntN(2)]
		if v.click(v.element("button", "tab-"+tab)) {
			v.wait(4)
			v.openTab(tab)
			v.wait(v.between(2000, 8000))
		}
	}
	wants := 0.12
	if v.intent == intentBuy {
		wants = 0.85
	}
	if v.chance(wants) && v.hasRoom(slug) && v.click(v.element("button", "add")) {
		v.wait(4)
		v.addToCart(slug)
		v.wait(v.between(1200, 4000))
	}
	return v.fromProduct()
}

// hasRoom keeps carts at the sizes that were measured.
func (v *visit) hasRoom(slug string) bool {
	for _, item := range v.cart {
		if item.Slug == slug {
			return true
		}
	}
	return len(v.cart) < maxCartRows
}

func (v *visit) fromProduct() move {
	switch {
	case v.intent == intentBuy && len(v.cart) > 0 && v.chance(0.62):
		if v.viaNav("/demo/cart") {
			v.wait(v.between(15, 60))
			return load("/demo/cart")
		}
	case v.intent == intentBrowse && v.chance(0.35):
		return home
	case v.chance(0.35):
		v.read(5000, 1)
		p, _ := findProduct(strings.TrimPrefix(v.path, "/demo/product/"))
		path := "/demo/product/" + p.Related[v.r.IntN(len(p.Related))]
		if v.click(v.productLink(path)) {
			v.wait(v.between(15, 60))
			return load(path)
		}
	case v.chance(0.5):
		v.wait(v.between(400, 1500)) // the browser's own button: nothing to see on the page
		return move{"/demo/", "back"}
	}
	if v.chance(0.2) {
		return home
	}
	if v.viaNav("/demo/") {
		v.wait(v.between(15, 60))
		return load("/demo/")
	}
	return home
}

// maybeResize makes a large window smaller, as when something is put beside it.
func (v *visit) maybeResize() {
	large, small := len(devices)-1, len(devices)-3
	if v.width != large || !v.chance(0.12) {
		return
	}
	v.width = small
	vw, vh := v.viewport()
	v.flushPositions()
	v.tape.event(v.now, eventIncremental, map[string]any{"source": replayResize, "width": vw, "height": vh})
	v.pointer.x, v.pointer.y = min(v.pointer.x, vw-1), min(v.pointer.y, vh-1)
	if v.scroll > v.limit() {
		v.scroll = v.limit()
		v.tellScroll()
	}
	v.see()
	v.wait(v.between(800, 2500))
}

// onGuide: the tea finder, one document for all its steps.
func (v *visit) onGuide() move {
	if v.intent == intentBounce {
		v.read(5000, 1)
		return home
	}
	for v.err == nil && v.views < maxViews {
		v.read(3500, 0.9)
		if v.chance(0.08) {
			return home
		}
		choice, step, query := v.nextStep()
		if step == "" {
			return v.onResult()
		}
		if !v.click(v.element("link", choice)) {
			return home
		}
		v.step(step, query)
	}
	return home
}

// nextStep is what the visitor answers, or nothing at the end.
func (v *visit) nextStep() (choice, step, query string) {
	pick := func(answers ...string) string { return answers[v.r.IntN(len(answers))] }
	switch v.path {
	case "/demo/guide":
		return "begin", "/taste", ""
	case "/demo/guide/taste":
		a := pick("fresh", "fresh", "malty", "spiced")
		return "choose-" + a, "/strength", "taste=" + a
	case "/demo/guide/strength":
		if v.chance(0.1) {
			return "back", "/taste", ""
		}
		a := pick("light", "strong")
		return "choose-" + a, "/moment", v.query + "&strength=" + a
	case "/demo/guide/moment":
		a := pick("morning", "evening")
		return "choose-" + a, "/result", v.query + "&moment=" + a
	}
	return "", "", ""
}

func (v *visit) onResult() move {
	p := readAnswers(v.query).Product
	if v.chance(0.4) {
		if e := v.element("button", "take"); v.click(e) {
			v.wait(4)
			v.addToCart(p.Slug)
			v.intent = intentBuy
			v.wait(v.between(1500, 4000))
			if v.chance(0.6) && v.viaNav("/demo/cart") {
				v.wait(v.between(15, 60))
				return load("/demo/cart")
			}
		}
	}
	if v.chance(0.6) && v.click(v.element("link", "see")) {
		v.wait(v.between(15, 60))
		return load("/demo/product/" + p.Slug)
	}
	return home
}
