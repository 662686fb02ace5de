// Package heatmap is the arithmetic of heatmaps: width bands, the merging of
// clicks and movement into points, the ranking of elements, and scroll reach.
//
// It is pure: rows go in, figures come out. The store groups rows into cells
// with the same sizes (BoxCells, PageCell) before they get here, so that a page
// with millions of clicks costs the database's time and not this process's; fed
// with single clicks the result is the same, and a test holds both to it.
package heatmap

// BoxCells is how many cells a side of an element's box is cut into: clicks
// within one 64th of the box, and within PageCell on the page, are one point.
const BoxCells = 64

// PageCell is the side, in CSS px, of the page cells that clicks are merged by.
const PageCell = 4

// MoveCell is the side, in CSS px, of the cells that the tracker bins movement by.
const MoveCell = 16

// ReachStep is the height, in CSS px, of one step of scroll reach.
const ReachStep = 100

// MaxPoints is the largest number of points an answer holds; the lightest are
// left out of the drawing, never out of the counts.
const MaxPoints = 20_000

// MaxElements is how many ranked elements an answer holds, besides those that
// its points name.
const MaxElements = 1_000

// fullBox is the value of fx and fy at the far edge of an element's box.
const fullBox = 65535
