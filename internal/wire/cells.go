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
	valid, n := true, d.quickCells()
	for first := n == 0; d.next(first, ']'); first = false {
		f, ok := d.number()
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

// quickCells reads triples of whole numbers as trackers write them: they are
// most of the bytes that arrive. It ends behind the last one that is such and
// within bounds, and tells how many numbers it read.
func (d *decoder) quickCells() (n int) {
	const most = maxPx / 16
	for n < 3*MaxCells {
		at := d.pos
		if n > 0 {
			if at >= len(d.s) || d.s[at] != ',' {
				return n
			}
			at++
		}
		x, at := quick(d.s, at, ',')
		y, at := quick(d.s, at, ',')
		ms, at := quick(d.s, at, 0)
		if at == 0 || x > most || y > most {
			return n
		}
		d.out.cells = append(d.out.cells, Cell{x, y, ms})
		d.pos = at
		n += 3
	}
	return n
}

// quick reads a whole number of at most seven digits at i and what stands
// behind it: then, which is stepped over, or where that is 0 a comma or the end
// of an array, which is not. end is 0 where something else stands there, or if i is.
func quick(s string, i int, then byte) (n, end int) {
	if i == 0 {
		return 0, 0
	}
	for end = i; end < len(s) && end-i < 8; end++ {
		c := s[end]
		if c-'0' <= 9 {
			n = n*10 + int(c-'0')
			continue
		}
		switch {
		case end == i || s[i] == '0' && end-i > 1:
			return 0, 0
		case then != 0 && c == then:
			return n, end + 1
		case then == 0 && (c == ',' || c == ']'):
			return n, end
		}
		return 0, 0
	}
	return 0, 0
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
