package rrweb

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"strconv"
)

// maxDepth bounds nesting. A level of a page's tree is two levels of JSON, and
// browsers themselves stop at 512 levels of elements.
const maxDepth = 2048

// scanner reads JSON from front to back. A fault sticks: bad is set, and every
// later call does nothing.
type scanner struct {
	b   []byte
	pos int
	bad bool
	// ambiguous: something was told that can be taken in two ways. It is for who reads.
	ambiguous bool
}

func (s *scanner) fail() { s.bad, s.pos = true, len(s.b) }

// peek skips white space and gives the next byte, 0 at the end.
func (s *scanner) peek() byte {
	if s.pos < len(s.b) && s.b[s.pos] > ' ' {
		return s.b[s.pos]
	}
	return s.space()
}

// space is peek where it may have something to skip: trackers write none.
func (s *scanner) space() byte {
	for s.pos < len(s.b) {
		switch c := s.b[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

// open begins an array or object. When something else stands there, it is
// skipped and open is false.
func (s *scanner) open(c byte, depth int) bool {
	if s.bad || s.peek() != c {
		s.skip(depth)
		return false
	}
	s.pos++
	return !s.bad
}

// next goes to the next element before closing; first tells whether it is the first.
func (s *scanner) next(first bool, closing byte) bool {
	if i := s.pos + 1; !first && i < len(s.b) && s.b[i-1] == ',' && s.b[i] > ' ' && s.b[i] != closing {
		s.pos = i // which is most often so
		return true
	}
	if s.bad {
		return false
	}
	switch c := s.peek(); {
	case c == closing:
		s.pos++
		return false
	case first:
		return true
	case c != ',':
		s.fail()
		return false
	}
	s.pos++
	if s.peek() == closing {
		s.fail()
	}
	return !s.bad
}

// member goes to the next member of an object; its value stands next. The name
// is raw: between its quotes, escapes and all.
func (s *scanner) member(first bool) (name []byte, ok bool) {
	if !s.next(first, '}') {
		return nil, false
	}
	name = s.str()
	if s.bad || s.peek() != ':' {
		s.fail()
		return nil, false
	}
	s.pos++
	return name, true
}

// str reads a string and gives what stands between the quotes.
func (s *scanner) str() []byte {
	if s.bad || s.peek() != '"' {
		s.fail()
		return nil
	}
	s.pos++
	start := s.pos
	for i := start; ; {
		i = special(s.b, i)
		if i == len(s.b) {
			break
		}
		switch s.b[i] {
		case '"':
			s.pos = i + 1
			return s.b[start:i]
		case '\\':
			if n := escapeLen(s.b[i:]); n > 0 {
				i += n
				continue
			}
		}
		break // a bad escape or a control character
	}
	s.fail()
	return nil
}

// special finds the first byte from i on that is a quote, a backslash or a
// control character, len(b) if there is none; eight bytes at a time, since most
// of a section lies in its texts. Each of the three terms sets the top bit of
// the lowest byte that it looks for; what it may set by mistake lies above that.
func special(b []byte, i int) int {
	const low, high = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		quote, slash := w^(low*'"'), w^(low*'\\')
		if found := ((w-low*' ')&^w | (quote-low)&^quote | (slash-low)&^slash) & high; found != 0 {
			return i + bits.TrailingZeros64(found)>>3
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c == '"' || c == '\\' || c < ' ' {
			return i
		}
	}
	return i
}

// escapeLen is the length of the escape at the start of b, 0 if it is none.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(b) < 6 {
			return 0
		}
		for _, c := range b[2:6] {
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
				return 0
			}
		}
		return 6
	}
	return 0
}

// number reads a number's text by JSON's grammar.
func (s *scanner) number() []byte {
	start, b, i := s.pos, s.b, s.pos
	if i < len(b) && b[i] == '-' {
		i++
	}
	from := i
	if i = digits(b, i); i == from || i > from+1 && b[from] == '0' {
		s.fail()
		return nil
	}
	if i < len(b) && b[i] == '.' {
		from = i + 1
		if i = digits(b, from); i == from {
			s.fail()
			return nil
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		from = i
		if i = digits(b, from); i == from {
			s.fail()
			return nil
		}
	}
	s.pos = i
	return b[start:i]
}

// digits steps over digits.
func digits(b []byte, i int) int {
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return i
}

// skip steps over one value of any type and checks its grammar.
func (s *scanner) skip(depth int) {
	if s.bad {
		return
	}
	switch c := s.peek(); {
	case c == '"':
		s.str()
	case c == '{' && depth < maxDepth:
		s.pos++
		for first := true; ; first = false {
			if _, ok := s.member(first); !ok {
				return
			}
			s.skip(depth + 1)
		}
	case c == '[' && depth < maxDepth:
		s.pos++
		for first := true; s.next(first, ']'); first = false {
			s.skip(depth + 1)
		}
	case c == '-' || c >= '0' && c <= '9':
		s.number()
	case c == 't':
		s.literal("true")
	case c == 'f':
		s.literal("false")
	case c == 'n':
		s.literal("null")
	default:
		s.fail()
	}
}

func (s *scanner) literal(word string) {
	if !bytes.HasPrefix(s.b[s.pos:], []byte(word)) {
		s.fail()
		return
	}
	s.pos += len(word)
}

// float reads a number; other values are skipped and are not ok.
func (s *scanner) float(depth int) (float64, bool) {
	if c := s.peek(); s.bad || c != '-' && (c < '0' || c > '9') {
		s.skip(depth)
		return 0, false
	}
	f, err := strconv.ParseFloat(string(s.number()), 64)
	return f, !s.bad && err == nil
}

// text reads a string and resolves its escapes; other values are skipped and
// are not ok.
func (s *scanner) text(depth int) (string, bool) {
	if s.bad || s.peek() != '"' {
		s.skip(depth)
		return "", false
	}
	raw := s.str()
	return unescape(raw), !s.bad
}

// unescape resolves a checked string's escapes.
func unescape(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw)
	}
	quoted := make([]byte, 0, len(raw)+2)
	quoted = append(append(append(quoted, '"'), raw...), '"')
	var out string
	if json.Unmarshal(quoted, &out) != nil {
		return "" // cannot be: the grammar was checked
	}
	return out
}
