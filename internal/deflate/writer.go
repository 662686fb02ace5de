package deflate

import "encoding/binary"

// writer gathers bits. There must be room for eight bytes behind what is written.
type writer struct {
	out  []byte // its length is that of the room
	at   int
	bits uint64
	n    uint
}

// put adds n bits; flush must follow before there are 64.
func (w *writer) put(value uint64, n uint) {
	w.bits |= value << (w.n & 63)
	w.n += n
}

func (w *writer) code(c code) { w.put(c.bits()) }

// flush writes the bytes that are whole: less than eight bits are left.
func (w *writer) flush() {
	binary.LittleEndian.PutUint64(w.out[w.at:w.at+8], w.bits)
	w.at += int(w.n >> 3)
	w.bits >>= w.n &^ 7 & 63
	w.n &= 7
}

// end gives what was written, up to the last bit.
func (w *writer) end() []byte {
	w.flush()
	if w.n > 0 {
		w.at++
	}
	return w.out[:w.at]
}
