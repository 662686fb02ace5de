package rrweb

import (
	"bytes"
	"slices"
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
