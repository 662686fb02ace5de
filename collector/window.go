package collector

import "math/bits"

// maxWindow is how many frames a window can hold.
const maxWindow = 64

// window numbers the frames of a connection and finds what may be
// acknowledged: appends to several partitions finish in any order, and an ack
// covers everything before it.
type window struct {
	next  uint64 // number of the last frame
	base  uint64 // every frame up to this number is settled
	later uint64 // bit i: frame base+1+i is settled
	bytes int    // of frames handed to the log and not settled
}

// open numbers a frame. The caller sees to it that at most maxWindow are open.
func (w *window) open() uint64 {
	w.next++
	return w.next
}

// settle marks a frame as stored or refused.
func (w *window) settle(n uint64) {
	w.later |= 1 << (n - w.base - 1)
	run := bits.TrailingZeros64(^w.later)
	w.base += uint64(run)
	w.later >>= run
}

// open frames are those that the tracker holds no ack for.
func (w *window) unacked() int { return int(w.next - w.base) }
