package rrweb

// What is long around something short: its parts may stand in any order, and so
// these read it more than once. Trackers write the order that snapshot reads.

// snapshot writes out a full snapshot's data whose short node stands behind its
// id. What is written otherwise it leaves where it is and is false.
func (r *Reader) snapshot() bool {
	s := &r.in
	begin := r.mark()
	s.pos++
	r.raw("{")
	known, node, empty := false, false, true
	for first := true; ; first = false {
		name, ok := s.member(first)
		if !ok {
			break
		}
		switch string(plain(name)) {
		case "id":
			if c := s.peek(); known || c < '1' || c > '9' {
				return r.leave(begin)
			}
			r.next, known = r.whole(), true
			if c := s.peek(); r.bad || c != ',' && c != '}' {
				r.bad = false
				return r.leave(begin)
			}
		case "node":
			if node || !known || !isShort(s.peek()) {
				return r.leave(begin)
			}
			node = true
			r.comma(empty)
			r.raw(`"node":`)
			r.node(place{})
			empty = false
		default:
			r.member(empty, name, r.value(3))
			empty = false
		}
	}
	if s.bad || r.bad {
		return true // as it is, it is no good
	}
	if !node {
		return r.leave(begin)
	}
	r.raw("}")
	return true
}

// leave goes back to the beginning of what could not be read that way.
func (r *Reader) leave(begin mark) bool {
	if !r.in.bad {
		r.back(begin)
	}
	return false
}

// within reads a part of the section by itself.
func (r *Reader) within(part []byte, read func()) {
	outer := r.in
	r.in = scanner{b: part}
	read()
	r.bad = r.bad || r.in.bad
	outer.ambiguous = outer.ambiguous || r.in.ambiguous
	r.in = outer
}

// once gives the value of a member that may stand there only once: where
// something short is written out, the other one would be left out of what is
// judged, but not of what is stored.
func (r *Reader) once(before, value []byte) []byte {
	r.in.ambiguous = r.in.ambiguous || before != nil
	return value
}

// looseSnapshot writes a full snapshot's data: its node is short where an id
// stands beside it.
func (r *Reader) looseSnapshot(data []byte) {
	var node, id []byte
	members(data, func(name, value []byte) {
		switch string(plain(name)) {
		case "node":
			node = r.once(node, value)
		case "id":
			id = r.once(id, value)
		}
	})
	if len(node) == 0 || !isShort(node[0]) {
		r.copy(data)
		return
	}
	r.next = r.idOf(id)
	r.raw("{")
	first := true
	members(data, func(name, value []byte) {
		if n := plain(name); string(n) != "node" && string(n) != "id" {
			r.member(first, name, value)
			first = false
		}
	})
	r.comma(first)
	r.raw(`"node":`)
	r.quiet = true
	r.within(node, func() { r.node(place{}) })
	r.quiet = false
	r.raw("}")
}

// idOf reads a node's id, at least 1.
func (r *Reader) idOf(text []byte) (id int64) {
	r.within(text, func() {
		if id = r.id(); r.in.pos != len(text) {
			r.fault()
		}
	})
	return id
}

// looseMutation writes a mutation's data with the lists that were left out.
func (r *Reader) looseMutation(data []byte) {
	var removes, adds, texts, attributes, attach, frame bool
	r.raw("{")
	first := true
	members(data, func(name, value []byte) {
		begins := first
		first = false
		switch string(plain(name)) {
		case "adds":
			adds = true
			r.member(begins, name, nil)
			frame = r.looseAdds(value) || frame
			return
		case "removes":
			removes = true
		case "texts":
			texts = true
		case "attributes":
			attributes = true
		case "isAttachIframe":
			attach = true
		}
		r.member(begins, name, value)
	})
	for _, left := range [...]struct {
		member string
		out    bool
	}{
		{`"removes":[]`, !removes}, {`"texts":[]`, !texts}, {`"attributes":[]`, !attributes}, {`"adds":[]`, !adds},
		{`"isAttachIframe":true`, frame && !attach},
	} {
		if left.out {
			r.comma(first)
			r.raw(left.member)
			first = false
		}
	}
	r.raw("}")
}

// looseAdds writes a mutation's list. frame tells whether it brings a frame's
// document written short.
func (r *Reader) looseAdds(list []byte) (frame bool) {
	if list[0] != '[' {
		r.copy(list)
		return false
	}
	r.quiet = true
	defer func() { r.quiet = false }()
	s := scanner{b: list, pos: 1}
	r.raw("[")
	for first := true; r.goesOn() && s.next(first, ']'); first = false {
		s.peek()
		from := s.pos
		s.skip(1)
		r.comma(first)
		frame = r.looseAdd(list[from:s.pos]) || frame
	}
	r.raw("]")
	return frame
}

func (r *Reader) looseAdd(add []byte) (frame bool) {
	var id, root, node []byte
	parent, next, shadow := []byte("null"), []byte("null"), false
	members(add, func(name, value []byte) {
		switch string(plain(name)) {
		case "parentId":
			parent = value
		case "nextId":
			next = value
		case "id":
			id = r.once(id, value)
		case "rootId":
			root = value
		case "isShadow":
			shadow = string(value) == "true"
		case "node":
			node = r.once(node, value)
		}
	})
	if len(node) == 0 || !isShort(node[0]) {
		r.copy(add)
		return false
	}
	r.next = r.idOf(id)
	var document int64
	if root != nil {
		document = r.idOf(root)
	}
	r.raw(`{"parentId":`)
	r.copy(parent)
	r.raw(`,"nextId":`)
	r.copy(next)
	r.raw(`,"node":`)
	r.within(node, func() { frame = r.place(0, shadow, document) })
	return frame
}

// members calls take for each member of an object whose grammar has been
// checked: the name as it stands between quotes, the value's text. What is no
// object has none.
func members(object []byte, take func(name, value []byte)) {
	s := scanner{b: object}
	if !s.open('{', 0) {
		return
	}
	for first := true; ; first = false {
		name, ok := s.member(first)
		if !ok {
			return
		}
		s.peek()
		from := s.pos
		s.skip(2)
		if s.bad {
			return
		}
		take(name, object[from:s.pos])
	}
}
