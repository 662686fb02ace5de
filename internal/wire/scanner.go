package wire

import (
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// scanner reads JSON from front to back and skips what it is not asked for. It
// works on a string, so that every text without escapes is a part of the input
// and costs nothing.
//
// A syntax error sticks: bad is set and every later call does nothing. A value
// of the wrong type is no syntax error: it is skipped and reported by ok=false.
type scanner struct {
	s   string
	pos int
	bad bool
	// resolved holds the texts that had escapes. It is used again for the next
	// section.
	resolved []byte
}

// maxDepth bounds nesting; what the protocol defines nests three deep.
const maxDepth = 32

// space skips white space and gives the next byte, 0 at the end.
func (sc *scanner) space() byte {
	if sc.pos < len(sc.s) && sc.s[sc.pos] > ' ' {
		return sc.s[sc.pos]
	}
	return sc.blank()
}

// blank is space where it may have something to skip: trackers write none.
func (sc *scanner) blank() byte {
	for sc.pos < len(sc.s) {
		switch c := sc.s[sc.pos]; c {
		case ' ', '\t', '\n', '\r':
			sc.pos++
		default:
			return c
		}
	}
	return 0
}

func (sc *scanner) fail() { sc.bad, sc.pos = true, len(sc.s) }

// take skips white space and consumes c, or fails.
func (sc *scanner) take(c byte) bool {
	if sc.bad || sc.space() != c {
		sc.fail()
		return false
	}
	sc.pos++
	return true
}

// open begins an object or array; ok is false, and the value skipped, when the
// next value is something else.
func (sc *scanner) open(c byte) bool {
	if sc.bad || sc.space() != c {
		sc.skip(0)
		return false
	}
	sc.pos++
	return true
}

// next goes to the next element of an array or object that open began and that
// ends with closing. first tells whether it is the first.
func (sc *scanner) next(first bool, closing byte) bool {
	if i := sc.pos + 1; !first && i < len(sc.s) && sc.s[i-1] == ',' && sc.s[i] > ' ' && sc.s[i] != closing {
		sc.pos = i // which is most often so
		return true
	}
	if sc.bad {
		return false
	}
	c := sc.space()
	if c == closing {
		sc.pos++
		return false
	}
	if first {
		return true
	}
	if c != ',' {
		sc.fail()
		return false
	}
	sc.pos++
	if sc.space() == closing {
		sc.fail()
	}
	return !sc.bad
}

// member goes to the next member of an object: its name is read, its value
// stands next.
func (sc *scanner) member(first bool) (name string, ok bool) {
	if !sc.next(first, '}') {
		return "", false
	}
	if sc.space() != '"' {
		sc.fail()
		return "", false
	}
	name, _ = sc.text()
	return name, sc.take(':')
}

// null consumes a null if it stands next.
func (sc *scanner) null() bool {
	if sc.bad || sc.space() != 'n' {
		return false
	}
	return sc.literal("null")
}

func (sc *scanner) literal(word string) bool {
	if len(sc.s)-sc.pos < len(word) || sc.s[sc.pos:sc.pos+len(word)] != word {
		sc.fail()
		return false
	}
	sc.pos += len(word)
	return true
}

// text reads a string.
func (sc *scanner) text() (string, bool) {
	if sc.bad || sc.space() != '"' {
		sc.skip(0)
		return "", false
	}
	sc.pos++
	start := sc.pos
	for i := start; i < len(sc.s); i++ {
		switch c := sc.s[i]; {
		case c == '"':
			sc.pos = i + 1
			return sc.s[start:i], true
		case c == '\\':
			return sc.escaped(start, i)
		case c < ' ':
			sc.fail()
			return "", false
		}
	}
	sc.fail()
	return "", false
}

// escaped reads the rest of a string from its first escape at i on.
func (sc *scanner) escaped(start, i int) (string, bool) {
	from := len(sc.resolved)
	out := append(sc.resolved, sc.s[start:i]...)
	for i < len(sc.s) {
		c := sc.s[i]
		switch {
		case c == '"':
			sc.pos, sc.resolved = i+1, out
			return unsafe.String(unsafe.SliceData(out[from:]), len(out)-from), true //nolint:gosec // what is written behind it leaves it as it is
		case c < ' ':
			sc.fail()
			return "", false
		case c != '\\':
			out = append(out, c)
			i++
			continue
		}
		if i+1 >= len(sc.s) {
			break
		}
		c, i = sc.s[i+1], i+2
		switch c {
		case '"', '\\', '/':
			out = append(out, c)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, ok := hex4(sc.s[i:])
			if !ok {
				sc.fail()
				return "", false
			}
			i += 4
			if utf16.IsSurrogate(r) {
				// JSON.stringify writes a lone half of a pair as an escape;
				// it becomes U+FFFD here.
				low, ok := rune(0), false
				if len(sc.s)-i >= 6 && sc.s[i] == '\\' && sc.s[i+1] == 'u' {
					low, ok = hex4(sc.s[i+2:])
				}
				if r = utf16.DecodeRune(r, low); ok && r != utf8.RuneError {
					i += 6
				}
			}
			out = utf8.AppendRune(out, r)
		default:
			sc.fail()
			return "", false
		}
	}
	sc.fail()
	return "", false
}

func hex4(s string) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	var r rune
	for i := range 4 {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// pow10 holds the powers that a float64 can hold exactly.
var pow10 = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// number reads a number.
func (sc *scanner) number() (float64, bool) {
	if sc.bad {
		return 0, false
	}
	if c := sc.space(); c != '-' && (c < '0' || c > '9') {
		sc.skip(0)
		return 0, false
	}
	start := sc.pos
	mantissa, digits, fraction, exponent := sc.scanNumber()
	if sc.bad {
		return 0, false
	}
	negative := sc.s[start] == '-'
	// Up to 15 digits and 22 places, mantissa and power are exact, and so the
	// quotient is rounded once, as strconv does it (Clinger, 1990).
	if !exponent && digits <= 15 && fraction < len(pow10) {
		f := float64(mantissa) / pow10[fraction]
		if negative {
			f = -f
		}
		return f, true
	}
	f, err := strconv.ParseFloat(sc.s[start:sc.pos], 64)
	return f, err == nil && !math.IsInf(f, 0)
}

// scanNumber checks a number's grammar; mantissa is right up to 15 digits.
func (sc *scanner) scanNumber() (mantissa uint64, digits, fraction int, exponent bool) {
	s, i := sc.s, sc.pos
	if s[i] == '-' {
		i++
	}
	first := i
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		mantissa = mantissa*10 + uint64(s[i]-'0')
	}
	digits = i - first
	if digits == 0 || (digits > 1 && s[first] == '0') {
		sc.fail()
		return
	}
	if i < len(s) && s[i] == '.' {
		i++
		first = i
		for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
			mantissa = mantissa*10 + uint64(s[i]-'0')
		}
		fraction = i - first
		digits += fraction
		if fraction == 0 {
			sc.fail()
			return
		}
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		exponent = true
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		first = i
		for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		}
		if i == first {
			sc.fail()
			return
		}
	}
	sc.pos = i
	return
}

// skip steps over one value of any type, checking its syntax.
func (sc *scanner) skip(depth int) {
	if sc.bad {
		return
	}
	switch c := sc.space(); {
	case c == '{' && depth < maxDepth:
		sc.pos++
		for first := true; ; first = false {
			if _, ok := sc.member(first); !ok {
				return
			}
			sc.skip(depth + 1)
		}
	case c == '[' && depth < maxDepth:
		sc.pos++
		for first := true; sc.next(first, ']'); first = false {
			sc.skip(depth + 1)
		}
	case c == '"':
		sc.text()
	case c == '-' || (c >= '0' && c <= '9'):
		sc.scanNumber()
	case c == 't':
		sc.literal("true")
	case c == 'f':
		sc.literal("false")
	case c == 'n':
		sc.literal("null")
	default:
		sc.fail()
	}
}
