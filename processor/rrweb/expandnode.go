package rrweb

import (
	"encoding/json"
	"strconv"
)

// Kinds of short nodes that are no elements.
const (
	shortDocument = '0'
	shortDoctype  = '1'
	shortShadow   = '2'
)

// prefixes of a short element's tag, and the member that each stands for.
var prefixes = map[byte]string{'s': "isSVG", 'c': "isCustom", 'b': "needBlock"}

// maxShortDepth bounds nesting of short nodes: written out they nest twice as
// deep.
const maxShortDepth = maxDepth/2 - 8

// quoted is a text as JSON.
func quoted(text string) []byte {
	out, _ := json.Marshal(text) // a string always can be
	return out
}

// place is where a node stands.
type place struct {
	flat   bool  // what lies in it becomes adds of their own, behind its own
	added  bool  // it is the outermost node of an add
	root   int64 // of the frame's document it is in, 0 in the page's own
	shadow bool  // directly in a shadow root
	depth  int
}

// adds writes a mutation's list. frame tells whether it brings a frame's
// document.
func (x *expander) adds(list []byte) (frame bool) {
	s := scanner{b: list}
	if s.peek() != '[' {
		x.out = append(x.out, list...)
		return false
	}
	x.raw("[")
	first := true
	s.list(func() {
		s.peek()
		from := s.pos
		s.skip(1)
		if s.bad || x.bad {
			return
		}
		if !first {
			x.raw(",")
		}
		first = false
		frame = x.add(list[from:s.pos]) || frame
	}, 0)
	x.bad = x.bad || s.bad
	x.raw("]")
	return frame
}

// added is a short node that was added.
type added struct {
	parent, next []byte // their ids
	node         []byte
	root         int64 // of the frame's document it is in, 0 in the page's own
	shadow       bool
}

func (x *expander) add(add []byte) (frame bool) {
	var id, root []byte
	a := added{parent: []byte("null"), next: []byte("null")}
	members(&scanner{b: add}, func(name string, value []byte) {
		switch name {
		case "parentId":
			a.parent = value
		case "nextId":
			a.next = value
		case "id":
			id = value
		case "rootId":
			root = value
		case "isShadow":
			a.shadow = string(value) == "true"
		case "node":
			a.node = value
		}
	})
	if !isShort(a.node) {
		x.out = append(x.out, add...)
		return false
	}
	x.changed = true
	x.next = x.id(id)
	if root != nil {
		a.root = x.id(root)
	}
	return x.place(a)
}

// place writes an added node, whose id is the next, and all that lies in it.
func (x *expander) place(a added) (frame bool) {
	s := scanner{b: a.node}
	frame = isDocument(s)
	x.raw(`{"parentId":`)
	x.out = append(x.out, a.parent...)
	x.raw(`,"nextId":`)
	x.out = append(x.out, a.next...)
	x.raw(`,"node":`)
	// The player takes a frame's document as one tree.
	x.node(&s, place{flat: !frame, added: true, root: a.root, shadow: a.shadow})
	x.bad = x.bad || s.bad
	if frame {
		x.raw("}")
	}
	return frame
}

// node writes out the short node that stands next in s and all that lies in it,
// and where it is flat, the end of its add.
func (x *expander) node(s *scanner, at place) {
	if at.depth > maxShortDepth || len(x.out) > x.limit {
		s.fail()
		return
	}
	id := x.next
	x.next++
	if s.peek() == '"' {
		x.raw(`{"type":3,"textContent":"`)
		x.out = append(x.out, s.str()...)
		x.raw(`"`)
		x.end(id, at)
		return
	}
	document := isDocument(*s)
	if s.peek() != '[' {
		s.fail()
		return
	}
	s.pos++
	switch s.peek() {
	case '"':
		x.element(unescape(s.str()))
	case shortDocument:
		s.pos++
		x.raw(`{"type":0`)
	case shortDoctype:
		s.pos++
		x.doctype(s)
		x.end(id, at)
		return
	default:
		s.fail()
	}
	x.attributes(s, document)
	if isHost(*s) {
		x.raw(`,"isShadowHost":true`)
	}
	x.identity(id, at)
	x.raw(`,"childNodes":[`)
	inner := place{flat: at.flat, root: at.root, depth: at.depth + 1}
	if document && at.added {
		inner.root = id
	}
	if at.flat {
		x.raw("]}}")
	}
	x.children(s, id, inner)
	if !at.flat {
		x.raw("]}")
	}
}

// end tells who a node without children is, and ends it.
func (x *expander) end(id int64, at place) {
	x.identity(id, at)
	x.raw("}")
	if at.flat {
		x.raw("}")
	}
}

func (x *expander) identity(id int64, at place) {
	x.raw(`,"id":`)
	x.out = strconv.AppendInt(x.out, id, 10)
	if at.root > 0 {
		x.raw(`,"rootId":`)
		x.out = strconv.AppendInt(x.out, at.root, 10)
	}
	if at.shadow {
		x.raw(`,"isShadow":true`)
	}
}

// element begins an element by its tag and what stands before it.
func (x *expander) element(tag string) {
	x.raw(`{"type":2`)
	if len(tag) > 1 && tag[1] == ':' && prefixes[tag[0]] != "" {
		x.member(prefixes[tag[0]], []byte("true"))
		tag = tag[2:]
	}
	x.member("tagName", quoted(tag))
}

func (x *expander) doctype(s *scanner) {
	x.raw(`{"type":1`)
	for _, name := range []string{"name", "publicId", "systemId"} {
		if !s.next(false, ']') {
			s.fail()
			return
		}
		text, ok := s.text(0)
		if !ok {
			s.fail()
			return
		}
		x.member(name, quoted(text))
	}
	if s.next(false, ']') {
		s.fail()
	}
}

// attributes copies those of an element; of a document they are its compatMode.
func (x *expander) attributes(s *scanner, document bool) {
	if !s.next(false, ']') || s.peek() != '{' {
		s.fail()
		return
	}
	from := s.pos
	s.skip(0)
	if s.bad {
		return
	}
	object := s.b[from:s.pos]
	if !document {
		x.member("attributes", object)
		return
	}
	members(&scanner{b: object}, func(name string, value []byte) {
		if name == "compatMode" {
			x.member(name, value)
		}
	})
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
	t := *s
	t.pos++
	if t.peek() != shortShadow {
		return false
	}
	t.pos++
	*s = t
	return true
}

// children writes what is left of an array, first what the shadow root holds.
func (x *expander) children(s *scanner, parent int64, at place) {
	count := 0
	one := func(at place) {
		if at.flat {
			x.raw(`,{"parentId":`)
			x.out = strconv.AppendInt(x.out, parent, 10)
			x.raw(`,"nextId":null,"node":`)
		} else if count > 0 {
			x.raw(",")
		}
		count++
		x.node(s, at)
	}
	for begin := true; s.next(false, ']'); begin = false {
		if !begin || !opensShadow(s) {
			one(at)
			continue
		}
		within := at
		within.shadow = true
		for s.next(false, ']') {
			one(within)
		}
	}
}
