package recording

import (
	"bytes"
	"errors"
	"math"
	"strconv"
)

// event is one rrweb event as it lies in its chunk.
type event struct {
	raw []byte // the JSON object
	// where the number of the member "timestamp" lies within raw
	tsFrom, tsTo int
	ts           float64 // Unix ms, browser clock
	kind         int     // rrweb's type; -1 when there is none
}

var errNotEvents = errors.New("a replay section is not an array of rrweb events")

// scanner walks over a JSON array of objects without decoding them: it follows
// strings and brackets, and reads the members "timestamp" and "type" of the
// outermost level. The processor has checked the JSON when it stored it.
type scanner struct {
	buf []byte
	pos int
}

func newScanner(array []byte) (*scanner, error) {
	s := &scanner{buf: array}
	s.space()
	if !s.take('[') {
		return nil, errNotEvents
	}
	return s, nil
}

// next returns the next event; false after the last. The bytes belong to the
// buffer of the scanner.
func (s *scanner) next() (event, bool, error) {
	s.space()
	if s.take(']') {
		s.space()
		if s.pos != len(s.buf) {
			return event{}, false, errNotEvents
		}
		return event{}, false, nil
	}
	if s.take(',') {
		s.space()
	}
	e, err := s.object()
	return e, err == nil, err
}

func (s *scanner) object() (event, error) {
	begin := s.pos
	e := event{kind: -1, tsFrom: -1}
	if !s.take('{') {
		return e, errNotEvents
	}
	for {
		s.space()
		s.take(',')
		s.space()
		if s.take('}') {
			break
		}
		key, ok := s.text()
		s.space()
		if !ok || !s.take(':') {
			return e, errNotEvents
		}
		s.space()
		from := s.pos
		if !s.value() {
			return e, errNotEvents
		}
		if err := e.member(key, s.buf[from:s.pos], from-begin); err != nil {
			return e, err
		}
	}
	e.raw = s.buf[begin:s.pos]
	if e.tsFrom < 0 {
		return e, errNotEvents
	}
	return e, nil
}

// member notes the two members that matter. key holds its quotes. As in
// JavaScript, the last of equal names counts.
func (e *event) member(key, value []byte, at int) error {
	switch string(key) {
	case `"timestamp"`:
		ts, err := strconv.ParseFloat(string(value), 64)
		if err != nil || math.IsInf(ts, 0) || math.IsNaN(ts) {
			return errNotEvents
		}
		e.ts, e.tsFrom, e.tsTo = ts, at, at+len(value)
	case `"type"`:
		if kind, err := strconv.Atoi(string(value)); err == nil {
			e.kind = kind
		}
	}
	return nil
}

func (s *scanner) space() {
	for s.pos < len(s.buf) {
		switch s.buf[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

func (s *scanner) take(c byte) bool {
	if s.pos < len(s.buf) && s.buf[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

// text passes over a string and returns it with its quotes.
func (s *scanner) text() ([]byte, bool) {
	begin := s.pos
	if !s.take('"') {
		return nil, false
	}
	for s.pos < len(s.buf) {
		n := bytes.IndexAny(s.buf[s.pos:], `"\`)
		if n < 0 {
			break
		}
		s.pos += n + 1
		if s.buf[s.pos-1] == '"' {
			return s.buf[begin:s.pos], true
		}
		s.pos++ // what is escaped
	}
	return nil, false
}

// value passes over any value.
func (s *scanner) value() bool {
	begin, depth := s.pos, 0
	for s.pos < len(s.buf) {
		switch s.buf[s.pos] {
		case '"':
			if _, ok := s.text(); !ok {
				return false
			}
			if depth == 0 {
				return true
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return s.pos > begin
			}
			depth--
			if depth == 0 {
				s.pos++
				return true
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return s.pos > begin
			}
		}
		s.pos++
	}
	return false
}
