package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// byteSize is a flag's value: bytes, or with a unit, 200MB or 50GiB. Units of 1000 are kB, MB, GB, TB, those of 1024
// KiB, MiB, GiB, TiB.
type byteSize int64

var byteUnits = []struct {
	name  string
	bytes int64
}{
	{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
	{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"KB", 1e3}, {"B", 1},
}

// Set reads a value.
func (b *byteSize) Set(text string) error {
	number, factor := strings.TrimSpace(text), int64(1)
	for _, unit := range byteUnits {
		if short, ok := strings.CutSuffix(number, unit.name); ok {
			number, factor = strings.TrimSpace(short), unit.bytes
			break
		}
	}
	value, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(value) || math.Abs(value)*float64(factor) > 1<<62 {
		return fmt.Errorf("%q is no size such as 500MB or 50GiB", text)
	}
	*b = byteSize(value * float64(factor))
	return nil
}

// String writes it with the largest unit that divides it.
func (b byteSize) String() string {
	for _, unit := range byteUnits {
		if b != 0 && int64(b)%unit.bytes == 0 && unit.bytes > 1 {
			return strconv.FormatInt(int64(b)/unit.bytes, 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(b), 10)
}

// Type names it in help texts.
func (b *byteSize) Type() string { return "bytes" }
