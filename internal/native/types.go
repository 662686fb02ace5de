package native

import (
	"strconv"
	"strings"
)

// writerOf finds who writes values into a column of a type. Dictionaries share
// the room for keys.
func writerOf(typ string, values any, keys *[]uint32) (writer, bool) {
	switch v := values.(type) {
	case Source[string]:
		switch typ {
		case "String":
			return &texts[string]{pieces: newPieces(v)}, true
		case "LowCardinality(String)":
			return &dictionary{values: newPieces(v), room: keys}, true
		}
	case Source[[]byte]:
		return &texts[[]byte]{pieces: newPieces(v)}, typ == "String"
	case Source[[16]byte]:
		return &fixed[[16]byte]{newPieces(v)}, typ == "FixedString(16)"
	case Source[[32]byte]:
		return &fixed[[32]byte]{newPieces(v)}, typ == "FixedString(32)"
	case Source[Day]:
		return &dates{newPieces(v)}, typ == "Date"
	case Source[int8]:
		return &numbers[int8]{newPieces(v)}, typ == "Int8" || enumHolds(typ, v)
	case Source[int64]:
		// Unix ms, if it is a time: that is what precision 3 means.
		return &numbers[int64]{newPieces(v)}, typ == "Int64" || typ == "DateTime64(3)" || strings.HasPrefix(typ, "DateTime64(3, ")
	case Source[int32]:
		return &numbers[int32]{newPieces(v)}, typ == "Int32"
	case Source[uint8]:
		return &numbers[uint8]{newPieces(v)}, typ == "UInt8"
	case Source[uint16]:
		return &numbers[uint16]{newPieces(v)}, typ == "UInt16"
	case Source[uint32]:
		return &numbers[uint32]{newPieces(v)}, typ == "UInt32"
	case Source[uint64]:
		return &numbers[uint64]{newPieces(v)}, typ == "UInt64"
	case Source[float32]:
		return &numbers[float32]{newPieces(v)}, typ == "Float32"
	case Source[float64]:
		return &numbers[float64]{newPieces(v)}, typ == "Float64"
	case Source[[]int32]:
		return &lists[int32]{pieces: newPieces(v)}, typ == "Array(Int32)"
	case Source[[]int64]:
		return &lists[int64]{pieces: newPieces(v)}, typ == "Array(Int64)"
	case Source[[]uint32]:
		return &lists[uint32]{pieces: newPieces(v)}, typ == "Array(UInt32)"
	}
	return nil, false
}

// enumHolds tells whether all values are of an Enum8: the engine does not look.
func enumHolds(typ string, values Source[int8]) bool {
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
	for all := newPieces(values); !all.done(); {
		for _, v := range all.next() {
			if !known[uint8(v)] {
				return false
			}
		}
	}
	return true
}
