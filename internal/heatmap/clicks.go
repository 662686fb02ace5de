package heatmap

import (
	"cmp"
	"math"
	"slices"
)

// Click is one click, or several of one cell taken together: Weight tells how
// many, FX, FY, X and Y are then their means.
type Click struct {
	Selector string
	FX, FY   float64 // place in the element's box, 0 … 65535
	X, Y     float64 // page px
	Width    int     // viewport width, CSS px
	Fixed    bool    // the element does not scroll with the page
	Weight   uint64
}

// Point is what is drawn at one place.
type Point struct {
	Element   int     // index into the ranking; -1 for movement
	FX, FY    float64 // place in the element's box, 0 … 1
	X, Y      int     // page px, the means of what was merged
	Weight    uint64
	Fixed     bool
	OtherBand bool // from another band than the drawn one: X and Y say nothing there
}

// ClickMap merges clicks into points. The zero value is not usable; see
// NewClickMap. It is not safe for concurrent use.
type ClickMap struct {
	drawn Band
	cells map[clickCell]*clickSum
}

type clickCell struct {
	selector     string
	bx, by       uint8
	px, py       int32
	fixed, other bool
}

type clickSum struct {
	weight       uint64
	fx, fy, x, y float64 // weighted sums
}

// NewClickMap returns an empty map that is drawn in a band. Clicks of other
// bands count too, but are kept apart: their page coordinates belong to another
// layout, so they can be placed by their element only.
func NewClickMap(drawn Band) *ClickMap {
	return &ClickMap{drawn: drawn, cells: map[clickCell]*clickSum{}}
}

// Add takes a click, or clicks of one cell.
func (m *ClickMap) Add(c Click) {
	key := clickCell{
		selector: c.Selector,
		bx:       boxCell(c.FX), by: boxCell(c.FY),
		px: pageCell(c.X), py: pageCell(c.Y),
		fixed: c.Fixed, other: !m.drawn.Contains(c.Width),
	}
	sum := m.cells[key]
	if sum == nil {
		sum = &clickSum{}
		m.cells[key] = sum
	}
	w := float64(c.Weight)
	sum.weight += c.Weight
	sum.fx += w * c.FX
	sum.fy += w * c.FY
	sum.x += w * c.X
	sum.y += w * c.Y
}

// Points returns the heaviest points, at most limit of them, heaviest first and
// then in a fixed order, so that the same clicks always give the same answer.
// index tells the place of a selector in the ranking.
func (m *ClickMap) Points(limit int, index func(selector string) int) []Point {
	keys := make([]clickCell, 0, len(m.cells))
	for key := range m.cells {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b clickCell) int {
		return cmp.Or(
			cmp.Compare(m.cells[b].weight, m.cells[a].weight),
			cmp.Compare(a.selector, b.selector),
			cmp.Compare(a.py, b.py), cmp.Compare(a.px, b.px),
			cmp.Compare(a.by, b.by), cmp.Compare(a.bx, b.bx),
			compareBool(a.fixed, b.fixed), compareBool(a.other, b.other),
		)
	})
	keys = keys[:min(len(keys), limit)]
	points := make([]Point, len(keys))
	for i, key := range keys {
		s := m.cells[key]
		w := float64(s.weight)
		points[i] = Point{
			Element: index(key.selector),
			FX:      fraction(s.fx / w), FY: fraction(s.fy / w),
			X: int(math.Round(s.x / w)), Y: int(math.Round(s.y / w)),
			Weight: s.weight, Fixed: key.fixed, OtherBand: key.other,
		}
	}
	return points
}

// boxCell is the cell of a place in an element's box; 65535 belongs to the last.
func boxCell(f float64) uint8 {
	return uint8(min(max(int(f), 0)*BoxCells/(fullBox+1), BoxCells-1))
}

// pageCell is the cell of a page coordinate, rounded down below zero too.
func pageCell(v float64) int32 { return int32(math.Floor(v / PageCell)) }

// fraction has four decimals: finer than a pixel of any box there is.
func fraction(f float64) float64 {
	return math.Round(min(max(f/fullBox, 0), 1)*1e4) / 1e4
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
