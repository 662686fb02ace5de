package native

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Column is one column of a block. Values is a Source of the kind that its type
// asks for.
type Column struct {
	Name, Type string
	Values     any
}

// ErrUnknown says that this package does not write values of such a kind into
// columns of such a type. Somebody else may.
var ErrUnknown = errors.New("native: no way to write these values into a column of this type")

// pieceBytes is about how much of a block lies in memory at a time: it should
// stay in the processor's caches until it is sent.
const pieceBytes = 32 << 10

// Block is a block of rows that is written down as it is read, so that one of
// many megabytes takes no more memory than a piece of it. Make one by NewBlock.
type Block struct {
	mu      sync.Mutex
	closed  bool
	columns []Column
	writers []writer
	begun   bool // the first column's head is written
	piece   []byte
	rest    []byte // of the piece, unread
}

// NewBlock gives a block of so many rows. The error wraps ErrUnknown, and names
// the column.
func NewBlock(rows int, columns []Column) (*Block, error) {
	b := &Block{columns: columns, writers: make([]writer, len(columns))}
	var keys []uint32
	for i, c := range columns {
		w, ok := writerOf(c.Type, c.Values, &keys)
		if !ok || w.rows() != rows {
			return nil, fmt.Errorf("column %s, %s: %w", c.Name, c.Type, ErrUnknown)
		}
		b.writers[i] = w
	}
	b.piece = make([]byte, 0, pieceBytes+pieceBytes/4)
	b.piece = binary.AppendUvarint(b.piece, uint64(len(columns)))
	b.piece = binary.AppendUvarint(b.piece, uint64(rows))
	b.rest = b.piece
	return b, nil
}

// Read gives what follows of the block, as much as there is room for.
func (b *Block) Read(p []byte) (n int, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return 0, io.ErrClosedPipe
	}
	for n < len(p) {
		if len(b.rest) == 0 && !b.more() {
			return n, io.EOF
		}
		m := copy(p[n:], b.rest)
		n, b.rest = n+m, b.rest[m:]
	}
	return n, nil
}

// Close ends reading: the values are not looked at any more. A request that
// failed may go on reading its body when whoever made it has its answer.
func (b *Block) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed, b.columns, b.writers = true, nil, nil
	return nil
}

// more writes the next piece.
func (b *Block) more() bool {
	to := b.piece[:0]
	for len(b.writers) > 0 && len(to) < pieceBytes {
		w := b.writers[0]
		if !b.begun {
			to = appendString(to, b.columns[0].Name)
			to = appendString(to, b.columns[0].Type)
			b.begun = true
		}
		done := w.rows() == 0
		if !done {
			to, done = w.more(to)
		}
		if done {
			b.columns, b.writers, b.begun = b.columns[1:], b.writers[1:], false
		}
	}
	b.piece, b.rest = to, to
	return len(to) > 0
}

// writer writes the values of a column, of which there are some.
type writer interface {
	rows() int
	// more appends the next values, and says whether they were the last ones.
	more(to []byte) (_ []byte, done bool)
}

func appendString[T string | []byte](to []byte, text T) []byte {
	to = binary.AppendUvarint(to, uint64(len(text)))
	return append(to, text...)
}
