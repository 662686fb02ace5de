package deflate

import "math/bits"

// The lengths of codes, one hexadecimal digit a symbol, 0 for one that is not
// used. They are the best, of at most twelve bits, for what trackers recorded in
// the demo shop and on the page of 5,000 elements: of bytes as a page goes on,
// mostly numbers; and of bytes, matches and distances of pages' first snapshots.
// Another code would be right as well.
const (
	goingLiterals = "" +
		"cccccccccccccccccccccccccccccccc7c6cccbccccc259844445445558ccacbcccbccccbccccccccbcbbcccccc6c6cc" +
		"c7b887a988ca79778c8778babac8c8cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc" +
		"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccca"
	pageLiterals = "" +
		"cccccccccccccccccccccccccccccccc4c59ccbccccb578965666767677ccacccaa9aaaba9bba9cbaca89cbbcca7a8cb" +
		"c576656776c867666966678798c8c8cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc" +
		"ccbccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc44556667677787b7a999acac9ccc"
	pageDistances = "" +
		"a9988976566555435444344545688a"
)

const (
	endOfBlock = 256
	maxCode    = 15
	// literalCodes and lengthCodes bound what codes stand for.
	literalCodes = 286
	distCodes    = 30
)

// code is what is written for a symbol: the bits, of which the lowest stands
// first, and in the uppermost byte how many.
type code uint32

func (c code) bits() (value uint64, n uint) { return uint64(c & (1<<24 - 1)), uint(c >> 24) }

// with is a code with extra bits behind it.
func (c code) with(value, n int) code {
	had := uint(c >> 24)
	return c + code(n)<<24 | code(value)<<had
}

// assigned gives each symbol its code by the lengths of all codes (RFC 1951,
// 3.2.2).
func assigned(lengths []uint8) []code {
	var count, next [maxCode + 2]int
	for _, n := range lengths {
		count[n]++
	}
	count[0] = 0
	for n := 1; n <= maxCode; n++ {
		next[n+1] = (next[n] + count[n]) << 1
	}
	codes := make([]code, len(lengths))
	for symbol, n := range lengths {
		if n > 0 {
			codes[symbol] = code(n)<<24 | code(bits.Reverse16(uint16(next[n]))>>(16-n))
			next[n]++
		}
	}
	return codes
}

// digits reads lengths as they are written down above.
func digits(text string) []uint8 {
	lengths := make([]uint8, len(text))
	for i := range lengths {
		lengths[i] = text[i] - '0'
		if text[i] >= 'a' {
			lengths[i] = text[i] - 'a' + 10
		}
	}
	return lengths
}
