package demo

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

// replayCase is a stretch of a visit, and what a real visitor does to bring
// the shop into the same state.
type replayCase struct {
	Name     string            `json:"name"`
	Path     string            `json:"path"`
	Viewport viewportSize      `json:"viewport"`
	Cart     string            `json:"cart"`
	Steps    []map[string]any  `json:"steps"`
	Scroll   float64           `json:"scroll"`
	Events   []json.RawMessage `json:"events"`

	width int // index of the viewport
	play  func(v *visit)
}

func step(kind, value string) map[string]any { return map[string]any{kind: value} }

func fillStep(selector, text string) map[string]any {
	return map[string]any{"fill": selector, "text": text}
}

const (
	onPhone   = 1
	onTablet  = 4
	onDesktop = 6
)

var replayCases = []replayCase{
	{Name: "list on a phone", Path: "/demo/", width: onPhone},
	{Name: "list on a tablet, scrolled", Path: "/demo/", width: onTablet, play: func(v *visit) { v.scrollTo(600) }},
	{Name: "list on a desktop with a full cart", Path: "/demo/", Cart: "sencha.1-cup.3", width: onDesktop},
	{
		Name: "menu on a phone", Path: "/demo/", width: onPhone,
		Steps: []map[string]any{step("click", "#menu")},
		play: func(v *visit) {
			v.click(v.element("button", "menu"))
			v.setAttr(v.byID("nav"), "class", "open")
		},
	},
	{
		Name: "product: a tab, then into the cart", Path: "/demo/product/teapot", width: onDesktop,
		Steps: []map[string]any{step("click", "#tab-brew"), step("click", "#add"), step("gone", ".toast.show")},
		play: func(v *visit) {
			v.click(v.element("button", "tab-brew"))
			v.openTab("brew")
			v.click(v.element("button", "add"))
			v.addToCart("teapot")
			v.wait(3000)
		},
	},
	{Name: "product with the toast", Path: "/demo/product/chai", width: onPhone, Steps: []map[string]any{step("click", "#add")}, play: func(v *visit) {
		v.click(v.element("button", "add"))
		v.addToCart("chai")
	}},
	{Name: "empty cart", Path: "/demo/cart", width: onTablet},
	{
		Name: "cart with rows", Path: "/demo/cart", Cart: "sencha.1-teapot.2", width: onPhone,
		Steps: []map[string]any{step("shows", "#row-teapot"), step("shows", "#cart-empty[hidden]")},
	},
	{
		Name: "cart: remove, coupon, address", Path: "/demo/cart", Cart: "sencha.1-teapot.2-chai.1", width: onDesktop,
		Steps: []map[string]any{
			step("click", "#row-chai .remove"), fillStep("#coupon", "SPRING"), step("click", "#coupon-apply"),
			fillStep("#name", "Ada Example"), fillStep("#city", "Example"),
		},
		play: func(v *visit) {
			v.click(v.removeButton("chai"))
			v.removeFromCart("chai")
			v.write("coupon", 6)
			v.click(v.element("button", "coupon-apply"))
			v.say("coupon-answer", "Checking the coupon …")
			v.write("name", 11)
			v.write("city", 7)
		},
	},
	{
		Name: "sign-up with the password shown", Path: "/demo/signup", width: onDesktop,
		Steps: []map[string]any{fillStep("#email", "ada@example.com"), fillStep("#password", "correct-horse"), step("click", "#show")},
		play: func(v *visit) {
			v.write("email", 15)
			v.write("password", 13)
			v.click(v.element("button", "show"))
			v.showPassword(true)
		},
	},
	{
		Name: "sign-up through", Path: "/demo/signup", width: onPhone,
		Steps: []map[string]any{fillStep("#email", "ada@example.com"), fillStep("#password", "correct-horse"), step("click", "#join")},
		play: func(v *visit) {
			v.write("email", 15)
			v.write("password", 13)
			v.click(v.element("button", "join"))
			v.hide(v.byID("signup"), true)
			v.hide(v.byID("done"), false)
			v.page = v.shop.layout.Pages["/demo/signup done"]
			v.scroll = 0
			v.tellScroll()
		},
	},
	{Name: "tea finder's second step as a page", Path: "/demo/guide/taste", width: onTablet},
	{
		Name: "tea finder walked through", Path: "/demo/guide", width: onDesktop,
		Steps: []map[string]any{
			step("click", "#begin"), step("click", "#choose-malty"), step("click", "#choose-strong"),
			step("click", "#choose-morning"), step("click", "#take"), step("gone", ".toast.show"),
		},
		play: func(v *visit) {
			for _, s := range [][3]string{
				{"begin", "/taste", ""},
				{"choose-malty", "/strength", "taste=malty"},
				{"choose-strong", "/moment", "taste=malty&strength=strong"},
				{"choose-morning", "/result", "taste=malty&strength=strong&moment=morning"},
			} {
				v.click(v.element("link", s[0]))
				v.step(s[1], s[2])
			}
			v.click(v.element("button", "take"))
			v.addToCart("assam")
			v.wait(3000)
		},
	},
}

