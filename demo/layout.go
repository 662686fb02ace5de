package demo

import (
	"embed"
	"encoding/json"
	"fmt"
)

//go:embed layout.json
var layoutFile embed.FS

// layout is where a real browser put the shop's elements, for each page in
// each state that changes its height, at each of the widths that demo visitors
// have. layout.json is written by a test (-update-layout), and a test keeps it
// true.
type layout struct {
	Widths []int                  `json:"widths"`
	Pages  map[string]*layoutPage `json:"pages"`
}

// layoutPage is one page in one state.
type layoutPage struct {
	Heights  []int            `json:"heights"` // document height by width, CSS px
	Elements []*layoutElement `json:"elements"`
}

// layoutElement is one element that a visitor may click.
type layoutElement struct {
	Selector string `json:"sel"`
	Kind     string `json:"kind"` // field, check, link, button, dead, text
	// Ref tells elements of a kind apart: the id, else the product, else the
	// address without its query.
	Ref string `json:"ref"`
	// Fixed: the element or an ancestor is fixed or sticky, and the boxes
	// count from the viewport's corner instead of the page's.
	Fixed bool `json:"fixed"`
	// Boxes are x, y, width, height by width of the viewport, CSS px; nil
	// where the element is not shown.
	Boxes []*box `json:"boxes"`
}

type box [4]float64

// layoutState is a page in one state, as the measurement makes it.
type layoutState struct {
	Key  string `json:"key"`
	Path string `json:"path"`
	Cart string `json:"cart,omitempty"` // what the tab's cart holds
	Rows int    `json:"rows,omitempty"` // rows of the cart to wait for
	Menu bool   `json:"menu,omitempty"` // the phone's menu is open
	Done bool   `json:"done,omitempty"` // the sign-up is through
}

// maxCartRows is how many different things a demo visitor puts into the cart.
const maxCartRows = 3

// layoutStates lists everything that is measured.
func layoutStates() []layoutState {
	states := []layoutState{
		{Key: "/demo/", Path: "/demo/"},
		{Key: "menu", Path: "/demo/", Menu: true},
		{Key: "/demo/signup", Path: "/demo/signup"},
		{Key: "/demo/signup done", Path: "/demo/signup", Done: true},
	}
	for _, p := range catalogue {
		path := "/demo/product/" + p.Slug
		states = append(states, layoutState{Key: path, Path: path})
	}
	for _, s := range guideSteps {
		path := "/demo/guide" + s.path
		states = append(states, layoutState{Key: path, Path: path})
	}
	carts := []string{"", "sencha.1", "sencha.1-teapot.1", "sencha.1-teapot.1-cup.2"}
	for rows, cart := range carts {
		states = append(states, layoutState{Key: cartKey(rows), Path: "/demo/cart", Cart: cart, Rows: rows})
	}
	return states
}

// cartKey names the cart page with so many rows.
func cartKey(rows int) string { return fmt.Sprintf("/demo/cart %d", rows) }

func loadLayout() (*layout, error) {
	data, err := layoutFile.ReadFile("layout.json")
	if err != nil {
		return nil, fmt.Errorf("read the demo's layout: %w", err)
	}
	var l layout
	if err := json.Unmarshal(data, &l); err != nil {
		return nil, fmt.Errorf("read the demo's layout: %w", err)
	}
	return &l, nil
}

// element finds an element of the page by kind and ref (any kind when empty).
func (p *layoutPage) element(kind, ref string) *layoutElement {
	for _, e := range p.Elements {
		if (kind == "" || e.Kind == kind) && e.Ref == ref {
			return e
		}
	}
	return nil
}
