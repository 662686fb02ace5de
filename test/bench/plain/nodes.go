package plain

import (
	"strconv"

	"hindsight/internal/rrweb"
)

// node is a node in rrweb's form. What is no pointer is left out where it is
// nothing.
type node struct {
	Type       int     `json:"type"`
	Tag        string  `json:"tagName,omitempty"`
	Attributes any     `json:"attributes,omitempty"`
	Text       *string `json:"textContent,omitempty"`
	Name       *string `json:"name,omitempty"`
	Public     *string `json:"publicId,omitempty"`
	System     *string `json:"systemId,omitempty"`
	Mode       any     `json:"compatMode,omitempty"`
	ID         int64   `json:"id"`
	Root       int64   `json:"rootId,omitempty"`
	SVG        bool    `json:"isSVG,omitempty"`
	Custom     bool    `json:"isCustom,omitempty"`
	Block      bool    `json:"needBlock,omitempty"`
	Host       bool    `json:"isShadowHost,omitempty"`
	Shadow     bool    `json:"isShadow,omitempty"`
	Children   *[]node `json:"childNodes,omitempty"`
}

// single makes a node without what lies in it, and gives that.
func (r *reading) single(short any, root int64, shadow bool) (n node, shadowed, children []any, err error) {
	n = node{ID: r.next, Root: root, Shadow: shadow}
	r.next++
	if text, ok := short.(string); ok {
		n.Type, n.Text = 3, &text
		return n, nil, nil, nil
	}
	list, ok := short.([]any)
	if !ok || len(list) == 0 {
		return n, nil, nil, errShape
	}
	n.Children = &[]node{}
	switch head := list[0].(type) {
	case string:
		n.Type = 2
		if len(head) > 1 && head[1] == ':' {
			n.SVG, n.Custom, n.Block = head[0] == 's', head[0] == 'c', head[0] == 'b'
			if n.SVG || n.Custom || n.Block {
				head = head[2:]
			}
		}
		n.Tag = head
		n.Attributes = list[1]
	case float64:
		if head == 1 {
			text := func(i int) *string { s, _ := list[i].(string); return &s }
			n.Type, n.Name, n.Public, n.System, n.Children = 1, text(1), text(2), text(3), nil
			return n, nil, nil, nil
		}
		attributes, _ := list[1].(map[string]any)
		n.Mode = attributes["compatMode"]
	}
	children = list[2:]
	if len(children) > 0 {
		if first, ok := children[0].([]any); ok && len(first) > 0 && first[0] == 2.0 {
			n.Host, shadowed, children = true, first[1:], children[1:]
		}
	}
	return n, shadowed, children, nil
}

// tree makes a node and all that lies in it.
func (r *reading) tree(short any, root int64, shadow bool) (node, error) {
	n, shadowed, children, err := r.single(short, root, shadow)
	if err != nil {
		return n, err
	}
	for i, child := range append(shadowed[:len(shadowed):len(shadowed)], children...) {
		c, err := r.tree(child, root, i < len(shadowed))
		if err != nil {
			return n, err
		}
		*n.Children = append(*n.Children, c)
	}
	r.element(n.ID, n.Attributes)
	return n, nil
}

// element tells of an element what the guard asks for.
func (r *reading) element(id int64, attributes any) {
	object, _ := attributes.(map[string]any)
	f := rrweb.Field{Kind: rrweb.FieldElement, ID: id, Event: int32(len(r.events))}
	text := func(name string) []byte {
		switch v := object[name].(type) {
		case string:
			return []byte(v)
		case float64:
			if name == "value" {
				return strconv.AppendFloat(nil, v, 'f', -1, 64)
			}
		}
		return nil
	}
	f.Type, f.Autocomplete, f.Value = text("type"), text("autocomplete"), text("value")
	if len(f.Type)+len(f.Autocomplete)+len(f.Value) > 0 {
		r.fields = append(r.fields, f)
	}
}
