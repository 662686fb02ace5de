package rrweb

import (
	"errors"
	"math"
	"unicode/utf8"
)

// ErrMalformed says that a section is no valid array of rrweb events.
var ErrMalformed = errors.New("replay section is no valid array of rrweb events")

// Event is one event of a section. Data is part of the section.
type Event struct {
	Type      int
	Timestamp int64  // Unix ms by the browser's clock
	Data      []byte // JSON, checked; empty when the event has none
	Start     int    // where the event begins in the section
	Size      int    // and how many bytes it takes there
}

// maxTimestamp is the last Unix ms that a JavaScript Date can hold.
const maxTimestamp = 8.64e15

// Events reads a whole section and appends its events to dst. Every byte of the
// section has been checked when the error is nil: it is valid JSON in UTF-8.
func Events(dst []Event, section []byte) ([]Event, error) {
	if !utf8.Valid(section) {
		return dst, ErrMalformed
	}
	s := scanner{b: section}
	if s.peek() != '[' {
		return dst, ErrMalformed
	}
	s.pos++
	for first := true; s.next(first, ']'); first = false {
		e, ok := s.event()
		if !ok {
			return dst, ErrMalformed
		}
		dst = append(dst, e)
	}
	if s.bad || s.peek() != 0 || s.pos != len(section) {
		return dst, ErrMalformed
	}
	return dst, nil
}

// event reads {type, data, timestamp}, in any order.
func (s *scanner) event() (Event, bool) {
	e := Event{Type: -1, Timestamp: -1}
	if s.peek() != '{' {
		return e, false
	}
	start := s.pos
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
			from := s.pos
			s.skip(2)
			e.Data = s.b[from:s.pos]
		default:
			s.skip(2)
		}
	}
	e.Start, e.Size = start, s.pos-start
	return e, !s.bad && e.Type >= 0 && e.Timestamp >= 0
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
