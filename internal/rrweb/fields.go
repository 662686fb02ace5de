package rrweb

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// Kinds of Field.
const (
	// FieldElement: an element as a snapshot, an added node or a change of
	// attributes shows it.
	FieldElement = iota
	// FieldInput: an input event tells the text of a field.
	FieldInput
	// FieldText: a text as a snapshot, an added node or a change of it tells it.
	FieldText
	// FieldUnreadable: an event holds nodes that cannot be read to their end.
	FieldUnreadable
	// FieldAmbiguous: an event tells twice, and differently, what decides what it
	// means, or names a node by what is no number. No serialiser writes that, and
	// of two the one that is not looked at would be stored as well.
	FieldAmbiguous
)

// What an element is to the texts in it.
const (
	// HoldsAsAround: nothing of its own.
	HoldsAsAround = iota
	// HoldsText: a visitor writes them: a textarea, or contenteditable.
	HoldsText
	// HoldsNone: no visitor does, whatever is around it: contenteditable="false".
	HoldsNone
)

// Field is what a section tells of form fields, and of what stands in those that
// a visitor writes into.
//
// Of elements those are told that have a type, an autocomplete or a value, or
// are Secret: by their own style, or because the site says so; that hold text;
// that stand in one that does; and all that were added, since they may have been
// added there. Of texts those that were added or changed or stand in an element
// that holds text. What is not there, or no text, is empty. An empty value gives
// nothing away, and so is none; one that is no text is told as it is written.
//
// Of a select those elements are told, too, that are or may be in it.
type Field struct {
	Kind   uint8
	Holds  uint8
	Secret bool
	Select bool  // it is a select
	Choice bool  // it may be one of those that a select offers, or hold such
	Chosen bool  // and it is the chosen one; of an input, that the box is checked
	Event  int32 // which event of the section tells it
	ID     int64
	Parent int64 // of a node; 0 where it is not told
	// Value is that of an element, what was typed, or a text. A text's is as it
	// is written, with its escapes: few are looked at. See Text.
	Type, Autocomplete, Value []byte
}

// Text is the text of a FieldText with its escapes resolved.
func (f *Field) Text() []byte { return plain(f.Value) }

// What is around a node.
const (
	aroundText   = 1 << iota // it stands in an element that holds text, or may do so
	aroundChoice             // it stands in a select, or may do so
)

// tell notes an element, if there is something to tell of it; always where it
// may stand in one that holds text, or in a select.
func (r *Reader) tell(el Field, always bool) {
	if always || el.Secret || el.Chosen || el.Holds != 0 || len(el.Type)+len(el.Autocomplete)+len(el.Value) > 0 {
		r.note(el)
	}
}

func (r *Reader) note(f Field) {
	if r.quiet {
		return
	}
	f.Event = int32(len(r.events))
	if n := len(r.fields); n == cap(r.fields) {
		r.fields = slices.Grow(r.fields, n+16) // append grows a long list by a quarter, and copies four times as much
	}
	r.fields = append(r.fields, f)
}

// attributes steps over an element's attributes and notes those that matter,
// whatever the case of their names. Of values of one name every one counts: each
// of them would be stored.
func (s *scanner) attributes(el *Field, depth int) {
	s.each(func(name []byte) bool {
		if len(name) == 0 {
			return false
		}
		switch name[0] | ' ' { // most attributes are none of these
		case 't':
			if named(name, "type") {
				el.Type = s.once(el.Type, s.plainText(depth+1))
				return true
			}
		case 'v':
			if named(name, "value") {
				el.Value = joined(el.Value, s.anyText(depth+1))
				return true
			}
		case 's':
			if named(name, "style") {
				el.Secret = s.hidesText(depth+1) || el.Secret
				return true
			}
			if named(name, "selected") {
				el.Chosen = s.isSet(depth+1) || el.Chosen
				return true
			}
		case 'a':
			if named(name, "autocomplete") {
				el.Autocomplete = s.once(el.Autocomplete, s.plainText(depth+1))
				return true
			}
		case 'c':
			if named(name, "contenteditable") {
				holds := s.editable(depth + 1)
				s.ambiguous = s.ambiguous || el.Holds != HoldsAsAround && el.Holds != holds
				el.Holds = holds
				return true
			}
		case 'd':
			if named(name, secretAttribute) {
				el.Secret = !s.isNull() || el.Secret
			}
		}
		return false
	}, depth)
}

// editable reads the value of contenteditable; null takes it away.
func (s *scanner) editable(depth int) uint8 {
	if !s.bad && s.isNull() {
		s.skip(depth)
		return HoldsAsAround
	}
	if strings.EqualFold(string(s.plainText(depth)), "false") {
		return HoldsNone
	}
	return HoldsText
}

// secretAttribute is by what a site says that a field is protected.
const secretAttribute = "data-hindsight-secret"

