package rrweb

// walk tells what the data of an event in rrweb's form holds, which has been
// checked. Events of other kinds hold nothing.
func (r *Reader) walk(kind int, data []byte) {
	s := scanner{b: data}
	r.kids = r.kids[:0]
	switch {
	case kind == TypeFullSnapshot:
		s.each(func(name []byte) bool {
			if string(name) == "node" {
				r.walkNode(&s, 1, 0)
				r.parent(0, 0)
				return true
			}
			return false
		}, 0)
	case kind != TypeIncremental:
	default:
		of, ambiguous := source(data)
		s.ambiguous = ambiguous
		switch of {
		case SourceMutation:
			r.walkMutation(&s)
		case SourceInput:
			r.walkInput(&s)
		}
	}
	if s.bad {
		r.note(Field{Kind: FieldUnreadable})
	}
	r.in.ambiguous = r.in.ambiguous || s.ambiguous
}

// source finds an incremental event's source; -1 if there is none. ambiguous
// tells that there are several, or that it is no number.
func source(data []byte) (source int, ambiguous bool) {
	s, found := scanner{b: data}, -1.
	s.each(func(name []byte) bool {
		if string(name) != "source" {
			return false
		}
		f, ok := s.float(1)
		s.ambiguous = s.ambiguous || !ok
		found = s.only(found, f, -1)
		return true
	}, 0)
	return int(found), s.ambiguous
}

// walkNode reads a node and its children. An element is told after its
// children, because its id may stand behind them: so every byte is read once,
// however deep the tree. Whoever reads the node around it gives it its parent, by
// kids. What is around it may make that it is told of whatever it is.
func (r *Reader) walkNode(s *scanner, depth int, around uint8) {
	if depth > maxDepth {
		s.fail()
		return
	}
	el := Field{Kind: FieldElement}
	kind := -1.
	var text, tag []byte
	judged, textarea := false, false
	kids := len(r.kids)
	s.each(func(name []byte) bool {
		switch string(name) {
		case "type":
			f, ok := s.float(depth + 1)
			s.ambiguous = s.ambiguous || !ok
			kind = s.only(kind, f, -1)
		case "id":
			el.ID = s.idOnce(el.ID, depth+1)
		case "tagName":
			tag = s.once(tag, s.plainText(depth+1))
			textarea = named(tag, "textarea")
			el.Select, el.Choice = named(tag, "select"), isChoice(tag)
		case "textContent":
			text = joined(text, s.written(depth+1))
		case "attributes":
			judged = true
			s.attributes(&el, depth+1)
		case "childNodes":
			// What is not known yet may be that the element holds text, or is a select.
			var inside uint8
			if kind < 0 || kind == NodeElement && (tag == nil || !judged || textarea || el.Holds == HoldsText || around&aroundText > 0 && el.Holds != HoldsNone) {
				inside |= aroundText
			}
			if kind < 0 || kind == NodeElement && (tag == nil || el.Select || around&aroundChoice > 0) {
				inside |= aroundChoice
			}
			if s.open('[', depth+1) {
				for first := true; s.next(first, ']'); first = false {
					r.walkNode(s, depth+2, inside)
				}
			}
		default:
			return false
		}
		return true
	}, depth)
	if kind != NodeElement && text == nil { // a frame's document: nobody writes into it from around
		r.kids = r.kids[:kids]
		return
	}
	r.parent(kids, el.ID)
	told := len(r.fields)
	switch {
	case kind == NodeElement:
		if textarea {
			el.Holds = HoldsText
		}
		el.Choice = el.Choice || around&aroundChoice > 0
		el.Value = joined(el.Value, text) // an element has none
		r.tell(el, around > 0)
	case around&aroundText > 0:
		r.note(Field{Kind: FieldText, ID: el.ID, Value: text})
	}
	if len(r.fields) > told {
		r.kids = append(r.kids, told)
	}
}

// isChoice tells whether an element of this tag stands for what a select offers.
func isChoice(tag []byte) bool { return named(tag, "option") || named(tag, "optgroup") }

// parent tells the parent of the nodes that have been walked since.
func (r *Reader) parent(since int, id int64) {
	for _, i := range r.kids[since:] {
		r.fields[i].Parent = id
	}
	r.kids = r.kids[:since]
}

// walkMutation reads added nodes, and texts and attributes that have changed;
// all of them may hold values.
func (r *Reader) walkMutation(s *scanner) {
	s.each(func(name []byte) bool {
		switch string(name) {
		case "adds":
			s.list(func() { r.walkAdd(s) }, 1)
		case "texts":
			s.list(func() { r.walkText(s) }, 1)
		case "attributes":
			s.list(func() { r.walkChange(s) }, 1)
		default:
			return false
		}
		return true
	}, 0)
}

func (r *Reader) walkAdd(s *scanner) {
	var parent int64
	s.each(func(name []byte) bool {
		switch string(name) {
		case "parentId":
			parent = s.parentOnce(parent, 3)
		case "node":
			r.walkNode(s, 3, aroundText)
		default:
			return false
		}
		return true
	}, 2)
	r.parent(0, parent)
}

func (r *Reader) walkText(s *scanner) {
	text := Field{Kind: FieldText}
	s.each(func(name []byte) bool {
		switch string(name) {
		case "id":
			text.ID = s.idOnce(text.ID, 3)
		case "value":
			text.Value = joined(text.Value, s.written(3))
		default:
			return false
		}
		return true
	}, 2)
	r.note(text)
}

func (r *Reader) walkChange(s *scanner) {
	el := Field{Kind: FieldElement}
	s.each(func(name []byte) bool {
		switch string(name) {
		case "id":
			el.ID = s.idOnce(el.ID, 3)
		case "attributes":
			s.attributes(&el, 3)
		default:
			return false
		}
		return true
	}, 2)
	r.tell(el, false)
}

func (r *Reader) walkInput(s *scanner) {
	in := Field{Kind: FieldInput}
	s.each(func(name []byte) bool {
		s.peek()
		from := s.pos
		s.skip(1)
		if !s.bad {
			s.input(&in, name, s.b[from:s.pos])
		}
		return true
	}, 0)
	r.note(in)
}

// input takes a member of an input event, whose value has been checked. What is
// not known may hold the text under another name.
func (s *scanner) input(in *Field, name, value []byte) {
	switch string(name) {
	case "id":
		id, ok := numberOf(value)
		s.ambiguous = s.ambiguous || !ok || in.ID != 0 && in.ID != id
		in.ID = id
	case "isChecked":
		in.Chosen = in.Chosen || saysYes(value)
	case "source", "userTriggered":
	case "text":
		in.Value = joined(in.Value, anyTextOf(value))
	default:
		if value[0] != 't' && saysYes(value) {
			in.Value = joined(in.Value, anyTextOf(value))
		}
	}
}
