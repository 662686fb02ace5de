package deflate

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// Packer packs texts, each into one block. It is for one goroutine.
type Packer struct {
	going, page *block
	places      [1 << hashBits]int32 // where four bytes that hash so stood last, less one
}

// block is what is known of a block beforehand.
type block struct {
	header    writer // what stands before the text
	literals  [256]code
	end       code
	lengths   [longest + 1]code // of a match, with the extra bits
	distances []code            // without
}

const (
	hashBits = 11
	shortest = 4 // match, bytes
	longest  = 258
	farthest = 1 << 15
	// slack is what is written beyond a text's codes at most: the end of the
	// block, and what flush writes in advance.
	slack = 16
)

// New makes a packer.
func New() *Packer {
	return &Packer{
		going: newBlock(digits(goingLiterals), []uint8{0}),
		page:  newBlock(digits(pageLiterals), digits(pageDistances)),
	}
}

func newBlock(literals, distances []uint8) *block {
	b := &block{header: writer{out: make([]byte, 512)}}
	header(&b.header, literals, distances)
	codes := assigned(literals)
	copy(b.literals[:], codes)
	b.end = codes[endOfBlock]
	b.distances = assigned(distances)
	if len(codes) < literalCodes {
		return b // without matches
	}
	symbol, extra := endOfBlock+1, 0
	for size := 3; size < longest; symbol++ {
		if symbol >= 265 && (symbol-265)%4 == 0 {
			extra++
		}
		for i := 0; i < 1<<extra && size < longest; i++ {
			b.lengths[size] = codes[symbol].with(i, extra)
			size++
		}
	}
	b.lengths[longest] = codes[literalCodes-1]
	return b
}

// begin makes room for a text of so many bytes behind dst, and writes what stands
// before it. No code of a text takes more than twelve bits a byte.
func (b *block) begin(dst []byte, size int) writer {
	w := b.header
	from := len(dst)
	dst = slices.Grow(dst, w.at+size+(size+1)/2+slack)
	w.out = dst[:cap(dst)]
	copy(w.out[from:], b.header.out[:w.at])
	w.at += from
	return w
}

// AppendBytes appends a text to dst by the codes of its bytes alone: for what a
// page sends as it goes, up to some kilobytes. Looking for what repeats in it
// would take twice as long.
func (p *Packer) AppendBytes(dst, text []byte) []byte {
	b := p.going
	w := b.begin(dst, len(text))
	w.literals(&b.literals, text)
	w.code(b.end)
	return w.end()
}

// literals writes bytes by their codes.
func (w *writer) literals(codes *[256]code, text []byte) {
	at, acc, n := w.at, w.bits, w.n
	for ; len(text) >= 4; text = text[4:] {
		for _, c := range [4]byte(text) {
			value, size := codes[c].bits()
			acc |= value << (n & 63)
			n += size
		}
		binary.LittleEndian.PutUint64(w.out[at:at+8], acc)
		at += int(n >> 3)
		acc >>= n &^ 7 & 63
		n &= 7
	}
	w.at, w.bits, w.n = at, acc, n
	for _, c := range text {
		w.code(codes[c])
	}
	w.flush()
}

// AppendPage appends a text to dst in which much repeats, as in a snapshot of a
// page: up to some ten kilobytes, beyond which the best code for it is worth
// counting for.
func (p *Packer) AppendPage(dst, text []byte) []byte {
	b := p.page
	w := b.begin(dst, len(text))
	clear(p.places[:])
	told := 0 // what stands before it is written
	for i := 0; i+8 <= len(text); {
		here := binary.LittleEndian.Uint64(text[i:])
		place := &p.places[uint32(here)*0x9e3779b1>>(32-hashBits)]
		from := int(*place) - 1
		*place = int32(i + 1)
		if from < 0 || i-from > farthest || binary.LittleEndian.Uint32(text[from:]) != uint32(here) {
			i += 1 + (i-told)>>5 // what has had no match for long may have none for longer
			continue
		}
		size := shortest + same(text[from+shortest:], text[i+shortest:min(i+longest, len(text))])
		w.literals(&b.literals, text[told:i])
		w.code(b.lengths[size])
		w.distance(b.distances, i-from)
		w.flush()
		i += size
		told = i
	}
	w.literals(&b.literals, text[told:])
	w.code(b.end)
	return w.end()
}

// same is how many bytes two texts have in common at their beginning; b is the
// shorter one.
func same(a, b []byte) int {
	n := 0
	for ; n+8 <= len(b); n += 8 {
		if x := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); x != 0 {
			return n + bits.TrailingZeros64(x)>>3
		}
	}
	for n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// distance writes how far back a match lies.
func (w *writer) distance(codes []code, d int) {
	d--
	if d < 4 {
		w.code(codes[d])
		return
	}
	extra := bits.Len(uint(d)) - 2
	w.code(codes[2*extra+d>>extra])
	w.put(uint64(d&(1<<extra-1)), uint(extra))
}