// TestReplay plays generated recordings in rrweb's Replayer, in a real
// browser, and compares what is seen with the shop in the same state: every
// element, attribute and text, where it stands, and how the page is painted.
func TestReplay(t *testing.T) {
	base := serveShop(t)
	s, err := newShop(base)
	if err != nil {
		t.Fatal(err)
	}
	cases := make([]replayCase, len(replayCases))
	for i, c := range replayCases {
		c.Viewport = devices[c.width].viewport
		v := newVisit(s, rand.New(rand.NewPCG(1, uint64(i))), persona{device: c.width, browser: browsers["mac"][0], place: places[0]}, testNow)
		v.cart = parseCart(c.Cart)
		v.open(c.Path, "load", "")
		v.wait(500)
		if c.play != nil {
			c.play(v)
		}
		c.Scroll = v.scroll
		v.leave()
		if v.err != nil {
			t.Fatalf("%s: %v", c.Name, v.err)
		}
		for _, b := range v.batches {
			var events []json.RawMessage
			if len(b.replay) == 0 {
				continue
			}
			if err := json.Unmarshal(b.replay, &events); err != nil {
				t.Fatal(err)
			}
			c.Events = append(c.Events, events...)
		}
		cases[i] = c
	}
	type state struct {
		Lines  []string
		Fields map[string]string
	}
	var results []struct {
		Name         string
		Page, Replay state
		Warnings     []string
	}
	runBrowser(t, "compare.mjs", map[string]any{"base": base, "kept": keptAttributes, "cases": cases}, &results)
	if len(results) != len(cases) {
		t.Fatalf("%d results for %d cases", len(results), len(cases))
	}
	for _, r := range results {
		if len(r.Warnings) > 0 {
			t.Errorf("%s: the player says %q", r.Name, r.Warnings)
		}
		if len(r.Page.Lines) < 60 {
			t.Errorf("%s: only %d lines of the page", r.Name, len(r.Page.Lines))
		}
		if at, page, replay := firstDifference(r.Page.Lines, r.Replay.Lines); at >= 0 {
			t.Errorf("%s: line %d is\n  %s\nin the shop and\n  %s\nin the replay", r.Name, at, page, replay)
		}
		for id, text := range r.Page.Fields {
			want := ""
			if text != "" && id != "password" {
				want = mask
			}
			if got := r.Replay.Fields[id]; got != want {
				t.Errorf("%s: field %s shows %q in the replay, not %q", r.Name, id, got, want)
			}
		}
	}
}

func firstDifference(a, b []string) (at int, inA, inB string) {
	for i := range max(len(a), len(b)) {
		x, y := "(nothing)", "(nothing)"
		if i < len(a) {
			x = strings.TrimSpace(a[i])
		}
		if i < len(b) {
			y = strings.TrimSpace(b[i])
		}
		if x != y {
			return i, x, y
		}
	}
	return -1, "", ""
}
