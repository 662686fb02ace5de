package rrweb

import "encoding/json"

// Kinds of short nodes that are no elements.
const (
	shortDocument = '0'
	shortDoctype  = '1'
	shortShadow   = '2'
)

// prefix is the member that a letter before a short element's tag stands for.
func prefix(letter byte) string {
	switch letter {
	case 's':
		return `,"isSVG":true`
	case 'c':
		return `,"isCustom":true`
	case 'b':
		return `,"needBlock":true`
	}
	return ""
}

// maxShortDepth bounds nesting of short nodes: written out they nest twice as
// deep.
const maxShortDepth = maxDepth/2 - 8

// isShort tells by its first byte whether a node is written short.
func isShort(first byte) bool { return first == '[' || first == '"' }

// place is where a node stands.
type place struct {
	flat   bool  // what lies in it becomes adds of their own, behind its own
	added  bool  // it is the outermost node of an add
	root   int64 // of the frame's document it is in, 0 in the page's own
	shadow bool  // directly in a shadow root
	parent int64 // of a node that is told of whatever it is; else it need not be known
	within bool  // in an element that holds text
	choice bool  // in a select
	depth  int
}

// told says whether a text is told of, whatever it is: it stands in an element
// that holds text, or may have been added to one.
func (p place) told() bool { return p.flat || p.within }

// place writes the added node that stands next, whose id is the next, and all
// that lies in it. frame tells whether it is a frame's document.
func (r *Reader) place(parent int64, shadow bool, root int64) (frame bool) {
	frame = isDocument(r.in)
	// The player takes a frame's document as one tree.
	r.node(place{flat: !frame, added: true, root: root, shadow: shadow, parent: parent})
	if frame {
		r.raw("}")
	}
	return frame
}

// node writes out the short node that stands next and all that lies in it, and
// where it is flat, the end of its add. An element of a tree is told after what
// lies in it, as Walk tells one.
func (r *Reader) node(at place) {
	s := &r.in
	if at.depth > maxShortDepth || r.size() > r.limit {
		s.fail()
		return
	}
	id := r.next
	r.next++
	if s.peek() == '"' {
		r.raw(`{"type":3,"textContent":"`)
		text := s.str()
		r.copy(text)
		r.raw(`"`)
		if at.told() {
			r.note(Field{Kind: FieldText, ID: id, Parent: at.parent, Value: text})
		}
		r.end(id, at)
		return
	}
	if s.peek() != '[' {
		s.fail()
		return
	}
	s.pos++
	document := false
	el := Field{Kind: FieldElement, ID: id, Parent: at.parent}
	switch s.peek() {
	case '"':
		tag := r.element()
		el.Select, el.Choice = named(tag, "select"), at.choice || isChoice(tag)
		if r.attributes(&el, at.depth); named(tag, "textarea") {
			el.Holds = HoldsText
		}
	case shortDocument:
		document = true
		s.pos++
		r.raw(`{"type":0`)
		r.compatMode()
	case shortDoctype:
		s.pos++
		r.doctype()
		r.end(id, at)
		return
	default:
		s.fail()
		return
	}
	if isHost(*s) {
		r.raw(`,"isShadowHost":true`)
	}
	r.identity(id, at)
	inner := place{flat: at.flat, root: at.root, parent: id, depth: at.depth + 1}
	inner.within = !document && el.Holds != HoldsNone && (at.within || el.Holds == HoldsText)
	inner.choice = el.Select || at.choice && !document
	if document && at.added {
		inner.root = id
	}
	if at.flat {
		r.raw(`,"childNodes":[]}}`)
		r.tell(el, true)
		r.children(id, inner)
		return
	}
	r.raw(`,"childNodes":[`)
	r.children(id, inner)
	r.raw("]}")
	if !document {
		r.tell(el, at.within || at.choice)
	}
}

// end tells who a node without children is, and ends it.
func (r *Reader) end(id int64, at place) {
	r.identity(id, at)
	r.raw("}")
	if at.flat {
		r.raw("}")
	}
}

func (r *Reader) identity(id int64, at place) {
	r.raw(`,"id":`)
	r.int(id)
	if at.root > 0 {
		r.raw(`,"rootId":`)
		r.int(at.root)
	}
	if at.shadow {
		r.raw(`,"isShadow":true`)
	}
}

// element begins an element by its tag, which it gives, and what stands before it.
func (r *Reader) element() (tag []byte) {
	tag = plain(r.in.str())
	r.raw(`{"type":2`)
	if len(tag) > 1 && tag[1] == ':' {
		if member := prefix(tag[0]); member != "" {
			r.raw(member)
			tag = tag[2:]
		}
	}
	r.raw(`,"tagName":`)
	r.quote(tag)
	return tag
}

// quote writes a text, whose escapes are resolved, as JSON.
func (r *Reader) quote(text []byte) {
	if special(text, 0) < len(text) {
		quoted, _ := json.Marshal(string(text)) // a string always can be
		r.copy(quoted)
		return
	}
	r.raw(`"`)
	r.copy(text)
	r.raw(`"`)
}

// attributes copies those of an element.
func (r *Reader) attributes(el *Field, depth int) {
	s := &r.in
	if !s.next(false, ']') || s.peek() != '{' {
		s.fail()
		return
	}
	r.raw(`,"attributes":`)
	from := s.pos
	s.attributes(el, 6+2*depth)
	r.copy(s.b[from:s.pos])
}

// compatMode copies what is told of a document.
func (r *Reader) compatMode() {
	s := &r.in
	if !s.next(false, ']') || s.peek() != '{' {
		s.fail()
		return
	}
	s.pos++
	for first := true; ; first = false {
		name, ok := s.member(first)
		if !ok {
			return
		}
		if value := r.value(3); string(plain(name)) == "compatMode" && !s.bad {
			r.member(false, name, value)
		}
	}
}

func (r *Reader) doctype() {
	s := &r.in
	r.raw(`{"type":1`)
	for _, name := range [...]string{`,"name":"`, `,"publicId":"`, `,"systemId":"`} {
		if !s.next(false, ']') {
			s.fail()
			return
		}
		r.raw(name)
		r.copy(s.str())
		r.raw(`"`)
	}
	if s.next(false, ']') {
		s.fail()
	}
}

// isDocument tells whether a short document stands next. s is a copy.
func isDocument(s scanner) bool {
	if s.peek() != '[' {
		return false
	}
	s.pos++
	return s.peek() == shortDocument
}

// isHost tells whether the next child is a shadow root. s is a copy.
func isHost(s scanner) bool {
	return s.next(false, ']') && opensShadow(&s)
}

// opensShadow steps into a shadow root, if one stands next.
func opensShadow(s *scanner) bool {
	if s.peek() != '[' {
		return false
	}
	begin := s.pos
	s.pos++
	if s.peek() != shortShadow {
		s.pos = begin
		return false
	}
	s.pos++
	return true
}

// children writes what is left of an array, first what the shadow root holds.
func (r *Reader) children(parent int64, at place) {
	s := &r.in
	first := true
	for begin := true; s.next(false, ']'); begin = false {
		if !begin || !opensShadow(s) {
			r.child(parent, at, first)
			first = false
			continue
		}
		within := at
		within.shadow = true
		for ; s.next(false, ']'); first = false {
			r.child(parent, within, first)
		}
	}
}

func (r *Reader) child(parent int64, at place, first bool) {
	if at.flat {
		r.raw(`,{"parentId":`)
		r.int(parent)
		r.raw(`,"nextId":null,"node":`)
	} else {
		r.comma(first)
	}
	r.node(at)
}
