package plain

import "hindsight/internal/rrweb"

// mutation is a mutation's data in rrweb's form.
type mutation struct {
	Source     int          `json:"source"`
	Removes    []remove     `json:"removes"`
	Adds       []added      `json:"adds"`
	Texts      []text       `json:"texts"`
	Attributes []attributes `json:"attributes"`
	Attach     bool         `json:"isAttachIframe,omitempty"`
	Part       any          `json:"part,omitempty"`
}

type remove struct {
	Parent int64 `json:"parentId"`
	ID     int64 `json:"id"`
	Shadow bool  `json:"isShadow,omitempty"`
}

type added struct {
	Parent int64  `json:"parentId"`
	Next   *int64 `json:"nextId"`
	Node   node   `json:"node"`
}

type text struct {
	ID    int64 `json:"id"`
	Value any   `json:"value"`
}

type attributes struct {
	ID         int64 `json:"id"`
	Attributes any   `json:"attributes"`
}

func (r *reading) mutation(rest []any) (any, error) {
	part := func(i int) []any {
		if i >= len(rest) {
			return nil
		}
		list, _ := rest[i].([]any)
		return list
	}
	m := mutation{Removes: []remove{}, Adds: []added{}, Texts: []text{}, Attributes: []attributes{}}
	for list := part(0); len(list) > 1; list = list[2:] {
		id := whole(list[1])
		m.Removes = append(m.Removes, remove{Parent: whole(list[0]), ID: max(id, -id), Shadow: id < 0})
	}
	for list := part(2); len(list) > 1; list = list[2:] {
		m.Texts = append(m.Texts, text{whole(list[0]), list[1]})
	}
	for list := part(3); len(list) > 1; list = list[2:] {
		m.Attributes = append(m.Attributes, attributes{whole(list[0]), list[1]})
		r.element(whole(list[0]), list[1])
	}
	for list := part(1); len(list) > 3; {
		id, root := whole(list[2]), int64(0)
		parent, next, short := whole(list[0]), whole(list[1]), list[3]
		if list = list[4:]; len(list) > 0 && whole(list[0]) < 0 {
			root, list = -whole(list[0]), list[1:]
		}
		r.next = max(id, -id)
		if err := r.addTree(&m, parent, next, short, root, id < 0); err != nil {
			return nil, err
		}
	}
	if len(rest) > 4 {
		m.Part = rest[4]
	}
	return m, nil
}

// addTree adds a node, and behind it all that lies in it; a frame's document is
// added as one tree.
func (r *reading) addTree(m *mutation, parent, next int64, short any, root int64, shadow bool) error {
	a := added{Parent: parent}
	if next > 0 {
		a.Next = &next
	}
	if list, ok := short.([]any); ok && len(list) > 0 && list[0] == 0.0 {
		id := r.next
		n, err := r.tree(short, id, shadow)
		n.Root = root
		a.Node, m.Attach = n, true
		m.Adds = append(m.Adds, a)
		return err
	}
	n, shadowed, children, err := r.single(short, root, shadow)
	if err != nil {
		return err
	}
	if n.Type == rrweb.NodeElement {
		r.element(n.ID, n.Attributes)
	}
	a.Node = n
	m.Adds = append(m.Adds, a)
	for i, child := range append(shadowed[:len(shadowed):len(shadowed)], children...) {
		if err := r.addTree(m, n.ID, 0, child, root, i < len(shadowed)); err != nil {
			return err
		}
	}
	return nil
}
