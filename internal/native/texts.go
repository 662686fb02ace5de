package native

import "encoding/binary"

// texts are written each with its length in front.
type texts[T string | []byte] struct {
	pieces[T]
	left []T // of a piece
}

func (w *texts[T]) more(to []byte) ([]byte, bool) {
	if len(w.left) == 0 {
		w.left = w.next()
	}
	for len(w.left) > 0 && len(to) < pieceBytes {
		to = appendString(to, w.left[0])
		w.left = w.left[1:]
	}
	return to, w.done() && len(w.left) == 0
}

// fixed are bytes of one length.
type fixed[T [16]byte | [32]byte] struct{ pieces[T] }

func (w *fixed[T]) more(to []byte) ([]byte, bool) {
	switch piece := any(w.next()).(type) {
	case [][16]byte:
		for i := range piece {
			to = append(to, piece[i][:]...)
		}
	case [][32]byte:
		for i := range piece {
			to = append(to, piece[i][:]...)
		}
	}
	return to, w.done()
}

// What stands before a column of LowCardinality and before its block.
const (
	sharedDictionaries = 1
	additionalKeys     = 1 << 9
	updateDictionary   = 1 << 10
)

// dictionary is a column of texts that are often the same: each once, the
// column's default first, and for each row which one.
type dictionary struct {
	values pieces[string]
	room   *[]uint32 // for keys, the block's
	words  []string
	keys   []uint32 // of the rows that are not written yet
	width  int      // of a key: 0, 1 or 2 for 1, 2 or 4 bytes
}

func (d *dictionary) rows() int { return d.values.Rows }

func (d *dictionary) more(to []byte) ([]byte, bool) {
	le := binary.LittleEndian
	if d.words == nil {
		d.read()
		to = le.AppendUint64(to, sharedDictionaries)
		to = le.AppendUint64(to, uint64(additionalKeys|updateDictionary|d.width))
		to = le.AppendUint64(to, uint64(len(d.words)))
		for _, word := range d.words {
			to = appendString(to, word)
		}
		to = le.AppendUint64(to, uint64(len(d.keys)))
	}
	piece := d.keys[:min(pieceRows, len(d.keys))]
	d.keys = d.keys[len(piece):]
	for _, k := range piece {
		switch d.width {
		case 0:
			to = append(to, byte(k))
		case 1:
			to = le.AppendUint16(to, uint16(k))
		default:
			to = le.AppendUint32(to, k)
		}
	}
	return to, len(d.keys) == 0
}

// read finds the words and the key of each row.
func (d *dictionary) read() {
	d.words, d.keys = []string{""}, (*d.room)[:0]
	known := map[string]uint32{"": 0}
	last, key := "", uint32(0)
	for !d.values.done() {
		for _, text := range d.values.next() {
			if text != last { // neighbours are of one batch, and mostly say the same
				k, ok := known[text]
				if !ok {
					k = uint32(len(d.words))
					known[text] = k
					d.words = append(d.words, text)
				}
				last, key = text, k
			}
			d.keys = append(d.keys, key)
		}
	}
	*d.room = d.keys // columns are written one after the other
	switch {
	case len(d.words) > 1<<16:
		d.width = 2
	case len(d.words) > 1<<8:
		d.width = 1
	}
}
