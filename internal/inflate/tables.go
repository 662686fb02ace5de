package inflate

import "math/bits"

// An entry of a table says what a code stands for, and how long it is:
//
//	bits 0 to 5    bits to take: the code's, and the extra ones behind it; of a
//	               link, how many bits choose in the table it leads to
//	bits 8 to 11   how many of these are the code's; in a linked table, of what the
//	               link has left of it
//	bits 12 to 15  what it is
//	bits 16 to 31  the literal; the least length or distance; where the linked table begins
//
// Codes that are longer than a table's bits are found by way of a link.
type entry = uint32

const (
	isLiteral entry = 1 << 15
	isLink    entry = 1 << 14
	isEnd     entry = 1 << 13
	isFault   entry = 1 << 12 // no code, or one that stands for nothing
)

const (
	maxCode      = 15 // bits
	literalCodes = 288
	distCodes    = 32
	lengthCodes  = 19

	literalBits = 10
	distBits    = 8
	lengthBits  = 7
	// Room for the tables and all that they link to. Of complete codes these
	// take at most 1,334 and 402 entries (Adler, "enough.c").
	literalRoom = 2048
	distRoom    = 512
)

// tables are those of a block.
type tables struct {
	literals [literalRoom]entry
	dists    [distRoom]entry
}

// What the symbols stand for, without the lengths of their codes.
var (
	literalMeaning = literalMeanings()
	distMeaning    = distMeanings()
	lengthMeaning  = lengthMeanings()
)

func literalMeanings() (m [literalCodes]entry) {
	for i := range 256 {
		m[i] = entry(i)<<16 | isLiteral
	}
	m[256] = isEnd
	base, extra := 3, 0
	for i := 257; i < 285; i++ {
		if i >= 265 && (i-265)%4 == 0 {
			extra++
		}
		m[i] = entry(base)<<16 | entry(extra)
		base += 1 << extra
	}
	m[285] = 258 << 16
	m[286], m[287] = isFault, isFault
	return m
}

func distMeanings() (m [distCodes]entry) {
	base, extra := 1, 0
	for i := range 30 {
		if i >= 4 && i%2 == 0 {
			extra++
		}
		m[i] = entry(base)<<16 | entry(extra)
		base += 1 << extra
	}
	m[30], m[31] = isFault, isFault
	return m
}

func lengthMeanings() (m [lengthCodes]entry) {
	for i := range m {
		m[i] = entry(i) << 16
	}
	return m
}

// codes are the lengths of the codes of those symbols that have one. Most of an
// alphabet has none in a section of some kilobytes.
type codes struct {
	count [maxCode + 1]uint16 // how many there are of a length
	used  int
	list  [literalCodes]uint16 // a symbol and, in the lowest four bits, its code's length; by symbol
}

func (c *codes) reset() { c.count, c.used = [maxCode + 1]uint16{}, 0 }

// add notes the next symbol that has a code, of 1 to maxCode bits.
func (c *codes) add(symbol int, bits uint8) {
	c.count[bits&maxCode]++
	c.list[c.used] = uint16(symbol)<<4 | uint16(bits&maxCode)
	c.used++
}

// build fills a table of 1<<size entries, and those that it links to. It tells
// whether the codes are complete; none at all, and one alone of one bit, count as
// such (zlib makes these), and what they leave open is a fault.
func (c *codes) build(table []entry, size int, meaning []entry) bool {
	var next [maxCode + 2]uint16
	left := 1
	for n := 1; n <= maxCode; n++ {
		left = left<<1 - int(c.count[n])
		if left < 0 {
			return false
		}
		next[n+1] = next[n] + c.count[n]
	}
	if left > 0 {
		return c.lone(table[:1<<size], meaning)
	}
	var sorted [literalCodes]entry
	for _, code := range c.list[:c.used] {
		n := code & maxCode
		sorted[next[n]] = meaning[code>>4]
		next[n]++
	}
	c.fill(table, size, sorted[:c.used])
	return true
}

// lone fills a table for no code or one.
func (c *codes) lone(table []entry, meaning []entry) bool {
	if c.used > 1 || c.used == 1 && c.count[1] != 1 {
		return false
	}
	for i := range table {
		table[i] = isFault
	}
	for i := 0; c.used == 1 && i < len(table); i += 2 {
		table[i] = meaning[c.list[0]>>4] + taken(1)
	}
	return true
}

// fill enters what symbols mean that are sorted by their codes' length. A
// table for codes of one bit more is the table twice, with these codes written
// over it.
func (c *codes) fill(table []entry, size int, sorted []entry) {
	code, at := 0, 0 // the code as it is counted; its bits stand in reverse in the stream
	for n := 1; n <= size; n++ {
		half := 1 << (n - 1)
		if at > 0 {
			copy(table[half:2*half], table[:half])
		}
		code <<= 1
		for range c.count[n] {
			table[bits.Reverse16(uint16(code))>>(16-n)] = sorted[at] + taken(n)
			code++
			at++
		}
	}
	end, prefix, from, width := 1<<size, -1, 0, 0
	for n := size + 1; n <= maxCode; n++ {
		code <<= 1
		for left := int(c.count[n]); left > 0; left-- {
			reversed := int(bits.Reverse16(uint16(code)) >> (16 - n))
			if p := reversed & (1<<size - 1); p != prefix {
				prefix, from = p, end
				width = c.linked(n, left, size)
				end += 1 << width
				table[p] = entry(from)<<16 | isLink | entry(width)
			}
			e := sorted[at] + taken(n-size)
			for i := reversed >> size; i < 1<<width; i += 1 << (n - size) {
				table[from+i] = e
			}
			code++
			at++
		}
	}
}

// linked is how many bits a linked table needs that begins with a code of n
// bits, of which left more follow: it grows until the codes behind fill it.
func (c *codes) linked(n, left, size int) int {
	width := n - size
	for room := left; room < 1<<width && size+width < maxCode; {
		width++
		room = room<<1 + int(c.count[size+width])
	}
	return width
}

// taken is what an entry says of a code of n bits.
func taken(n int) entry { return entry(n)<<8 | entry(n) }
