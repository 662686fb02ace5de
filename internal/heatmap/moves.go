package heatmap

import (
	"cmp"
	"slices"
)

// Dwell is how long pointers rested in one cell of the page.
type Dwell struct {
	X, Y   int    // the cell's left and top, page px
	Weight uint64 // ms
}

// Moves merges cells and returns the heaviest, at most limit of them. Movement
// belongs to no element, so only cells of the drawn band may go in.
func Moves(cells []Dwell, limit int) []Point {
	type place struct{ x, y int }
	sums := make(map[place]uint64, len(cells))
	for _, c := range cells {
		sums[place{c.X, c.Y}] += c.Weight
	}
	points := make([]Point, 0, len(sums))
	for p, w := range sums {
		if w > 0 {
			// The middle of the cell is where to draw it.
			points = append(points, Point{Element: -1, X: p.x + MoveCell/2, Y: p.y + MoveCell/2, Weight: w})
		}
	}
	slices.SortFunc(points, func(a, b Point) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X))
	})
	return points[:min(len(points), limit)]
}
