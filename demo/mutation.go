package demo

// A mutation event of rrweb (incremental source 0), in its JSON form. The
// arrays are never null: the Replayer reads their length.
type mutation struct {
	Source     int               `json:"source"`
	Texts      []textChange      `json:"texts"`
	Attributes []attributeChange `json:"attributes"`
	Removes    []removal         `json:"removes"`
	Adds       []addition        `json:"adds"`
}

type textChange struct {
	ID    int    `json:"id"`
	Value string `json:"value"`
}

type attributeChange struct {
	ID         int                `json:"id"`
	Attributes map[string]*string `json:"attributes"` // null: removed
}

type removal struct {
	ParentID int `json:"parentId"`
	ID       int `json:"id"`
}

type addition struct {
	ParentID int      `json:"parentId"`
	NextID   *int     `json:"nextId"` // null: appended
	Node     nodeJSON `json:"node"`
}

func newMutation() *mutation {
	return &mutation{
		Texts: []textChange{}, Attributes: []attributeChange{}, Removes: []removal{}, Adds: []addition{},
	}
}

func (m *mutation) empty() bool {
	return len(m.Texts)+len(m.Attributes)+len(m.Removes)+len(m.Adds) == 0
}

// setText changes the first text inside n, as the shop's say() does.
func (d *document) setText(m *mutation, n *node, value string) {
	for _, child := range n.children {
		if child.kind == typeText {
			if child.text != value {
				child.text = value
				m.Texts = append(m.Texts, textChange{child.id, value})
			}
			return
		}
	}
}

// setAttr sets an attribute, or removes it when value is nil.
func (d *document) setAttr(m *mutation, n *node, name string, value *string) {
	was, had := n.attr(name)
	if had == (value != nil) && (value == nil || was == *value) {
		return
	}
	kept := n.attrs[:0]
	for _, a := range n.attrs {
		if a.name == name && value != nil {
			a.value = *value
		}
		if a.name != name || value != nil {
			kept = append(kept, a)
		}
	}
	n.attrs = kept
	if value != nil && !had {
		n.attrs = append(n.attrs, attribute{name, *value})
	}
	m.Attributes = append(m.Attributes, attributeChange{n.id, map[string]*string{name: value}})
}

// remove takes n out of its parent.
func (d *document) remove(m *mutation, n *node) {
	m.Removes = append(m.Removes, removal{n.parent.id, n.id})
	siblings := n.parent.children[:0]
	for _, s := range n.parent.children {
		if s != n {
			siblings = append(siblings, s)
		}
	}
	n.parent.children = siblings
	d.forget(n)
}

// replaceChildren swaps the content of n, as innerHTML does.
func (d *document) replaceChildren(m *mutation, n *node, fresh []*node) {
	for _, child := range append([]*node(nil), n.children...) {
		d.remove(m, child)
	}
	for _, child := range fresh {
		child.parent = n
		n.children = append(n.children, child)
		d.number(child)
		m.add(n.id, child)
	}
}

// add lists a new node and, one by one after it, everything inside: the
// Replayer builds an added node without its children.
func (m *mutation) add(parent int, n *node) {
	m.Adds = append(m.Adds, addition{ParentID: parent, Node: n.shallow()})
	for _, child := range n.children {
		m.add(n.id, child)
	}
}
