package inflate

import (
	"encoding/binary"
	"errors"
	"slices"
)

var (
	// ErrCorrupt says that the bytes are no deflate, are cut, or have a tail.
	ErrCorrupt = errors.New("deflate is corrupt")
	// ErrLength says that they become another length than was told.
	ErrLength = errors.New("deflate has another length than was told")
)

// Inflater holds the tables of a block. The zero value is ready; it is for one
// goroutine.
type Inflater struct {
	in    []byte // the source and zeros behind it, so that eight bytes can be read anywhere
	size  int    // of the source
	pos   int    // what has gone into the bits
	bits  uint64
	nbits uint // how many of them are valid: above there may be more, of the byte at pos

	out []byte // room for what was told and slack behind it
	n   int    // written

	own                     tables
	known                   *tables // of the codes that the format knows, once they were needed
	literalCodes, distCodes codes
}

const (
	// padding lies behind the source: eight bytes are read from anywhere up to
	// eight bytes behind its end.
	padding = 16
	// spill is what repeat may write behind a match.
	spill = 16
	// slack is what one round of the loop may write: literals and a match.
	slack = 3 + 258 + spill
	// maxKept bounds the memory for the source that is kept between calls.
	maxKept = 1 << 20
)

// Inflate appends src, inflated, to dst. It must become length bytes: what
// becomes longer is refused without inflating the rest. Beside an error dst is
// given back as it was, apart from its capacity.
func (z *Inflater) Inflate(dst, src []byte, length int) ([]byte, error) {
	start := len(dst)
	dst = slices.Grow(dst, length+slack)
	if cap(z.in) > maxKept {
		z.in = nil
	}
	z.in = append(append(z.in[:0], src...), make([]byte, padding)...)
	z.size, z.pos, z.bits, z.nbits, z.n = len(src), 0, 0, 0, 0
	z.out = dst[start : start+length+slack]
	err := z.blocks(length)
	z.out = nil
	if err != nil {
		return dst[:start], err
	}
	return dst[:start+length], nil
}

// blocks inflates all blocks.
func (z *Inflater) blocks(length int) error {
	for last := false; !last; {
		z.refill()
		last = z.take(1) == 1
		ok, t := false, &z.own
		switch z.take(2) {
		case 0:
			if ok = z.stored(length); !ok && !z.cut() && z.n > length {
				return ErrLength
			}
			if !ok {
				return ErrCorrupt
			}
			continue
		case 1:
			t, ok = z.fixed(), true
		case 2:
			ok = z.dynamic()
		}
		if !ok || !z.block(t, length) || z.cut() {
			return ErrCorrupt
		}
		if z.n > length {
			return ErrLength
		}
	}
	switch {
	case z.n != length:
		return ErrLength
	case z.used() != z.size:
		return ErrCorrupt // a tail
	}
	return nil
}

// refill fills the bits: at least 56 are valid then.
func (z *Inflater) refill() {
	if z.pos > z.size+padding-8 {
		z.pos = z.size + padding - 8 // far behind the end: see cut
	}
	z.bits |= binary.LittleEndian.Uint64(z.in[z.pos:]) << (z.nbits & 63)
	z.pos += int((63 - z.nbits) >> 3)
	z.nbits |= 56
}

// take takes n bits, which must be there.
func (z *Inflater) take(n uint) int {
	v := int(z.bits & (1<<(n&63) - 1))
	z.bits >>= n & 63
	z.nbits -= n
	return v
}

// used is how many bytes of the source were used, the last perhaps in part.
func (z *Inflater) used() int { return z.pos - int(z.nbits>>3) }

// cut tells whether more was read than there is.
func (z *Inflater) cut() bool { return z.used() > z.size }

