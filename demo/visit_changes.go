package demo

import "strconv"

// What the shop's script (site/assets/shop.js) does to a page.

// change records a mutation.
func (v *visit) change(m *mutation) {
	if !m.empty() {
		v.tape.event(v.now, eventIncremental, m)
	}
}

func (v *visit) say(id, text string) {
	m := newMutation()
	v.doc.setText(m, v.byID(id), text)
	v.change(m)
}

func (v *visit) setAttr(n *node, name, value string) {
	m := newMutation()
	v.doc.setAttr(m, n, name, &value)
	v.change(m)
}

func (v *visit) hide(n *node, hidden bool) {
	m := newMutation()
	var value *string
	if hidden {
		value = new(string)
	}
	v.doc.setAttr(m, n, "hidden", value)
	v.change(m)
}

func (v *visit) showCount() {
	n := 0
	for _, item := range v.cart {
		n += item.Amount
	}
	v.say("cart-count", strconv.Itoa(n))
}

// addToCart is what a click on an "Add to cart" button does.
func (v *visit) addToCart(slug string) {
	found := false
	for i := range v.cart {
		if v.cart[i].Slug == slug {
			v.cart[i].Amount++
			found = true
		}
	}
	if !found {
		p, _ := findProduct(slug)
		v.cart = append(v.cart, cartItem{product: p, Amount: 1})
	}
	v.showCount()
	v.tape.signal(v.now, "event", map[string]any{
		"name": "add_to_cart", "props": map[string]any{"product": slug, "amount": 1},
	})
	v.say("toast", "Added to your cart")
	v.setAttr(v.byID("toast"), "class", "toast show")
	v.after(2000, func() { v.setAttr(v.byID("toast"), "class", "toast") })
}

// fillCart is the answer of the server with the cart's rows.
func (v *visit) fillCart() {
	html, err := v.shop.pages.cartRows(v.cart)
	if err != nil {
		v.fail(err)
		return
	}
	rows, err := parseFragment(html, "tbody", v.shop.origin)
	if err != nil {
		v.fail(err)
		return
	}
	m := newMutation()
	v.doc.replaceChildren(m, v.byID("cart-rows"), rows)
	v.change(m)
	v.sumCart()
}

// sumCart is what follows every change of the rows.
func (v *visit) sumCart() {
	v.say("total", cartTotal(v.cart))
	v.hide(v.byID("cart-empty"), len(v.cart) > 0)
	v.page = v.shop.layout.Pages[cartKey(len(v.cart))]
}

func (v *visit) removeFromCart(slug string) {
	kept := v.cart[:0]
	for _, item := range v.cart {
		if item.Slug != slug {
			kept = append(kept, item)
		}
	}
	v.cart = kept
	v.showCount()
	m := newMutation()
	v.doc.remove(m, v.byID("row-"+slug))
	v.change(m)
	v.sumCart()
}

// openTab shows one of a product's texts.
func (v *visit) openTab(name string) {
	for _, tab := range []string{"story", "brew", "ship"} {
		selected, class := "false", "panel"
		if tab == name {
			selected, class = "true", "panel on"
		}
		v.setAttr(v.byID("tab-"+tab), "aria-selected", selected)
		v.setAttr(v.byID("panel-"+tab), "class", class)
	}
}

// showPassword flips the field; whatever its type is, it stays protected and
// tells nothing.
func (v *visit) showPassword(shown bool) {
	kind, label := "password", "Show password"
	if shown {
		kind, label = "text", "Hide password"
	}
	v.setAttr(v.byID("password"), "type", kind)
	v.say("show", label)
}
