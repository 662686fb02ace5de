package demo

import (
	"math"
	"sort"
)

// pointer is the mouse of a visit: where it is in the viewport, what of its
// way has not been recorded yet, and where on the page it has rested.
type pointer struct {
	x, y  float64
	over  int // node id under it
	ready bool

	positions []position
	cells     map[[2]int]float64 // column, row of 16 page px → dwell, ms
	cell      [2]int
	since     float64 // Unix ms of coming into the cell; 0: not moved in this batch
	first     float64 // Unix ms of the batch's first movement
}

type position struct {
	at, x, y float64
	over     int
}

const (
	samplePx      = 16
	sampleMS      = 50     // rrweb's sampling of movement
	sampleFlush   = 500    // and how often it writes it down
	longestRest   = 2000.0 // a pointer that rests longer was left alone
	cellsPerMove  = 300
	replayMouse   = 1
	replayAction  = 2
	replayScroll  = 3
	replayResize  = 4
	replayInput   = 5
	headerHeight  = 64.0
	comfortMargin = 40.0
)

func (v *visit) startPointer() {
	vw, vh := v.viewport()
	if !v.pointer.ready {
		v.pointer.x, v.pointer.y, v.pointer.ready = vw*v.between(0.3, 0.8), vh*v.between(0.2, 0.7), true
	}
	v.pointer.over = v.doc.firstElement(v.doc.root, "body").id
	v.pointer.cells = map[[2]int]float64{}
	v.pointer.positions, v.pointer.since, v.pointer.first = nil, 0, 0
}

// moveTo takes the mouse to a place in the viewport, on a slightly bent way
// with a soft start and end. Fingers leave no way.
func (v *visit) moveTo(x, y float64, over int) {
	if v.touch() {
		return
	}
	p := &v.pointer
	fromX, fromY := p.x, p.y
	distance := math.Hypot(x-fromX, y-fromY)
	if distance < 1 {
		return
	}
	duration := (160 + 140*math.Log2(distance/40+1)) * v.between(0.8, 1.4)
	bend := distance * 0.09 * v.r.NormFloat64()
	steps := max(1, int(duration/sampleMS))
	body := p.over
	if root := v.doc.firstElement(v.doc.root, "body"); root != nil {
		body = root.id
	}
	for i := 1; i <= steps; i++ {
		u := float64(i) / float64(steps)
		eased := u * u * u * (10 - 15*u + 6*u*u)
		side := bend * math.Sin(math.Pi*eased)
		nx := -(y - fromY) / distance
		ny := (x - fromX) / distance
		id := body
		if i == steps {
			id = over
		}
		v.wait(sampleMS)
		v.moved(fromX+(x-fromX)*eased+nx*side, fromY+(y-fromY)*eased+ny*side, id)
	}
}

func (v *visit) moved(x, y float64, over int) {
	vw, vh := v.viewport()
	p := &v.pointer
	p.x = math.Round(math.Min(math.Max(x, 1), vw-1))
	p.y = math.Round(math.Min(math.Max(y, 1), vh-1))
	p.over = over
	p.positions = append(p.positions, position{v.now, p.x, p.y, over})
	if v.now-p.positions[0].at >= sampleFlush {
		v.flushPositions()
	}
	v.rest()
	if p.first == 0 {
		p.first = v.now
	}
	p.since = v.now
	p.cell = [2]int{int(p.x) / samplePx, int(p.y+v.scroll) / samplePx}
}

// rest counts the time in the cell that the pointer is in.
func (v *visit) rest() {
	p := &v.pointer
	if p.since != 0 {
		p.cells[p.cell] += math.Min(v.now-p.since, longestRest)
	}
}

// flushPositions writes the way since the last time, each place with how long
// ago it was.
func (v *visit) flushPositions() {
	p := &v.pointer
	if len(p.positions) == 0 {
		return
	}
	type place struct {
		X    float64 `json:"x"`
		Y    float64 `json:"y"`
		ID   int     `json:"id"`
		Time int64   `json:"timeOffset"`
	}
	way := make([]place, len(p.positions))
	for i, at := range p.positions {
		way[i] = place{at.x, at.y, at.over, int64(at.at) - int64(v.now)}
	}
	v.tape.event(v.now, eventIncremental, map[string]any{"source": replayMouse, "positions": way})
	p.positions = p.positions[:0]
}

// collectMoves tells the cells of this batch.
func (v *visit) collectMoves() {
	p := &v.pointer
	if p.first == 0 {
		return
	}
	v.rest()
	cells := make([][2]int, 0, len(p.cells))
	for cell := range p.cells {
		cells = append(cells, cell)
	}
	sort.Slice(cells, func(i, j int) bool {
		return cells[i][1] < cells[j][1] || cells[i][1] == cells[j][1] && cells[i][0] < cells[j][0]
	})
	for len(cells) > 0 {
		n := min(len(cells), cellsPerMove)
		triples := make([]int, 0, 3*n)
		for _, c := range cells[:n] {
			triples = append(triples, c[0], c[1], int(math.Round(p.cells[c])))
		}
		v.tape.signal(p.first, "move", v.sizes(map[string]any{"cells": triples}))
		cells = cells[n:]
	}
	clear(p.cells)
	p.since, p.first = 0, 0
}
