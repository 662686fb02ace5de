package rrweb

import (
	"errors"
	"math"
	"strconv"
)

// ErrMalformed says that a section is no valid array of rrweb events.
var ErrMalformed = errors.New("replay section is no valid array of rrweb events")

// Event is one event of a section. Data is part of the section's text.
type Event struct {
	Type      int
	Timestamp int64  // Unix ms by the browser's clock
	Data      []byte // JSON, checked; empty when the event has none
	Start     int    // where the event begins in the text
	Size      int    // and how many bytes it takes there
	From, To  int    // where it stands in the section as it came
}

// AppendAsItCame appends an event in the form in which section has it. What is
// written short tells its time since the event before it: that is now one of
// another time, Unix ms, 0 if it is the first.
func (e *Event) AppendAsItCame(to, section []byte, before int64) []byte {
	came := section[e.From:e.To]
	if len(came) == 0 || came[0] != '[' {
		return append(to, came...)
	}
	s := scanner{b: came, pos: 1}
	s.peek()
	s.number()
	to = strconv.AppendInt(append(to, '['), e.Timestamp-before, 10)
	return append(to, came[s.pos:]...)
}

// maxTimestamp is the last Unix ms that a JavaScript Date can hold.
const maxTimestamp = 8.64e15

// span is where an event's data stands in the text.
type span struct{ from, to int }

// long copies an event that is an object, {type, data, timestamp} in any order,
// and writes out what is short in it. How its data is read depends on its type:
// where the type stands behind, the event is read again, as one of type kind.
// kind below 0: it is not known yet.
func (r *Reader) long(kind int) {
	s := &r.in
	begin := r.mark()
	e := Event{Type: -1, Timestamp: -1, Start: r.size(), From: begin.pos}
	var data span
	copied, read := begin.pos, -1 // copied: up to where; read: as which type
	types, datas := 0, 0          // how many there are: of two, the one that is not read would be stored as well
	s.pos++
	for first := true; ; first = false {
		name, ok := s.member(first)
		if !ok {
			break
		}
		switch string(plain(name)) {
		case "type":
			types++
			if f, ok := s.float(2); ok && f >= 0 && f <= TypeLast && f == math.Trunc(f) {
				e.Type = int(f)
			}
		case "timestamp":
			if f, ok := s.float(2); ok && f >= 0 && f <= maxTimestamp {
				e.Timestamp = int64(math.Round(f))
			}
		case "data":
			s.peek()
			r.copy(s.b[copied:s.pos])
			r.fields = r.fields[:begin.fields]
			datas++
			if read = kind; kind < 0 {
				read = e.Type
			}
			from, written := s.pos, len(r.out)
			r.data(read)
			copied = s.pos
			if data = (span{written, len(r.out)}); r.measures {
				data = span{from, s.pos}
			}
		default:
			s.skip(2)
		}
	}
	r.bad = r.bad || s.bad || e.Type < 0 || e.Timestamp < 0
	if r.bad {
		return
	}
	if data.to > 0 && read != e.Type && kind < 0 {
		r.back(begin)
		r.long(e.Type)
		return
	}
	r.copy(s.b[copied:s.pos])
	s.ambiguous = s.ambiguous || types > 1 || datas > 1
	r.add(e, data)
}

// add notes an event that has been written.
func (r *Reader) add(e Event, data span) {
	if r.in.ambiguous {
		r.in.ambiguous = false
		r.note(Field{Kind: FieldAmbiguous})
	}
	e.Size = r.size() - e.Start
	e.To = r.in.pos
	r.events = append(r.events, e)
	r.spans = append(r.spans, data)
	r.before = e.Timestamp
}

// data copies the data of an event that is an object, and writes out what is
// short in it.
func (r *Reader) data(kind int) {
	s := &r.in
	object := s.peek() == '{'
	switch {
	case object && kind == TypeFullSnapshot && r.snapshot():
		return
	case s.bad || r.bad:
		return
	}
	from := s.pos
	s.skip(2)
	if s.bad {
		return
	}
	data := s.b[from:s.pos]
	switch {
	case !object:
		r.copy(data)
		return
	case kind == TypeFullSnapshot:
		data = r.written(func() { r.looseSnapshot(data) })
	case kind == TypeIncremental && mutates(data):
		data = r.written(func() { r.looseMutation(data) })
	default:
		r.copy(data)
	}
	if r.size() <= r.limit {
		r.walk(kind, data)
	}
}

func mutates(data []byte) bool {
	of, _ := source(data)
	return of == SourceMutation
}

// written gives what is written, which is also done where it need only be
// counted: it is looked at.
func (r *Reader) written(write func()) []byte {
	counts, begin := r.counts, len(r.out)
	r.counts = false
	write()
	r.counts = counts
	return r.out[begin:]
}

// Meta is what a Meta event says. Sizes are CSS px.
type Meta struct {
	Href          string
	Width, Height float64
}

// Meta reads the data of an event of TypeMeta; what is missing stays zero.
func (e *Event) Meta() Meta {
	var m Meta
	s := scanner{b: e.Data}
	if !s.open('{', 0) {
		return m
	}
	for first := true; ; first = false {
		name, ok := s.member(first)
		if !ok {
			return m
		}
		switch string(plain(name)) {
		case "href":
			m.Href, _ = s.text(1)
		case "width":
			m.Width, _ = s.float(1)
		case "height":
			m.Height, _ = s.float(1)
		default:
			s.skip(1)
		}
	}
}
