package rrweb

import (
	"bytes"
	"strconv"
)

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
