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
	// The literals' table is not in use yet.
	table := z.literals[:1<<lengthBits]
	if !build(table, lengthBits, short[:], lengthMeaning[:]) {
		return false
	}
	if !z.readLengths(table, literals+dists) || z.cut() {
		return false
	}
	lengths := z.lengths[:literals+dists]
	return build(z.dists[:], distBits, lengths[literals:], distMeaning[:]) &&
		build(z.literals[:], literalBits, lengths[:literals], literalMeaning[:])
}

// readLengths reads the lengths of so many codes.
func (z *Inflater) readLengths(table []entry, total int) bool {
	for i := 0; i < total; {
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
			value, times = z.lengths[i-1], 3+z.take(2)
		case 17:
			value, times = 0, 3+z.take(3)
		case 18:
			value, times = 0, 11+z.take(7)
		}
		if i+times > total {
			return false
		}
		for range times {
			z.lengths[i] = value
			i++
		}
	}
	return true
}

// fixed makes the tables of a block whose codes the format knows.
func (z *Inflater) fixed() bool {
	for i := range z.lengths {
		switch {
		case i < 144:
			z.lengths[i] = 8
		case i < 256:
			z.lengths[i] = 9
		case i < 280:
			z.lengths[i] = 7
		case i < literalCodes:
			z.lengths[i] = 8
		default:
			z.lengths[i] = 5
		}
	}
	return build(z.dists[:], distBits, z.lengths[literalCodes:], distMeaning[:]) &&
		build(z.literals[:], literalBits, z.lengths[:literalCodes], literalMeaning[:])
}
