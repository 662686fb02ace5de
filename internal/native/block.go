package native

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Column is one column of a block: a slice with a value for each row, of the
// kind that its type asks for.
type Column struct {
	Name, Type string
	Values     any
}

// ErrUnknown says that this package does not write values of such a kind into
// columns of such a type. Somebody else may.
var ErrUnknown = errors.New("native: no way to write these values into a column of this type")

// Block gives a block of so many rows. The error wraps ErrUnknown, and names the
// column.
func Block(rows int, columns []Column) ([]byte, error) {
	size := 2 * binary.MaxVarintLen64
	writers := make([]writer, len(columns))
	for i, c := range columns {
		w, ok := writerOf(c.Type, c.Values)
		if !ok || w.rows() != rows {
			return nil, fmt.Errorf("column %s, %s: %w", c.Name, c.Type, ErrUnknown)
		}
		writers[i] = w
		size += 2*binary.MaxVarintLen64 + len(c.Name) + len(c.Type) + w.size()
	}
	out := make([]byte, 0, size) // once: these are megabytes
	out = binary.AppendUvarint(out, uint64(len(columns)))
	out = binary.AppendUvarint(out, uint64(rows))
	for i, c := range columns {
		out = appendString(out, c.Name)
		out = appendString(out, c.Type)
		if rows > 0 {
			out = writers[i].append(out)
		}
	}
	return out, nil
}

// writer writes the values of a column.
type writer interface {
	rows() int
	size() int // at most so many bytes
	append(to []byte) []byte
}

func appendString[T string | []byte](to []byte, text T) []byte {
	to = binary.AppendUvarint(to, uint64(len(text)))
	return append(to, text...)
}
