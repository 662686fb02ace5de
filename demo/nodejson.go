package demo

import (
	"bytes"
	"encoding/json"
)

// nodeJSON is a node in rrweb's form.
type nodeJSON struct {
	Type       int
	ID         int
	Tag, Text  string
	SVG        bool
	Attributes []attribute
	Children   []nodeJSON
}

func (n *node) shallow() nodeJSON {
	return nodeJSON{Type: n.kind, ID: n.id, Tag: n.tag, Text: n.text, SVG: n.svg, Attributes: n.attrs}
}

func (n *node) deep() nodeJSON {
	out := n.shallow()
	for _, child := range n.children {
		out.Children = append(out.Children, child.deep())
	}
	return out
}

// MarshalJSON writes the members that a node of this type has, attributes in
// page order.
func (n nodeJSON) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	w := nodeWriter{&b, enc}
	w.write(n)
	return b.Bytes(), nil
}

type nodeWriter struct {
	b   *bytes.Buffer
	enc *json.Encoder
}

func (w nodeWriter) write(n nodeJSON) {
	w.b.WriteString(`{"type":`)
	w.value(n.Type)
	switch n.Type {
	case typeDoctype:
		w.member("name", n.Text)
		w.member("publicId", "")
		w.member("systemId", "")
	case typeText, typeComment:
		w.member("textContent", n.Text)
	case typeElement:
		w.member("tagName", n.Tag)
		w.b.WriteString(`,"attributes":{`)
		for i, a := range n.Attributes {
			if i > 0 {
				w.b.WriteByte(',')
			}
			w.value(a.name)
			w.b.WriteByte(':')
			w.value(a.value)
		}
		w.b.WriteByte('}')
		if n.SVG {
			w.member("isSVG", true)
		}
	}
	if n.Type == typeElement || n.Type == typeDocument {
		w.b.WriteString(`,"childNodes":[`)
		for i, child := range n.Children {
			if i > 0 {
				w.b.WriteByte(',')
			}
			w.write(child)
		}
		w.b.WriteByte(']')
	}
	w.member("id", n.ID)
	w.b.WriteByte('}')
}

func (w nodeWriter) member(name string, value any) {
	w.b.WriteByte(',')
	w.value(name)
	w.b.WriteByte(':')
	w.value(value)
}

// value writes strings, numbers and booleans, which cannot fail.
func (w nodeWriter) value(v any) {
	_ = w.enc.Encode(v)
	w.b.Truncate(w.b.Len() - 1) // the encoder ends every value with a line feed
}
