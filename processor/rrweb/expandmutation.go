package rrweb

import "strconv"

// changes writes the members of a short mutation: flat lists of what goes and
// comes, of texts and attributes. One that is empty may be left out or be no
// list.
func (x *expander) changes(v *values) {
	removes, adds, texts, attributes, part := v.next(), v.next(), v.next(), v.next(), v.next()
	x.pairs("removes", removes, func(parent int64, value []byte) {
		id := x.whole(value)
		x.number("parentId", parent)
		x.number("id", max(id, -id))
		if id < 0 {
			x.member("isShadow", []byte("true"))
		}
	})
	x.pairs("texts", texts, func(id int64, value []byte) {
		x.number("id", id)
		x.member("value", value)
	})
	x.pairs("attributes", attributes, func(id int64, value []byte) {
		x.number("id", id)
		x.member("attributes", x.object(value))
	})
	x.name("adds")
	x.raw("[")
	if x.flatAdds(&values{s: scanner{b: adds}}) {
		x.member("isAttachIframe", []byte("true"))
	}
	if !isNone(part) {
		x.member("part", part)
	}
}

// pairs writes a list of objects, each of two values of a flat list.
func (x *expander) pairs(name string, flat []byte, one func(id int64, second []byte)) {
	x.name(name)
	x.raw("[")
	v := &values{s: scanner{b: flat}}
	for first := v.next(); first != nil && x.goesOn(); first = v.next() {
		second := v.next()
		id := x.whole(first)
		if second == nil || id < 1 {
			x.bad = true
			return
		}
		x.comma('[')
		x.raw("{")
		one(id, second)
		x.raw("}")
	}
	x.bad = x.bad || v.s.bad
	x.raw("]")
}

// flatAdds writes added nodes, four values each: the parent's id, that of the
// next sibling or 0, the node's own, negative directly in a shadow root, the
// node. Behind them may stand, negative, the id of the frame's document. frame
// tells whether one is such a document.
func (x *expander) flatAdds(v *values) (frame bool) {
	first := v.next()
	for first != nil && x.goesOn() {
		parent, next := x.whole(first), x.whole(v.next())
		a := added{parent: first, next: []byte("null")}
		id := x.whole(v.next())
		x.next, a.shadow = max(id, -id), id < 0
		if next > 0 {
			a.next = strconv.AppendInt(nil, next, 10)
		}
		a.node = v.next()
		if first = v.next(); first != nil {
			if root := x.whole(first); root < 0 {
				a.root = -root
				first = v.next()
			}
		}
		if parent < 1 || next < 0 || id == 0 || !isShort(a.node) {
			x.bad = true
			return false
		}
		x.comma('[')
		frame = x.place(a) || frame
	}
	x.bad = x.bad || v.s.bad
	x.raw("]")
	return frame
}
