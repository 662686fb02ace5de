package demo

import "math"

// intent is what a visitor came for.
type intent int

const (
	intentBounce intent = iota // has a look and leaves
	intentBrowse               // looks at some things
	intentFind                 // wants the tea finder's advice
	intentBuy                  // buys, unless something gets in the way
)

// Bounds of a visit: page views, and when to go home, ms.
const (
	maxViews = 8
	maxStay  = 24 * 60_000
)

// move is where a visitor goes next; an empty path ends the visit.
type move struct{ path, nav string }

var home = move{}

func load(path string) move { return move{path, "load"} }

// walk plays the visit from landing to leaving.
func (v *visit) walk() {
	v.intent = []intent{intentBounce, intentBrowse, intentFind, intentBuy}[choose(v.r, 4, func(i int) int {
		return []int{30, 30, 13, 27}[i]
	})]
	referrer := referrers[choose(v.r, len(referrers), func(i int) int { return referrers[i].weight })].url
	next := load(v.landing())
	for next.path != "" && v.err == nil {
		v.open(next.path, next.nav, referrer)
		if v.chance(0.08) {
			v.lookAway()
		}
		next = v.behave()
		if v.views >= maxViews || v.now-v.start > maxStay {
			next = home
		}
		referrer = v.shop.origin + v.path
	}
	v.leave()
}

func (v *visit) landing() string {
	paths := []string{"/demo/", v.someProduct(), "/demo/guide", "/demo/guide/taste", "/demo/signup"}
	weights := []int{58, 26, 9, 4, 3}
	if v.intent == intentFind {
		weights = []int{40, 0, 45, 15, 0}
	}
	return paths[choose(v.r, len(paths), func(i int) int { return weights[i] })]
}

// someProduct draws a product; the pot and the first tea are the favourites.
func (v *visit) someProduct() string {
	weights := map[string]int{"sencha": 26, "teapot": 24, "chai": 16, "cup": 14, "assam": 12, "rooibos": 8}
	i := choose(v.r, len(catalogue), func(i int) int { return weights[catalogue[i].Slug] })
	return "/demo/product/" + catalogue[i].Slug
}

func (v *visit) behave() move {
	switch v.kind() {
	case kindList:
		return v.onList()
	case kindCart:
		return v.onCart()
	case kindSignup:
		return v.onSignup()
	case kindGuide:
		return v.onGuide()
	}
	return v.onProduct()
}

// read spends some time with the page: down to about that share of it, with
// pauses where there is text, the mouse following the eyes now and then.
func (v *visit) read(median, depth float64) {
	stay := math.Min(v.lognormal(median, 0.6), 70_000)
	until := v.now + stay
	_, vh := v.viewport()
	for v.now < until {
		v.glance()
		v.wait(math.Min(v.lognormal(1500, 0.6), 9000))
		if bottom := v.scroll + vh; bottom < depth*v.height() && v.chance(0.7) {
			v.scrollTo(v.scroll + vh*v.between(0.3, 0.8))
		}
	}
}

// glance moves the mouse to some text in sight.
func (v *visit) glance() {
	_, vh := v.viewport()
	var inSight []*layoutElement
	for _, e := range v.page.Elements {
		b := e.Boxes[v.width]
		if e.Fixed || b == nil || e.Kind != "text" && e.Kind != "link" || isCartRow(e.Selector) {
			continue
		}
		if y := b[1] - v.scroll; y > headerHeight && y+b[3] < vh {
			inSight = append(inSight, e)
		}
	}
	if len(inSight) == 0 || v.touch() {
		return
	}
	e := inSight[v.r.IntN(len(inSight))]
	b := e.Boxes[v.width]
	v.moveTo(b[0]+v.between(0.1, 0.9)*b[2], b[1]-v.scroll+v.between(0.2, 0.8)*b[3], v.node(e.Selector).id)
}

// lookAway leaves the tab for another one, and comes back.
func (v *visit) lookAway() {
	v.wait(v.between(1500, 6000))
	v.tape.signal(v.now, "visible", map[string]any{"on": 0})
	v.collect()
	v.tape.close(false)
	v.wait(v.between(8_000, 90_000))
	v.tape.signal(v.now, "visible", map[string]any{"on": 1})
}

// insist clicks something that does not answer once or more often. It is how
// dead clicks and rage clicks come about.
func (v *visit) insist(e *layoutElement, rage float64) {
	if !v.click(e) {
		return
	}
	if v.chance(rage) {
		for range 2 + v.r.IntN(4) {
			v.again(e)
		}
	}
	v.wait(v.between(1500, 4500))
}

// viaNav follows a link of the header; on a phone the menu comes first.
func (v *visit) viaNav(path string) bool {
	if e := v.element("link", path); e != nil && e.Fixed {
		return v.click(e)
	}
	menu := v.element("button", "menu")
	if menu == nil || !v.click(menu) {
		return false
	}
	v.setAttr(v.byID("nav"), "class", "open")
	v.wait(v.between(500, 1600))
	for _, e := range v.shop.layout.Pages["menu"].Elements {
		if e.Fixed && e.Ref == path && e.Boxes[v.width] != nil && e.Selector != "header#top > a.brand" {
			return v.click(e)
		}
	}
	return false
}
