package native

import (
	"strconv"
	"strings"
)

// writerOf finds who writes values into a column of a type.
func writerOf(typ string, values any) (writer, bool) {
	switch v := values.(type) {
	case []string:
		switch typ {
		case "String":
			return texts[string](v), true
		case "LowCardinality(String)":
			return newDictionary(v), true
		}
	case [][]byte:
		return texts[[]byte](v), typ == "String"
	case [][16]byte:
		return fixed[[16]byte](v), typ == "FixedString(16)"
	case [][32]byte:
		return fixed[[32]byte](v), typ == "FixedString(32)"
	case []Day:
		return dates(v), typ == "Date"
	case []int8:
		return numbers[int8](v), typ == "Int8" || enumHolds(typ, v)
	case []int64:
		// Unix ms, if it is a time: that is what precision 3 means.
		return numbers[int64](v), typ == "Int64" || typ == "DateTime64(3)" || strings.HasPrefix(typ, "DateTime64(3, ")
	case []int32:
		return numbers[int32](v), typ == "Int32"
	case []uint8:
		return numbers[uint8](v), typ == "UInt8"
	case []uint16:
		return numbers[uint16](v), typ == "UInt16"
	case []uint32:
		return numbers[uint32](v), typ == "UInt32"
	case []uint64:
		return numbers[uint64](v), typ == "UInt64"
	case []float32:
		return numbers[float32](v), typ == "Float32"
	case []float64:
		return numbers[float64](v), typ == "Float64"
	case [][]int32:
		return lists[int32](v), typ == "Array(Int32)"
	case [][]int64:
		return lists[int64](v), typ == "Array(Int64)"
	case [][]uint32:
		return lists[uint32](v), typ == "Array(UInt32)"
	}
	return nil, false
}

// enumHolds tells whether all values are of an Enum8: the engine does not look.
func enumHolds(typ string, values []int8) bool {
	list, ok := strings.CutPrefix(typ, "Enum8(")
	if !ok {
		return false
	}
	var known [256]bool
	for rest := strings.TrimSuffix(list, ")"); rest != ""; {
		_, after, ok := strings.Cut(rest, "' = ")
		if !ok {
			return false
		}
		number, more, _ := strings.Cut(after, ", ")
		n, err := strconv.ParseInt(number, 10, 8)
		if err != nil {
			return false
		}
		known[uint8(n)] = true
		rest = more
	}
	for _, v := range values {
		if !known[uint8(v)] {
			return false
		}
	}
	return true
}
