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
type Field struct {
	Kind   uint8
	Holds  uint8
	Secret bool
	Event  int32 // which event of the section tells it
	ID     int64
	Parent int64 // of a node; 0 where it is not told
	// Value is that of an element, what was typed, or a text. A text's is as it
	// is written, with its escapes: few are looked at. See Text.
	Type, Autocomplete, Value []byte
}

// Text is the text of a FieldText with its escapes resolved.
func (f *Field) Text() []byte { return plain(f.Value) }

// tell notes an element, if there is something to tell of it; always where it
// may stand in one that holds text.
func (r *Reader) tell(el Field, always bool) {
	if always || el.Secret || el.Holds != 0 || len(el.Type)+len(el.Autocomplete)+len(el.Value) > 0 {
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
// whatever the case of their names. As in JavaScript, the last of equal names
// counts, but of values every one: each of them would be stored.
func (s *scanner) attributes(el *Field, depth int) {
	s.each(func(name []byte) bool {
		if len(name) == 0 {
			return false
		}
		switch name[0] | ' ' { // most attributes are none of these
		case 't':
			if named(name, "type") {
				el.Type = s.plainText(depth + 1)
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
		case 'a':
			if named(name, "autocomplete") {
				el.Autocomplete = s.plainText(depth + 1)
				return true
			}
		case 'c':
			if named(name, "contenteditable") {
				el.Holds = s.editable(depth + 1)
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
				r.walkNode(&s, 1, false)
				r.parent(0, 0)
				return true
			}
			return false
		}, 0)
	case kind != TypeIncremental:
	case source(data) == SourceMutation:
		r.walkMutation(&s)
	case source(data) == SourceInput:
		r.walkInput(&s)
	}
	if s.bad {
		r.note(Field{Kind: FieldUnreadable})
	}
}

// source finds an incremental event's source; -1 if there is none.
func source(data []byte) int {
	s, source := scanner{b: data}, -1
	s.each(func(name []byte) bool {
		if string(name) != "source" {
			return false
		}
		if f, ok := s.float(1); ok {
			source = int(f)
		}
		return true
	}, 0)
	return source
}

// walkNode reads a node and its children. An element is told after its
// children, because its id may stand behind them: so every byte is read once,
// however deep the tree. Whoever reads the node around it gives it its parent, by
// kids. always: it is told of whatever it is, since it stands in an element that
// holds text, or may do so.
func (r *Reader) walkNode(s *scanner, depth int, always bool) {
	if depth > maxDepth {
		s.fail()
		return
	}
	el := Field{Kind: FieldElement}
	kind := -1.
	var text []byte
	textarea, tagged, judged := false, false, false
	kids := len(r.kids)
	s.each(func(name []byte) bool {
		switch string(name) {
		case "type":
			kind, _ = s.float(depth + 1)
		case "id":
			el.ID = s.id(depth + 1)
		case "tagName":
			tagged, textarea = true, named(s.plainText(depth+1), "textarea")
		case "textContent":
			text = s.written(depth + 1)
		case "attributes":
			judged = true
			s.attributes(&el, depth+1)
		case "childNodes":
			// What is not known yet may be that the element holds text.
			inside := kind < 0 || kind == NodeElement && (!tagged || !judged || textarea || el.Holds == HoldsText || always && el.Holds != HoldsNone)
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
	if kind != NodeElement {
		el = Field{Kind: FieldText, ID: el.ID, Value: text}
	} else if textarea {
		el.Holds = HoldsText
	}
	told := len(r.fields)
	if kind == NodeElement {
		r.tell(el, always)
	} else if always {
		r.note(el)
	}
	if len(r.fields) > told {
		r.kids = append(r.kids, told)
	}
}

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
			parent = s.id(3)
		case "node":
			r.walkNode(s, 3, true)
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
			text.ID = s.id(3)
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
			el.ID = s.id(3)
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
		switch string(name) {
		case "id":
			in.ID = s.id(1)
		case "text":
			in.Value = s.plainText(1)
		default:
			return false
		}
		return true
	}, 0)
	r.note(in)
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

func (s *scanner) id(depth int) int64 {
	f, _ := s.float(depth)
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

// numberOf reads a checked value as id does.
func numberOf(value []byte) int64 {
	if len(value) == 0 || value[0] != '-' && (value[0] < '0' || value[0] > '9') {
		return 0
	}
	f, err := strconv.ParseFloat(string(value), 64)
	if err != nil {
		return 0
	}
	return int64(f)
}

// textOf reads a checked value as plainText does.
func textOf(value []byte) []byte {
	if len(value) < 2 || value[0] != '"' {
		return nil
	}
	return plain(value[1 : len(value)-1])
}

// plain resolves the escapes of a checked string, if it has any.
func plain(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	return []byte(unescape(raw))
}
