package native

import "encoding/binary"

// texts are written each with its length in front.
type texts[T string | []byte] []T

func (v texts[T]) rows() int { return len(v) }

func (v texts[T]) size() int {
	n := 0
	for _, text := range v {
		n += 3 + len(text)
	}
	return n
}

func (v texts[T]) append(to []byte) []byte {
	for _, text := range v {
		to = appendString(to, text)
	}
	return to
}

// fixed are bytes of one length.
type fixed[T [16]byte | [32]byte] []T

func (v fixed[T]) rows() int { return len(v) }
func (v fixed[T]) size() int { return len(v) * len(*new(T)) }

func (v fixed[T]) append(to []byte) []byte {
	switch v := any([]T(v)).(type) {
	case [][16]byte:
		for i := range v {
			to = append(to, v[i][:]...)
		}
	case [][32]byte:
		for i := range v {
			to = append(to, v[i][:]...)
		}
	}
	return to
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
	words []string
	keys  []uint32
	bytes int
}

func newDictionary(values []string) *dictionary {
	d := &dictionary{words: []string{""}, keys: make([]uint32, len(values))}
	known := map[string]uint32{"": 0}
	last, key := "", uint32(0)
	for i, text := range values {
		if text != last { // neighbours are of one batch, and mostly say the same
			k, ok := known[text]
			if !ok {
				k = uint32(len(d.words))
				known[text] = k
				d.words = append(d.words, text)
			}
			last, key = text, k
		}
		d.keys[i] = key
	}
	d.bytes = texts[string](d.words).size()
	return d
}

func (d *dictionary) rows() int { return len(d.keys) }
func (d *dictionary) size() int { return 32 + d.bytes + 4*len(d.keys) }

func (d *dictionary) append(to []byte) []byte {
	width := 0 // of a key: 1, 2 or 4 bytes
	switch {
	case len(d.words) > 1<<16:
		width = 2
	case len(d.words) > 1<<8:
		width = 1
	}
	le := binary.LittleEndian
	to = le.AppendUint64(to, sharedDictionaries)
	to = le.AppendUint64(to, uint64(additionalKeys|updateDictionary|width))
	to = le.AppendUint64(to, uint64(len(d.words)))
	to = texts[string](d.words).append(to)
	to = le.AppendUint64(to, uint64(len(d.keys)))
	for _, k := range d.keys {
		switch width {
		case 0:
			to = append(to, byte(k))
		case 1:
			to = le.AppendUint16(to, uint16(k))
		default:
			to = le.AppendUint32(to, k)
		}
	}
	return to
}
