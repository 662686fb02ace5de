package processor

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// texts holds the texts of one record's rows: all of them lie in one piece of
// memory.
type texts struct {
	done strings.Builder
	room int // bytes that they are expected to take
	next []byte
}

// keep gives the text that was built in next.
func (t *texts) keep() string {
	if t.done.Len() == 0 {
		t.done.Grow(max(t.room, len(t.next)))
	}
	from := t.done.Len()
	t.done.Write(t.next)
	return t.done.String()[from:]
}

// object writes a small JSON object, the data column of an event, without
// reflection: there is one for nearly every signal. One is written at a time.
type object struct{ *texts }

// object begins one.
func (m *maker) object() object {
	m.texts.next = m.texts.next[:0]
	return object{m.texts}
}

func (o object) name(name string) {
	if len(o.next) == 0 {
		o.next = append(o.next, '{')
	} else {
		o.next = append(o.next, ',')
	}
	o.next = append(o.next, '"')
	o.next = append(o.next, name...)
	o.next = append(o.next, '"', ':')
}

func (o object) num(name string, value float64) {
	o.name(name)
	o.next = strconv.AppendFloat(o.next, value, 'f', -1, 64)
}

func (o object) int(name string, value int) {
	o.name(name)
	o.next = strconv.AppendInt(o.next, int64(value), 10)
}

// str leaves empty texts out.
func (o object) str(name, value string) {
	if value == "" {
		return
	}
	o.name(name)
	o.next = appendJSONString(o.next, value)
}

// text is the finished object.
func (o object) text() string {
	if len(o.next) == 0 {
		return "{}"
	}
	o.next = append(o.next, '}')
	return o.keep()
}

const hexDigits = "0123456789abcdef"

// appendJSONString writes valid UTF-8 as a JSON string.
func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
			i++
		case c == '\n' || c == '\r' || c == '\t':
			b = append(b, '\\', "tn  r"[c-'\t'])
			i++
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			i++
		case c < utf8.RuneSelf:
			b = append(b, c)
			i++
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += n
		}
	}
	return append(b, '"')
}
