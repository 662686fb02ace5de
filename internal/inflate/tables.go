package inflate

import "math/bits"

// An entry of a table says what a code stands for, and how long it is:
//
//	bits 0 to 3    length of the whole code, bits
//	bits 8 to 11   extra bits behind it; of a link, bits that choose in the table it leads to
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
	literalRoom = 1536
	distRoom    = 512
)

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
		m[i] = entry(base)<<16 | entry(extra)<<8
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
		m[i] = entry(base)<<16 | entry(extra)<<8
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

// build fills a table of 1<<size entries, and those that it links to, from the
// lengths of the codes of all symbols, at most maxCode each. It tells whether
// the codes are complete; none at all, and one alone of one bit, count as such
// (zlib makes these), and what they leave open is a fault.
func build(table []entry, size int, lengths []uint8, meaning []entry) bool {
	var count, next [maxCode + 2]int
	for _, n := range lengths {
		count[n&15]++
	}
	used := len(lengths) - count[0]
	count[0] = 0
	left := 1
	for n := 1; n <= maxCode; n++ {
		left = left<<1 - count[n]
		if left < 0 {
			return false
		}
		next[n+1] = next[n] + count[n]
	}
	if left > 0 {
		if used > 1 || used == 1 && count[1] != 1 {
			return false
		}
		for i := range table[:1<<size] {
			table[i] = isFault
		}
		for symbol, n := range lengths {
			for i := 0; n == 1 && i < 1<<size; i += 2 {
				table[i] = meaning[symbol] | 1
			}
		}
		return true
	}
	var sorted [literalCodes]uint16
	for symbol, n := range lengths {
		if n != 0 {
			sorted[next[n]] = uint16(symbol)
			next[n]++
		}
	}
	fill(table, size, &count, sorted[:used], meaning)
	return true
}

// fill enters the codes of symbols that are sorted by their codes' length. A
// table for codes of one bit more is the table twice, with these codes written
// over it.
func fill(table []entry, size int, count *[maxCode + 2]int, sorted []uint16, meaning []entry) {
	code, at := 0, 0 // the code as it is counted; its bits stand in reverse in the stream
	for n := 1; n <= size; n++ {
		half := 1 << (n - 1)
		if at > 0 {
			copy(table[half:2*half], table[:half])
		}
		code <<= 1
		for range count[n] {
			table[bits.Reverse16(uint16(code))>>(16-n)] = meaning[sorted[at]] | entry(n)
			code++
			at++
		}
	}
	end, prefix, from, width := 1<<size, -1, 0, 0
	for n := size + 1; n <= maxCode; n++ {
		code <<= 1
		for left := count[n]; left > 0; left-- {
			reversed := int(bits.Reverse16(uint16(code)) >> (16 - n))
			if p := reversed & (1<<size - 1); p != prefix {
				prefix, from = p, end
				width = linked(count, n, left, size)
				end += 1 << width
				table[p] = entry(from)<<16 | entry(width)<<8 | isLink | entry(size)
			}
			e := meaning[sorted[at]] | entry(n)
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
func linked(count *[maxCode + 2]int, n, left, size int) int {
	width := n - size
	for room := left; room < 1<<width && size+width < maxCode; {
		width++
		room = room<<1 + count[size+width]
	}
	return width
}
