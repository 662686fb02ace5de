package native

import (
	"encoding/binary"
	"time"
)

type number interface {
	int8 | uint8 | uint16 | int32 | uint32 | int64 | uint64 | float32 | float64
}

// numbers are written as memory has them.
type numbers[T number] []T

func (v numbers[T]) rows() int { return len(v) }
func (v numbers[T]) size() int { return len(v) * 8 }

func (v numbers[T]) append(to []byte) []byte { return appendNumbers(to, v) }

func appendNumbers[T number](to []byte, values []T) []byte {
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

type dates []Day

func (v dates) rows() int { return len(v) }
func (v dates) size() int { return len(v) * 2 }

func (v dates) append(to []byte) []byte {
	for _, day := range v {
		to = binary.LittleEndian.AppendUint16(to, uint16(day))
	}
	return to
}

// lists are written as where each ends, and then what is in all of them.
type lists[T number] [][]T

func (v lists[T]) rows() int { return len(v) }

func (v lists[T]) size() int {
	n := 0
	for _, list := range v {
		n += len(list)
	}
	return 8 * (len(v) + n)
}

func (v lists[T]) append(to []byte) []byte {
	end := uint64(0)
	for _, list := range v {
		end += uint64(len(list))
		to = binary.LittleEndian.AppendUint64(to, end)
	}
	for _, list := range v {
		to = appendNumbers(to, list)
	}
	return to
}
