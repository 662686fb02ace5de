package demo

import (
	"fmt"
	"strings"
)

// onCart: the cart, with the slow coupon and the estimate that throws.
func (v *visit) onCart() move {
	v.read(5000, 0.7)
	if len(v.cart) == 0 {
		return home
	}
	if v.chance(0.1) && len(v.cart) > 1 {
		slug := v.cart[len(v.cart)-1].Slug
		if v.click(v.removeButton(slug)) {
			v.wait(4)
			v.removeFromCart(slug)
			v.wait(v.between(1200, 4000))
		}
	}
	if v.chance(0.28) {
		v.tryCoupon()
	}
	if v.chance(0.2) {
		v.estimate()
		if v.chance(0.35) {
			return home
		}
	}
	if v.chance(0.22) {
		return home
	}
	for _, field := range []struct {
		ref       string
		low, high int
	}{{"name", 8, 18}, {"street", 10, 22}, {"postcode", 5, 7}, {"city", 4, 12}} {
		v.write(field.ref, field.low+v.r.IntN(field.high-field.low))
		if v.chance(0.05) {
			return home
		}
	}
	if v.chance(0.2) {
		v.click(v.element("check", "gift"))
		v.wait(v.between(400, 1200))
	}
	if !v.click(v.element("button", "order")) {
		return home
	}
	v.wait(v.between(15, 60))
	return load("/demo/signup")
}

// removeButton is the one in the row where that product stands. The rows were
// measured with other products in them, so it goes by the row's place.
func (v *visit) removeButton(slug string) *layoutElement {
	row := -1
	for i, item := range v.cart {
		if item.Slug == slug {
			row = i
		}
	}
	for _, e := range v.page.Elements {
		if e.Kind != "button" || !isCartRow(e.Selector) {
			continue
		}
		if row == 0 {
			mine := *e
			mine.Selector = fmt.Sprintf("tr#row-%s > td.act:nth-of-type(4) > button.plain", slug)
			return &mine
		}
		row--
	}
	return nil
}

// isCartRow tells what stands in the cart's rows, which were measured with other
// products than a visit may have there.
func isCartRow(selector string) bool { return strings.HasPrefix(selector, "tr#row-") }

// tryCoupon waits for an answer that takes 2.6 s, and many do not wait.
func (v *visit) tryCoupon() {
	v.write("coupon", 5+v.r.IntN(5))
	apply := v.element("button", "coupon-apply")
	answer := func() {
		v.wait(4)
		v.say("coupon-answer", "Checking the coupon …")
		v.after(2600, func() { v.say("coupon-answer", "This coupon is not valid any more.") })
	}
	if !v.click(apply) {
		return
	}
	answer()
	if v.chance(0.5) {
		for range 2 + v.r.IntN(4) {
			v.again(apply)
			answer()
		}
	}
	v.wait(v.between(3000, 7000))
}

// estimate is the button whose script fails.
func (v *visit) estimate() {
	button := v.element("button", "estimate")
	if !v.click(button) {
		return
	}
	v.scriptError()
	if v.chance(0.5) {
		for range 1 + v.r.IntN(3) {
			v.again(button)
			v.scriptError()
		}
	}
	v.wait(v.between(1500, 4000))
}

// scriptError is what the browsers say of site/assets/shop.js.
func (v *visit) scriptError() {
	v.wait(2)
	source := v.shop.origin + "/demo/assets/shop.js"
	line, column := scriptFault()
	v.tape.signal(v.now, "error", map[string]any{
		"type": "error", "msg": "Uncaught TypeError: Cannot read properties of undefined (reading 'days')",
		"src": source, "line": line, "col": column,
		"stack": fmt.Sprintf("TypeError: Cannot read properties of undefined (reading 'days')\n    at HTMLButtonElement.<anonymous> (%s:%d:%d)", source, line, column),
	})
}

// onSignup: name, e-mail, password, and a way to look at it.
func (v *visit) onSignup() move {
	v.read(3500, 0.8)
	if v.intent != intentBuy && v.chance(0.7) {
		return home
	}
	v.write("full-name", 8+v.r.IntN(10))
	v.write("email", 14+v.r.IntN(14))
	if v.chance(0.12) {
		return home
	}
	join := v.element("button", "join")
	if v.chance(0.15) { // too early
		v.click(join)
		v.wait(4)
		v.say("signup-answer", "Please give an e-mail address and a password of eight characters or more.")
		v.wait(v.between(1200, 3500))
	}
	v.write("password", 8+v.r.IntN(8))
	if show := v.element("button", "show"); v.chance(0.45) && v.click(show) {
		v.wait(4)
		v.showPassword(true)
		v.wait(v.between(1500, 4000))
		if v.chance(0.5) && v.click(show) {
			v.wait(4)
			v.showPassword(false)
			v.wait(v.between(500, 1500))
		}
	}
	letters := v.chance(0.25)
	if letters {
		v.click(v.element("check", "letters"))
		v.wait(v.between(300, 900))
	}
	if v.chance(0.2) || !v.click(join) {
		return home
	}
	v.wait(4)
	v.tape.signal(v.now, "event", map[string]any{"name": "signup", "props": map[string]any{"letters": letters}})
	v.hide(v.byID("signup"), true)
	v.hide(v.byID("done"), false)
	v.page = v.shop.layout.Pages["/demo/signup done"]
	if v.scroll > v.limit() {
		v.scroll = v.limit()
		v.tellScroll()
	}
	v.wait(v.between(2000, 6000))
	if v.chance(0.25) && v.click(v.element("link", "again")) {
		v.wait(v.between(15, 60))
		v.intent = intentBrowse
		return load("/demo/")
	}
	return home
}
