package rrweb

// changes writes the members of a short mutation: flat lists of what goes and
// comes, of texts and attributes. One that is empty may be left out or be no
// list.
func (r *Reader) changes() {
	s, more := &r.in, true
	list := func() bool {
		if more = more && r.goesOn() && s.next(false, ']'); more && s.peek() != '[' {
			s.skip(2)
			return false
		}
		return more
	}
	r.raw(`,"removes":[`)
	if list() {
		r.removes()
	}
	r.raw(`],"adds":[`)
	if list() && r.adds() {
		r.raw(`],"isAttachIframe":true`)
	} else {
		r.raw("]")
	}
	r.raw(`,"texts":[`)
	if list() {
		r.texts()
	}
	r.raw(`],"attributes":[`)
	if list() {
		r.attributeChanges()
	}
	r.raw("]")
	if !more || !s.next(false, ']') {
		return
	}
	if part := r.value(3); string(part) != "null" {
		r.raw(`,"part":`)
		r.copy(part)
	}
	r.over()
}

// removes writes a flat list of pairs: parent, node; negative where the node
// was directly in a shadow root.
func (r *Reader) removes() {
	r.in.pos++
	for first := true; r.goesOn() && r.in.next(first, ']'); first = false {
		parent := r.id()
		id := r.another()
		r.comma(first)
		r.raw(`{"parentId":`)
		r.int(parent)
		r.raw(`,"id":`)
		r.int(max(id, -id))
		if id < 0 {
			r.raw(`,"isShadow":true`)
		}
		r.raw("}")
	}
}

// id reads a node's id.
func (r *Reader) id() int64 {
	id := r.whole()
	if id < 1 {
		r.fault()
	}
	return id
}

// texts writes a flat list of pairs: node, text.
func (r *Reader) texts() {
	s := &r.in
	s.pos++
	for first := true; r.goesOn() && s.next(first, ']'); first = false {
		r.comma(first)
		text := Field{Kind: FieldText, ID: r.id()}
		r.raw(`{"id":`)
		r.int(text.ID)
		r.raw(`,"value":`)
		if !s.next(false, ']') {
			r.fault()
			return
		}
		value := r.value(5)
		r.copy(value)
		r.raw("}")
		text.Value = unquoted(value)
		r.note(text)
	}
}

// attributeChanges writes a flat list of pairs: element, changed attributes.
func (r *Reader) attributeChanges() {
	s := &r.in
	s.pos++
	for first := true; r.goesOn() && s.next(first, ']'); first = false {
		el := Field{Kind: FieldElement, ID: r.id()}
		if !s.next(false, ']') || s.peek() != '{' {
			r.fault()
			return
		}
		r.comma(first)
		r.raw(`{"id":`)
		r.int(el.ID)
		r.raw(`,"attributes":`)
		from := s.pos
		s.attributes(&el, 5)
		r.copy(s.b[from:s.pos])
		r.raw("}")
		r.tell(el, false)
	}
}

// adds writes added nodes, four values each: the parent's id, that of the next
// sibling or 0, the node's own, negative directly in a shadow root, the node.
// Behind them may stand, negative, the id of the frame's document. frame tells
// whether one is such a document.
func (r *Reader) adds() (frame bool) {
	s := &r.in
	s.pos++
	more := s.next(true, ']')
	for first := true; more && r.goesOn(); first = false {
		parent, next, id := r.whole(), r.another(), r.another()
		if !s.next(false, ']') || !isShort(s.peek()) || parent < 1 || next < 0 || id == 0 {
			r.fault()
			return false
		}
		r.comma(first)
		r.raw(`{"parentId":`)
		r.int(parent)
		r.raw(`,"nextId":`)
		if next > 0 {
			r.int(next)
		} else {
			r.raw("null")
		}
		r.raw(`,"node":`)
		begin := r.mark()
		r.next = max(id, -id)
		document := r.place(parent, id < 0, 0)
		more = s.next(false, ']')
		if more && s.peek() == '-' {
			// It is in a frame, and all that was written of it must say so.
			root := r.whole()
			if root == 0 {
				r.fault()
			}
			behind := s.pos
			r.back(begin)
			r.next = max(id, -id)
			r.place(parent, id < 0, -root)
			if s.bad {
				return false
			}
			s.pos = behind
			more = s.next(false, ']')
		}
		frame = frame || document
	}
	return frame
}
