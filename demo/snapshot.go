package demo

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// parsePage makes the recorded form of a served page: what a recorder would
// keep of it. origin (scheme and host) makes addresses absolute, css is the
// shop's style sheet, which a recording carries with it.
func parsePage(page []byte, origin, css string) (*document, error) {
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil, fmt.Errorf("parse the page: %w", err)
	}
	d := &document{byID: map[int]*node{}, named: map[string]*node{}}
	c := converter{origin: origin, css: css}
	d.root = c.convert(root, nil)
	d.number(d.root)
	return d, nil
}

// parseFragment makes the nodes that a script's innerHTML would, inside an
// element of that tag. They have no ids yet.
func parseFragment(fragment []byte, context, origin string) ([]*node, error) {
	parent := &html.Node{Type: html.ElementNode, Data: context}
	parent.DataAtom = atom.Lookup([]byte(context))
	roots, err := html.ParseFragment(bytes.NewReader(fragment), parent)
	if err != nil {
		return nil, fmt.Errorf("parse the fragment: %w", err)
	}
	c := converter{origin: origin}
	nodes := make([]*node, 0, len(roots))
	for _, r := range roots {
		nodes = append(nodes, c.convert(r, nil))
	}
	return nodes, nil
}

type converter struct{ origin, css string }

func (c converter) convert(from *html.Node, parent *node) *node {
	n := &node{parent: parent}
	switch from.Type {
	case html.DocumentNode:
		n.kind = typeDocument
	case html.DoctypeNode:
		n.kind, n.text = typeDoctype, from.Data
	case html.TextNode:
		n.kind, n.text = typeText, from.Data
	case html.CommentNode:
		n.kind, n.text = typeComment, from.Data
	case html.ElementNode:
		n.kind, n.tag = typeElement, from.Data
		n.svg = from.Namespace == "svg"
		n.attrs = c.attributes(from)
		if from.Data == "script" {
			return n // the element stays, so that positions do; its text does not
		}
	}
	for child := from.FirstChild; child != nil; child = child.NextSibling {
		n.children = append(n.children, c.convert(child, n))
	}
	return n
}

// keptAttributes lists what a recording keeps of the shop's elements: what lays
// the page out, and what the style sheet's selectors name. Whatever is not here
// (labels, data-*, values) stays behind, as it does with the tracker.
var keptAttributes = []string{
	"aria-current", "aria-selected", "charset", "class", "for", "hidden", "href", "id", "lang",
	"rel", "role", "rows", "scope", "type",
	// pictures
	"cx", "cy", "d", "fill", "height", "opacity", "r", "rx", "ry", "stroke",
	"stroke-linecap", "stroke-width", "viewBox", "width", "x", "y",
}

func (c converter) attributes(from *html.Node) []attribute {
	rel := attributeOf(from, "rel")
	switch {
	case from.Data == "link" && rel == "stylesheet":
		// rrweb's form of a linked sheet whose text is known.
		return []attribute{{"_cssText", c.css}}
	case from.Data == "link":
		return []attribute{{"rel", rel}}
	case from.Data == "script":
		return nil
	}
	var kept []attribute
	for _, a := range from.Attr {
		if !slices.Contains(keptAttributes, a.Key) {
			continue
		}
		value := a.Val
		if a.Key == "href" {
			value = c.address(value)
		}
		kept = append(kept, attribute{a.Key, value})
	}
	return kept
}

// address makes a link absolute and drops its query and fragment.
func (c converter) address(href string) string {
	path, _, _ := strings.Cut(href, "#")
	path, _, _ = strings.Cut(path, "?")
	return c.origin + path
}

func attributeOf(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
