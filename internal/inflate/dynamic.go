package inflate

// order is that in which the lengths of the codes for lengths stand.
var order = [lengthCodes]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// dynamic reads the codes that stand before a block and makes its tables.
func (z *Inflater) dynamic() bool {
	z.refill()
	literals, dists, n := z.take(5)+257, z.take(5)+1, z.take(4)+4
	if literals > 286 || dists > 30 {
		return false
	}
	var short [lengthCodes]uint8
	for i := range n {
		if i%16 == 0 {
			z.refill()
		}
		short[order[i]] = uint8(z.take(3))
	}
	// The literals' table is not in use yet, nor are their codes.
	c, table := &z.literalCodes, z.own.literals[:1<<lengthBits]
	c.reset()
	for symbol, n := range short {
		if n != 0 {
			c.add(symbol, n)
		}
	}
	if !c.build(table, lengthBits, lengthMeaning[:]) {
		return false
	}
	if !z.readLengths(table, literals, literals+dists) || z.cut() {
		return false
	}
	return z.build(&z.own)
}

// build makes the tables of the codes that were read.
func (z *Inflater) build(t *tables) bool {
	return z.distCodes.build(t.dists[:], distBits, distMeaning[:]) &&
		z.literalCodes.build(t.literals[:], literalBits, literalMeaning[:])
}

// readLengths reads the lengths of so many codes, of which the first are the
// literals'. Most stand for nothing, in long runs.
func (z *Inflater) readLengths(table []entry, literals, total int) bool {
	z.literalCodes.reset()
	z.distCodes.reset()
	i, last := 0, uint8(0)
	for i < total {
		if z.nbits < 14 {
			z.refill()
		}
		e := table[z.bits&(1<<lengthBits-1)]
		if e&isFault != 0 {
			return false
		}
		z.take(uint(e & 15))
		value, times := uint8(e>>16), 1
		switch value {
		case 16:
			if i == 0 {
				return false
			}
			value, times = last, 3+z.take(2)
		case 17:
			value, times = 0, 3+z.take(3)
		case 18:
			value, times = 0, 11+z.take(7)
		}
		if last = value; value == 0 {
			i += times
			continue
		}
		for range times {
			if i < literals {
				z.literalCodes.add(i, value)
			} else if i < total {
				z.distCodes.add(i-literals, value)
			}
			i++
		}
	}
	return i == total
}

// fixed gives the tables of a block whose codes the format knows.
func (z *Inflater) fixed() *tables {
	if z.known != nil {
		return z.known
	}
	z.literalCodes.reset()
	z.distCodes.reset()
	for i := range literalCodes {
		switch {
		case i < 144:
			z.literalCodes.add(i, 8)
		case i < 256:
			z.literalCodes.add(i, 9)
		case i < 280:
			z.literalCodes.add(i, 7)
		default:
			z.literalCodes.add(i, 8)
		}
	}
	for i := range distCodes {
		z.distCodes.add(i, 5)
	}
	z.known = new(tables)
	z.build(z.known) // they are complete
	return z.known
}