func named(name []byte, want string) bool {
	return len(name) == len(want) && (string(name) == want || strings.EqualFold(string(name), want))
}

// joined is both of two values of one name, if they differ.
func joined(before, value []byte) []byte {
	if len(before) == 0 || bytes.Equal(before, value) {
		return value
	}
	return append(bytes.Clone(before), value...)
}

// once is the one of two texts of one name that says something: the value is
// given again, or for the first time.
func (s *scanner) once(before, value []byte) []byte {
	if len(before) == 0 {
		return value
	}
	s.ambiguous = s.ambiguous || !bytes.Equal(before, value)
	return before
}

// only is a number that is given again, or for the first time: then it was none.
func (s *scanner) only(before, value, none float64) float64 {
	s.ambiguous = s.ambiguous || before != none && before != value
	return value
}

// isSet steps over a value and tells whether it says yes.
func (s *scanner) isSet(depth int) bool {
	s.peek()
	from := s.pos
	s.skip(depth)
	return saysYes(s.b[from:s.pos])
}

// saysYes tells whether a checked value is another than false and null.
func saysYes(value []byte) bool { return len(value) > 0 && value[0] != 'f' && value[0] != 'n' }

func (s *scanner) isNull() bool { return s.peek() == 'n' }

// anyText reads a text as plainText does, and any other value but null as it is
// written: who replays it makes a text of it.
func (s *scanner) anyText(depth int) []byte {
	if s.bad || s.peek() == '"' || s.isNull() {
		return s.plainText(depth)
	}
	from := s.pos
	s.skip(depth)
	return s.b[from:s.pos]
}

// hidesText reads a style, the attribute's text or what a change of it tells by
// property, and tells whether it makes a field show dots.
func (s *scanner) hidesText(depth int) bool {
	s.peek()
	from := s.pos
	s.skip(depth)
	_, value, found := bytes.Cut(s.b[from:s.pos], []byte("-webkit-text-security"))
	if !found {
		return false
	}
	value = bytes.TrimLeft(value, "\": [")
	return !bytes.HasPrefix(value, []byte("none")) && !bytes.HasPrefix(value, []byte("false")) && !bytes.HasPrefix(value, []byte("null"))
}

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

// each calls take for each member of an object, with its name's escapes
// resolved ("typ\u0065" is "type" to whoever replays it); take reads the value or is false, and then it is skipped. A value
// that is no object is skipped.
func (s *scanner) each(take func(name []byte) bool, depth int) {
	if !s.open('{', depth) {
		return
	}
	for first := true; ; first = false {
		name, ok := s.member(first)
		if !ok {
			return
		}
		if !take(plain(name)) {
			s.skip(depth + 1)
		}
	}
}

// list calls take for each element of an array; take must read it.
func (s *scanner) list(take func(), depth int) {
	if !s.open('[', depth) {
		return
	}
	for first := true; s.next(first, ']'); first = false {
		take()
	}
}

// idOnce reads a node's id; before is the one that was told already, or 0.
func (s *scanner) idOnce(before int64, depth int) int64 {
	f, ok := s.float(depth)
	s.ambiguous = s.ambiguous || !ok || before != 0 && before != int64(f)
	return int64(f)
}

// parentOnce does so with that of a parent, which may be null: none.
func (s *scanner) parentOnce(before int64, depth int) int64 {
	f, _ := s.float(depth)
	s.ambiguous = s.ambiguous || before != 0 && before != int64(f)
	return int64(f)
}

// plainText reads a text with its escapes resolved; another value is skipped
// and is no text.
func (s *scanner) plainText(depth int) []byte {
	if s.bad || s.peek() != '"' {
		s.skip(depth)
		return nil
	}
	return plain(s.str())
}

// written reads a value as a text is told: as it stands between its quotes; null
// is none. What is no text is told whole.
func (s *scanner) written(depth int) []byte {
	s.peek()
	from := s.pos
	s.skip(depth)
	if s.bad {
		return nil
	}
	return unquoted(s.b[from:s.pos])
}

// unquoted is a checked value as written tells it.
func unquoted(value []byte) []byte {
	switch {
	case len(value) > 1 && value[0] == '"':
		return value[1 : len(value)-1]
	case len(value) == 0 || value[0] == 'n':
		return nil
	}
	return value
}

// numberOf reads a checked value as a node's id; ok is false where it is none.
func numberOf(value []byte) (id int64, ok bool) {
	if len(value) == 0 || value[0] != '-' && (value[0] < '0' || value[0] > '9') {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(value), 64)
	return int64(f), err == nil
}

// anyTextOf reads a checked value as anyText does.
func anyTextOf(value []byte) []byte {
	switch {
	case len(value) > 1 && value[0] == '"':
		return plain(value[1 : len(value)-1])
	case len(value) == 0 || value[0] == 'n':
		return nil
	}
	return value
}

// plain resolves the escapes of a checked string, if it has any.
func plain(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	return []byte(unescape(raw))
}
