package rrweb

import (
	"bytes"
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
	// FieldUnreadable: an event holds nodes that cannot be read to their end.
	FieldUnreadable
)

// Field is what a section tells of a form field. Of elements only those are
// told that have a type, an autocomplete or a value, or are Secret: by their own
// style, or because the site says so. What is not there, or no text, is empty. An
// empty value gives nothing away, and so is none; one that is no text is told as
// it is written.
type Field struct {
	Kind                      int
	ID                        int64
	Type, Autocomplete, Value []byte
	Secret                    bool
}

// tell notes an element, if there is something to tell of it.
func (r *Reader) tell(el Field) {
	if !r.quiet && (el.Secret || len(el.Type)+len(el.Autocomplete)+len(el.Value) > 0) {
		r.fields = append(r.fields, el)
	}
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
		case 'd':
			if named(name, secretAttribute) {
				el.Secret = !s.isNull() || el.Secret
			}
		}
		return false
	}, depth)
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
	switch {
	case kind == TypeFullSnapshot:
		s.each(func(name []byte) bool {
			if string(name) == "node" {
				r.walkNode(&s, 1)
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
		r.fields = append(r.fields, Field{Kind: FieldUnreadable})
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
// children, because its id stands behind them: so every byte is read once,
// however deep the tree.
func (r *Reader) walkNode(s *scanner, depth int) {
	if depth > maxDepth {
		s.fail()
		return
	}
	el := Field{Kind: FieldElement}
	var kind float64
	s.each(func(name []byte) bool {
		switch string(name) {
		case "type":
			kind, _ = s.float(depth + 1)
		case "id":
			el.ID = s.id(depth + 1)
		case "attributes":
			s.attributes(&el, depth+1)
		case "childNodes":
			if s.open('[', depth+1) {
				for first := true; s.next(first, ']'); first = false {
					r.walkNode(s, depth+2)
				}
			}
		default:
			return false
		}
		return true
	}, depth)
	if kind == NodeElement {
		r.tell(el)
	}
}

// walkMutation reads added nodes and changed attributes; both may hold values.
func (r *Reader) walkMutation(s *scanner) {
	s.each(func(name []byte) bool {
		switch string(name) {
		case "adds":
			s.list(func() {
				s.each(func(name []byte) bool {
					if string(name) != "node" {
						return false
					}
					r.walkNode(s, 3)
					return true
				}, 2)
			}, 1)
		case "attributes":
			s.list(func() {
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
				r.tell(el)
			}, 1)
		default:
			return false
		}
		return true
	}, 0)
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
	r.fields = append(r.fields, in)
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
