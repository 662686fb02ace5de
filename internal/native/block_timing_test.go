package native

import (
	"errors"
	"io"
	"testing"
)

// BenchmarkBlock writes a block of movements: numbers, and short lists of them.
func BenchmarkBlock(b *testing.B) {
	const rows = 8000
	places, weights := make([]int32, 12), make([]uint32, 12)
	numbersOf := func(i int) uint32 { return uint32(i) }
	columns := []Column{
		{"at", "DateTime64(3, 'UTC')", repeat(rows, func(i int) int64 { return int64(i) })},
		{"id", "FixedString(16)", repeat(rows, func(i int) [16]byte { return [16]byte{byte(i)} })},
		{"w", "UInt32", repeat(rows, numbersOf)},
		{"h", "UInt32", repeat(rows, numbersOf)},
		{"x", "Array(Int32)", repeat(rows, func(i int) []int32 { return places[:1+i%12] })},
		{"y", "Array(Int32)", repeat(rows, func(i int) []int32 { return places[:1+i%12] })},
		{"weight", "Array(UInt32)", repeat(rows, func(i int) []uint32 { return weights[:1+i%12] })},
	}
	room := make([]byte, 32<<10)
	b.ReportAllocs()
	for b.Loop() {
		block, err := NewBlock(rows, columns)
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = block.Read(room)
		}
		if !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows), "ns/row")
}
