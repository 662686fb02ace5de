package rrweb

import (
	"errors"
	"slices"
	"unicode/utf8"
)

// ErrTooLong says that a section would become longer than allowed when what is
// short in it is written out.
var ErrTooLong = errors.New("replay section is too long when it is written out")

// Section is a replay section that was read. All of it lies in the memory of
// its reader and in the bytes that it was read from.
type Section struct {
	// Text is the section as rrweb would write it: a JSON array of events in
	// UTF-8, every byte of which has been checked.
	Text   []byte
	Events []Event
	// Fields is what it tells of form fields, in the order of the events.
	Fields []Field
}

// Reader reads replay sections, each in one pass: it checks the grammar, writes
// out the events and nodes that are written short (section 5 of the wire
// protocol) and the lists that a mutation left out, finds the events, and
// gathers what is told of fields. It keeps its memory from section to section,
// so that reading one allocates nothing. The zero value is ready; it is for one
// goroutine.
type Reader struct {
	in     scanner
	out    []byte
	limit  int
	bad    bool  // something short is not what the protocol says
	next   int64 // id of the next node
	before int64 // time of the event before, Unix ms

	events []Event
	spans  []span // of the events' data: out moves while it grows
	fields []Field
	quiet  bool  // fields are gathered from the finished text
	kids   []int // of fields: nodes that wait for their parent's id
}

// maxKept bounds the memory that is kept from one section to the next, bytes
// and, divided by a hundred, entries of a list.
const maxKept = 4 << 20

// Read reads a section, whose text must become no longer than limit bytes. What
// it gives holds until the next Read. The error is ErrMalformed or ErrTooLong.
func (r *Reader) Read(section []byte, limit int) (Section, error) {
	if cap(r.out) > maxKept {
		r.out = nil
	}
	if cap(r.events) > maxKept/100 || cap(r.fields) > maxKept/100 {
		r.events, r.spans, r.fields, r.kids = nil, nil, nil, nil
	}
	clear(r.events) // they hold parts of an earlier section
	clear(r.fields)
	*r = Reader{
		in: scanner{b: section}, limit: limit,
		// Written out it is longer; found out step by step that would cost five times as much.
		out: append(slices.Grow(r.out[:0], min(2*len(section), limit)+1), '['), events: r.events[:0], spans: r.spans[:0], fields: r.fields[:0],
		kids: r.kids[:0],
	}
	if !utf8.Valid(section) {
		return Section{}, ErrMalformed
	}
	if err := r.section(); err != nil {
		return Section{}, err
	}
	for i, at := range r.spans {
		if at.to > 0 {
			r.events[i].Data = r.out[at.from:at.to:at.to]
		}
	}
	return Section{Text: r.out, Events: r.events, Fields: r.fields}, nil
}

func (r *Reader) section() error {
	s := &r.in
	if s.peek() != '[' {
		return ErrMalformed
	}
	s.pos++
	for first := true; s.next(first, ']'); first = false {
		if !first {
			r.raw(",")
		}
		switch s.peek() {
		case '[':
			r.short()
		case '{':
			r.long(-1)
		default:
			return ErrMalformed
		}
		switch {
		case len(r.out) > r.limit:
			return ErrTooLong
		case r.bad || s.bad:
			return ErrMalformed
		}
	}
	r.raw("]")
	switch {
	case s.bad || s.peek() != 0 || s.pos != len(s.b):
		return ErrMalformed
	case len(r.out) > r.limit:
		return ErrTooLong
	}
	return nil
}

func (r *Reader) raw(text string) { r.out = append(r.out, text...) }

func (r *Reader) int(n int64) { r.out = appendInt(r.out, n) }

// comma separates what follows from what stands before it, unless the list or
// object has just been opened.
func (r *Reader) comma(opened byte) {
	if r.out[len(r.out)-1] != opened {
		r.out = append(r.out, ',')
	}
}

// member writes a member: its name as it stands between quotes, and a value
// that is known to be JSON.
func (r *Reader) member(name, value []byte) {
	r.comma('{')
	r.out = append(r.out, '"')
	r.out = append(r.out, name...)
	r.out = append(r.out, '"', ':')
	r.out = append(r.out, value...)
}

// fault says that the section is not what the protocol says.
func (r *Reader) fault() { r.bad = true }

// goesOn tells whether reading on makes sense.
func (r *Reader) goesOn() bool { return !r.bad && !r.in.bad && len(r.out) <= r.limit }

// value steps over the value that stands next and gives its text.
func (r *Reader) value(depth int) []byte {
	s := &r.in
	s.peek()
	from := s.pos
	s.skip(depth)
	return s.b[from:s.pos]
}
