package wire

// Movement and attention: signals that hold flat arrays of numbers.

func (m *Move) member(r *reader, d *decoder, name string) bool {
	switch name {
	case "vw":
		m.ViewportW = r.px(0, 0, maxScreen)
	case "vh":
		m.ViewportH = r.px(1, 0, maxScreen)
	case "dw":
		m.DocumentW = r.px(2, 0, maxPx)
	case "dh":
		m.DocumentH = r.px(3, 0, maxPx)
	case "cells":
		m.Cells = d.readCells(4)
	default:
		return false
	}
	return true
}

func (a *Attention) member(r *reader, d *decoder, name string) bool {
	switch name {
	case "vw":
		a.ViewportW = r.px(0, 0, maxScreen)
	case "vh":
		a.ViewportH = r.px(1, 0, maxScreen)
	case "dh":
		a.DocumentH = r.px(2, 0, maxPx)
	case "h":
		a.Height = r.whole(3, 1, maxScreen)
	case "bands":
		a.Bands = d.readBands(4)
	default:
		return false
	}
	return true
}

// readCells reads a flat array of triples. All cells of a section lie in one
// piece of memory.
func (d *decoder) readCells(bit int) []Cell {
	start := len(d.out.cells)
	if !d.open('[') {
		d.judge(bit, false)
		return nil
	}
	var triple [3]int
	valid, n := true, 0
	for first := true; d.next(first, ']'); first = false {
		f, ok := d.small()
		if !ok {
			f, ok = d.number()
		}
		limit := float64(maxPx / 16)
		if n%3 == 2 {
			limit = maxMS
		}
		if !ok || f < 0 || f > limit || n >= 3*MaxCells {
			valid = false
			continue
		}
		triple[n%3] = int(f)
		if n++; n%3 == 0 {
			d.out.cells = append(d.out.cells, Cell{triple[0], triple[1], triple[2]})
		}
	}
	d.judge(bit, valid && n%3 == 0)
	return d.out.cells[start:len(d.out.cells):len(d.out.cells)]
}

// readBands reads a flat array of pairs, as readCells reads triples.
func (d *decoder) readBands(bit int) []BandTime {
	start := len(d.out.bands)
	if !d.open('[') {
		d.judge(bit, false)
		return nil
	}
	var pair [2]int
	valid, n := true, 0
	for first := true; d.next(first, ']'); first = false {
		f, ok := d.number()
		limit := float64(maxPx)
		if n%2 == 1 {
			limit = maxMS
		}
		if !ok || f < 0 || f > limit || n >= 2*MaxBands {
			valid = false
			continue
		}
		pair[n%2] = int(f)
		if n++; n%2 == 0 {
			d.out.bands = append(d.out.bands, BandTime{pair[0], pair[1]})
		}
	}
	d.judge(bit, valid && n%2 == 0)
	return d.out.bands[start:len(d.out.bands):len(d.out.bands)]
}
