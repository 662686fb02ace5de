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
	begin, written, told := s.pos, len(r.out), len(r.fields)
	e := Event{Type: -1, Timestamp: -1, Start: written, From: begin}
	var data span
	copied, read := begin, -1 // copied: up to where; read: as which type
	s.pos++
	for first := true; ; first = false {
		name, ok := s.member(first)
		if !ok {
			break
		}
		switch string(name) {
		case "type":
			if f, ok := s.float(2); ok && f >= 0 && f <= TypeLast && f == math.Trunc(f) {
				e.Type = int(f)
			}
		case "timestamp":
			if f, ok := s.float(2); ok && f >= 0 && f <= maxTimestamp {
				e.Timestamp = int64(math.Round(f))
			}
		case "data":
			s.peek()
			r.out = append(r.out, s.b[copied:s.pos]...)
			r.fields = r.fields[:told] // of two, the last counts
			if read = kind; kind < 0 {
				read = e.Type
			}
			data.from = len(r.out)
			r.data(read)
			data.to = len(r.out)
			copied = s.pos
		default:
			s.skip(2)
		}
	}
	r.bad = r.bad || s.bad || e.Type < 0 || e.Timestamp < 0
	if r.bad {
		return
	}
	if data.to > 0 && read != e.Type && kind < 0 {
		s.pos, r.out, r.fields = begin, r.out[:written], r.fields[:told]
		r.long(e.Type)
		return
	}
	r.out = append(r.out, s.b[copied:s.pos]...)
	r.add(e, data)
}

// add notes an event that has been written.
func (r *Reader) add(e Event, data span) {
	e.Size = len(r.out) - e.Start
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
	data, begin := s.b[from:s.pos], len(r.out)
	switch {
	case !object:
		r.out = append(r.out, data...)
		return
	case kind == TypeFullSnapshot:
		r.looseSnapshot(data)
	case kind == TypeIncremental && source(data) == SourceMutation:
		r.looseMutation(data)
	default:
		r.out = append(r.out, data...)
	}
	if len(r.out) <= r.limit {
		r.walk(kind, r.out[begin:])
	}
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
		switch string(name) {
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
