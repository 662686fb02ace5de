package native

import (
	"encoding/binary"
	"time"
	"unsafe"
)

type number interface {
	int8 | uint8 | uint16 | int32 | uint32 | int64 | uint64 | float32 | float64
}

// numbers are written as memory has them.
type numbers[T number] struct{ pieces[T] }

func (w *numbers[T]) more(to []byte) ([]byte, bool) {
	return appendNumbers(to, w.next()), w.done()
}

// lowestFirst tells that memory has a number's lowest byte first, as the format does.
var lowestFirst = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// appendNumbers copies them where memory has them as the format does, which is
// nearly everywhere: encoding/binary looks at each, and allocates for each list.
func appendNumbers[T number](to []byte, values []T) []byte {
	if lowestFirst && len(values) > 0 {
		size := len(values) * int(unsafe.Sizeof(values[0]))
		return append(to, unsafe.Slice((*byte)(unsafe.Pointer(&values[0])), size)...) //nolint:gosec // all of them, and nothing behind
	}
	// An error means a type that has no fixed size; number has none of these.
	to, _ = binary.Append(to, binary.LittleEndian, values)
	return to
}

// Day is a date: days since 1970-01-01, UTC.
type Day uint16

// DayOf is the day of t, UTC.
func DayOf(t time.Time) Day { return Day(t.Unix() / (24 * 60 * 60)) }

// Time is the day's first moment.
func (d Day) Time() time.Time { return time.Unix(int64(d)*24*60*60, 0).UTC() }

type dates struct{ pieces[Day] }

func (w *dates) more(to []byte) ([]byte, bool) {
	for _, day := range w.next() {
		to = binary.LittleEndian.AppendUint16(to, uint16(day))
	}
	return to, w.done()
}

// lists are written as where each ends, and then what is in all of them.
type lists[T number] struct {
	pieces[[]T]
	ended bool // all the ends are written
	end   uint64
}

func (w *lists[T]) more(to []byte) ([]byte, bool) {
	piece := w.next()
	if w.ended {
		for _, list := range piece {
			to = appendNumbers(to, list)
		}
		return to, w.done()
	}
	for _, list := range piece {
		w.end += uint64(len(list))
		to = binary.LittleEndian.AppendUint64(to, w.end)
	}
	if w.done() {
		w.ended, w.at = true, 0
	}
	return to, false
}
