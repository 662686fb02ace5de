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
	// UTF-8, every byte of which has been checked. Measure leaves it out.
	Text   []byte
	Size   int // of the text, bytes
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
	in       scanner
	out      []byte
	spared   int  // what was counted and not written, bytes
	counts   bool // what comes is only counted
	measures bool // of the whole section the text's size is asked for, not the text
	limit    int
	bad      bool  // something short is not what the protocol says
	next     int64 // id of the next node
	before   int64 // time of the event before, Unix ms

	events []Event
	spans  []span // of the events' data: out moves while it grows. Of the section, if it is measured
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
	return r.read(section, limit, false)
}

// Measure reads a section as Read does, but does not write it out: it says how
// long the text would be. An event's Data is as it stands in the section, and
// empty where the event is written short. Who keeps sections as they came needs
// no more.
func (r *Reader) Measure(section []byte, limit int) (Section, error) {
	return r.read(section, limit, true)
}

func (r *Reader) read(section []byte, limit int, measures bool) (Section, error) {
	if cap(r.out) > maxKept {
		r.out = nil
	}
	if cap(r.events) > maxKept/100 || cap(r.fields) > maxKept/100 {
		r.events, r.spans, r.fields, r.kids = nil, nil, nil, nil
	}
	clear(r.events) // they hold parts of an earlier section
	clear(r.fields)
	out := r.out[:0]
	if !measures { // written out it is longer; found out step by step that would cost five times as much
		out = slices.Grow(out, min(2*len(section), limit)+1)
	}
	*r = Reader{
		in: scanner{b: section}, limit: limit, counts: measures, measures: measures,
		out: out, events: r.events[:0], spans: r.spans[:0], fields: r.fields[:0], kids: r.kids[:0],
	}
	if !utf8.Valid(section) {
		return Section{}, ErrMalformed
	}
	if err := r.section(); err != nil {
		return Section{}, err
	}
	read := Section{Size: r.size(), Events: r.events, Fields: r.fields}
	text := section
	if !measures {
		text, read.Text = r.out, r.out
	}
	for i, at := range r.spans {
		if at.to > 0 {
			r.events[i].Data = text[at.from:at.to:at.to]
		}
	}
	return read, nil
}

func (r *Reader) section() error {
	s := &r.in
	if s.peek() != '[' {
		return ErrMalformed
	}
	s.pos++
	r.raw("[")
	for first := true; s.next(first, ']'); first = false {
		r.comma(first)
		switch s.peek() {
		case '[':
			r.short()
		case '{':
			r.long(-1)
		default:
			return ErrMalformed
		}
		switch {
		case r.size() > r.limit:
			return ErrTooLong
		case r.bad || s.bad:
			return ErrMalformed
		}
	}
	r.raw("]")
	switch {
	case s.bad || s.peek() != 0 || s.pos != len(s.b):
		return ErrMalformed
	case r.size() > r.limit:
		return ErrTooLong
	}
	return nil
}

// size is how long the text is by now.
func (r *Reader) size() int { return len(r.out) + r.spared }

// raw writes a text of the reader's own, or counts it.
func (r *Reader) raw(text string) {
	if r.counts {
		r.spared += len(text)
		return
	}
	r.out = append(r.out, text...)
}

// copy does so with what stands in the section.
func (r *Reader) copy(text []byte) {
	if r.counts {
		r.spared += len(text)
		return
	}
	r.out = append(r.out, text...)
}

func (r *Reader) int(n int64) {
	if r.counts {
		r.spared += intSize(n)
		return
	}
	r.out = appendInt(r.out, n)
}

// comma separates what follows from what stands before it, unless it is the first.
func (r *Reader) comma(first bool) {
	if !first {
		r.raw(",")
	}
}

// member writes a member: its name as it stands between quotes, and a value
// that is known to be JSON.
func (r *Reader) member(first bool, name, value []byte) {
	r.comma(first)
	r.raw(`"`)
	r.copy(name)
	r.raw(`":`)
	r.copy(value)
}

// mark is a place to go back to.
type mark struct{ pos, out, spared, fields int }

func (r *Reader) mark() mark { return mark{r.in.pos, len(r.out), r.spared, len(r.fields)} }

func (r *Reader) back(to mark) {
	r.in.pos, r.out, r.spared, r.fields = to.pos, r.out[:to.out], to.spared, r.fields[:to.fields]
}

// fault says that the section is not what the protocol says.
func (r *Reader) fault() { r.bad = true }

// goesOn tells whether reading on makes sense.
func (r *Reader) goesOn() bool { return !r.bad && !r.in.bad && r.size() <= r.limit }

// value steps over the value that stands next and gives its text.
func (r *Reader) value(depth int) []byte {
	s := &r.in
	s.peek()
	from := s.pos
	s.skip(depth)
	return s.b[from:s.pos]
}
