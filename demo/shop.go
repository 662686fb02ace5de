package demo

import (
	"encoding/json"
	"fmt"
)

// shop is what every generated visit reads: the pages in their recorded form
// and where their elements are. It does not change once made.
type shop struct {
	origin string
	pages  *pages
	layout *layout
	models map[string]*pageModel
}

// pageModel is one page as a visitor finds it.
type pageModel struct {
	title    string
	doc      *document
	snapshot json.RawMessage // data of the full-snapshot event
}

// newShop parses every page once. origin is the shop's (scheme and host).
func newShop(origin string) (*shop, error) {
	l, err := loadLayout()
	if err != nil {
		return nil, err
	}
	css, err := siteFiles.ReadFile("site/assets/style.css")
	if err != nil {
		return nil, fmt.Errorf("read the demo's style sheet: %w", err)
	}
	// The snippet changes nothing in the picture but an empty script element,
	// so whatever its attributes are, the page is the one that visitors get.
	p, err := newPages(&trackerTag{URL: "/t.js"})
	if err != nil {
		return nil, err
	}
	s := &shop{origin: origin, pages: p, layout: l, models: map[string]*pageModel{}}
	for _, state := range layoutStates() {
		if s.models[state.Path] != nil {
			continue
		}
		if s.models[state.Path], err = s.model(state.Path, string(css)); err != nil {
			return nil, fmt.Errorf("%s: %w", state.Path, err)
		}
	}
	return s, nil
}

func (s *shop) model(path, css string) (*pageModel, error) {
	html, found, err := s.pages.page(path, "")
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fmt.Errorf("no such page")
	}
	doc, err := parsePage(html, s.origin, css)
	if err != nil {
		return nil, err
	}
	snapshot, err := json.Marshal(map[string]any{
		"node":          doc.root.deep(),
		"initialOffset": map[string]int{"left": 0, "top": 0},
	})
	if err != nil {
		return nil, fmt.Errorf("write the snapshot: %w", err)
	}
	title := doc.firstElement(doc.root, "title")
	if title == nil || len(title.children) == 0 {
		return nil, fmt.Errorf("the page has no title")
	}
	return &pageModel{title: title.children[0].text, doc: doc, snapshot: snapshot}, nil
}