// stored copies a block that is not compressed.
func (z *Inflater) stored(length int) bool {
	z.take(z.nbits & 7)
	if z.pos = z.used(); z.pos+4 > z.size {
		return false
	}
	z.bits, z.nbits = 0, 0
	head := z.in[z.pos:]
	n := int(binary.LittleEndian.Uint16(head))
	if n != int(^binary.LittleEndian.Uint16(head[2:])) {
		return false
	}
	if z.pos += 4; z.pos+n > z.size {
		return false
	}
	if z.n+n > length {
		z.n = length + 1
		return false
	}
	copy(z.out[z.n:], z.in[z.pos:z.pos+n])
	z.n += n
	z.pos += n
	return true
}

// block inflates a block by the tables for it.
func (z *Inflater) block(t *tables, length int) bool {
	in, out := z.in, z.out
	pos, n, b, left := z.pos, z.n, z.bits, z.nbits
	limit := z.size + padding - 8
	for n <= length && pos <= limit {
		b |= load64(in, pos) << (left & 63)
		pos += int((63 - left) >> 3)
		left |= 56
		e := t.literals[b&(1<<literalBits-1)]
		if e&isLiteral != 0 {
			b >>= e & 63
			left -= uint(e & 63)
			out[n] = byte(e >> 16)
			n++
			if e = t.literals[b&(1<<literalBits-1)]; e&isLiteral != 0 {
				b >>= e & 63
				left -= uint(e & 63)
				out[n] = byte(e >> 16)
				n++
				e = t.literals[b&(1<<literalBits-1)]
			}
		}
		if e&isLink != 0 {
			b >>= literalBits
			left -= literalBits
			e = t.literals[(e>>16+entry(b)&(1<<(e&15)-1))%literalRoom]
		}
		was := b
		b >>= e & 63
		left -= uint(e & 63)
		if e&isLiteral != 0 {
			out[n] = byte(e >> 16)
			n++
			continue
		}
		if e&(isEnd|isFault) != 0 {
			z.pos, z.n, z.bits, z.nbits = pos, n, b, left
			return e&isEnd != 0
		}
		size := int(e>>16) + int((was&(1<<(e&63)-1))>>(e>>8&15))

		if left < 28 { // a distance takes 15 bits and 13 extra ones
			if pos > limit {
				return false
			}
			b |= load64(in, pos) << (left & 63)
			pos += int((63 - left) >> 3)
			left |= 56
		}
		e = t.dists[b&(1<<distBits-1)]
		if e&isLink != 0 {
			b >>= distBits
			left -= distBits
			e = t.dists[(e>>16+entry(b)&(1<<(e&15)-1))%distRoom]
		}
		if e&isFault != 0 {
			return false
		}
		dist := int(e>>16) + int((b&(1<<(e&63)-1))>>(e>>8&15))
		b >>= e & 63
		left -= uint(e & 63)
		if dist > n {
			return false
		}
		if dist >= 16 && size <= 16 { // most are so
			store64(out, n, load64(out, n-dist))
			store64(out, n+8, load64(out, n-dist+8))
		} else {
			repeat(out[n-dist:n+size+spill], dist, size)
		}
		n += size
	}
	z.pos, z.n, z.bits, z.nbits = pos, n, b, left
	return pos <= limit
}

// repeat writes size bytes from dist on, each as the one dist bytes before it.
// Up to spill bytes behind them are overwritten: most matches are short, and
// two pieces of eight bytes cost less than asking how many it takes.
func repeat(b []byte, dist, size int) {
	switch {
	case dist >= 16:
		to := b[dist:]
		for i := 0; i < size; i += 16 {
			binary.LittleEndian.PutUint64(to[i:], binary.LittleEndian.Uint64(b[i:]))
			binary.LittleEndian.PutUint64(to[i+8:], binary.LittleEndian.Uint64(b[i+8:]))
		}
	case dist >= 8:
		for i := 0; i < size; i += 8 {
			binary.LittleEndian.PutUint64(b[dist+i:], binary.LittleEndian.Uint64(b[i:]))
		}
	case dist == 1:
		w := uint64(b[0]) * 0x0101010101010101
		for i := 0; i < size; i += 8 {
			binary.LittleEndian.PutUint64(b[1+i:], w)
		}
	default:
		for i := range size {
			b[dist+i] = b[i]
		}
	}
}
