package demo

import (
	"fmt"
	"strconv"
	"strings"
)

// Node types as rrweb numbers them.
const (
	typeDocument = 0
	typeDoctype  = 1
	typeElement  = 2
	typeText     = 3
	typeComment  = 5
)

// attribute is one attribute of an element; nodes keep them in page order.
type attribute struct{ name, value string }

// node is one node of a recorded page.
type node struct {
	id       int
	kind     int
	tag      string // elements
	text     string // texts, comments; a doctype's name
	svg      bool
	attrs    []attribute
	parent   *node
	children []*node
}

func (n *node) attr(name string) (string, bool) {
	for _, a := range n.attrs {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}

// document is the state of one page during a visit: the tree that the
// recording's reader holds in the same moment, with the same ids.
type document struct {
	root   *node
	lastID int
	byID   map[int]*node // by recording id
	named  map[string]*node
}

func (d *document) number(n *node) {
	d.lastID++
	n.id = d.lastID
	d.index(n)
	for _, child := range n.children {
		d.number(child)
	}
}

func (d *document) index(n *node) {
	d.byID[n.id] = n
	if id, ok := n.attr("id"); ok && n.kind == typeElement {
		d.named[id] = n
	}
}

func (d *document) forget(n *node) {
	delete(d.byID, n.id)
	if id, ok := n.attr("id"); ok && d.named[id] == n {
		delete(d.named, id)
	}
	for _, child := range n.children {
		d.forget(child)
	}
}

// clone copies the page, ids included, for a visit that will change it.
func (d *document) clone() *document {
	c := &document{
		lastID: d.lastID,
		byID:   make(map[int]*node, len(d.byID)),
		named:  make(map[string]*node, len(d.named)),
	}
	c.root = c.copy(d.root, nil)
	return c
}

func (d *document) copy(n, parent *node) *node {
	m := *n
	m.parent = parent
	m.attrs = append([]attribute(nil), n.attrs...)
	m.children = make([]*node, len(n.children))
	for i, child := range n.children {
		m.children[i] = d.copy(child, &m)
	}
	d.index(&m)
	return &m
}

// find resolves a selector of the wire protocol (section 5), as far as the
// shop needs it: no shadow roots, no frames.
func (d *document) find(selector string) (*node, error) {
	at := d.root
	for i, text := range strings.Split(selector, " > ") {
		part, err := parsePart(text)
		if err != nil {
			return nil, fmt.Errorf("selector %q: %w", selector, err)
		}
		switch {
		case part.id != "":
			at = d.named[part.id]
		case i == 0:
			at = d.firstElement(d.root, part.tag)
		default:
			at = at.nth(part.tag, part.nth)
		}
		if at == nil || at.tag != part.tag || !at.hasClasses(part.classes) {
			return nil, fmt.Errorf("selector %q: nothing at %q", selector, text)
		}
	}
	return at, nil
}

func (d *document) firstElement(n *node, tag string) *node {
	for _, child := range n.children {
		if child.kind == typeElement && child.tag == tag {
			return child
		}
		if found := d.firstElement(child, tag); found != nil {
			return found
		}
	}
	return nil
}

func (n *node) nth(tag string, count int) *node {
	for _, child := range n.children {
		if child.kind == typeElement && child.tag == tag {
			if count--; count == 0 {
				return child
			}
		}
	}
	return nil
}

func (n *node) hasClasses(want []string) bool {
	have, _ := n.attr("class")
	for _, class := range want {
		found := false
		for _, h := range strings.Fields(have) {
			found = found || h == class
		}
		if !found {
			return false
		}
	}
	return true
}

// selectorPart is one step of a selector: tag#id or tag.class:nth-of-type(n).
type selectorPart struct {
	tag, id string
	classes []string
	nth     int
}

func parsePart(text string) (selectorPart, error) {
	part := selectorPart{nth: 1}
	rest := text
	if before, after, ok := strings.Cut(rest, ":nth-of-type("); ok {
		n, err := strconv.Atoi(strings.TrimSuffix(after, ")"))
		if err != nil || n < 1 {
			return part, fmt.Errorf("bad index in %q", text)
		}
		part.nth, rest = n, before
	}
	if before, after, ok := strings.Cut(rest, "#"); ok {
		part.tag, part.id = before, after
		return part, nil
	}
	names := strings.Split(rest, ".")
	part.tag, part.classes = names[0], names[1:]
	if part.tag == "" {
		return part, fmt.Errorf("no tag in %q", text)
	}
	return part, nil
}
