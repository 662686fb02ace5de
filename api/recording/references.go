package recording

import (
	"bytes"
)

// marker begins every reference to a style sheet; an id follows.
var marker = []byte("hindsight.css:")

// reference is where an event names a style sheet instead of holding its text.
type reference struct {
	id       string
	from, to int  // what of the event to replace
	rules    bool // by one entry a rule, else by the rules joined
}

// maxDepth bounds nesting; the processor stores nothing that is deeper.
const maxDepth = 4096

// references finds the references of an event: the value of each member
// `_cssText`, and each array `rules` whose only element is an object with a
// member `rule`. They are written without escapes. Of an event that is no JSON
// it finds anything or nothing; the processor has stored none.
func references(event []byte) []reference {
	if !bytes.Contains(event, marker) {
		return nil
	}
	f := finder{scanner: scanner{buf: event}}
	if !f.value(nil, 0) {
		return nil
	}
	return f.found
}

// finder walks through all of an event.
type finder struct {
	scanner
	found []reference
}

// value passes over a value that stands under a name.
func (f *finder) value(name []byte, depth int) bool {
	f.space()
	if depth > maxDepth || f.pos >= len(f.buf) {
		return false
	}
	from := f.pos
	switch f.buf[f.pos] {
	case '{':
		_, ok := f.object(depth)
		return ok
	case '[':
		return f.array(string(name) == `"rules"`, depth)
	case '"':
		text, ok := f.text()
		if id := sheetOf(text); ok && id != "" && string(name) == `"_cssText"` {
			f.found = append(f.found, reference{id: id, from: from, to: f.pos})
		}
		return ok
	}
	return f.scanner.value()
}

// object passes over an object; id is of the sheet that its member `rule` names.
func (f *finder) object(depth int) (id string, ok bool) {
	f.pos++
	for {
		f.space()
		f.take(',')
		f.space()
		if f.take('}') {
			return id, true
		}
		name, ok := f.text()
		f.space()
		if !ok || !f.take(':') {
			return "", false
		}
		f.space()
		from := f.pos
		if !f.value(name, depth+1) {
			return "", false
		}
		if string(name) == `"rule"` {
			id = sheetOf(f.buf[from:f.pos])
		}
	}
}

// array passes over an array; one that holds a sheet's rules may be a reference.
func (f *finder) array(rules bool, depth int) bool {
	f.pos++
	from, before, elements, id := f.pos, len(f.found), 0, ""
	for {
		f.space()
		f.take(',')
		f.space()
		end := f.pos
		if f.take(']') {
			if rules && elements == 1 && id != "" {
				f.found = append(f.found[:before], reference{id: id, from: from, to: end, rules: true})
			}
			return true
		}
		elements++
		var ok bool
		if f.pos < len(f.buf) && f.buf[f.pos] == '{' && depth < maxDepth {
			id, ok = f.object(depth + 1)
		} else {
			ok = f.value(nil, depth+1)
		}
		if !ok {
			return false
		}
	}
}

// sheetOf is the id in a JSON string that is a reference, else "".
func sheetOf(text []byte) string {
	if len(text) < 2 || text[0] != '"' || !bytes.HasPrefix(text[1:], marker) {
		return ""
	}
	id := text[1+len(marker) : len(text)-1]
	if len(id) < 8 || len(id) > 32 || len(bytes.Trim(id, "0123456789abcdef")) > 0 {
		return ""
	}
	return string(id)
}
