package processor

import (
	"bytes"
	"fmt"

	"github.com/klauspost/compress/flate"
)

// deflater compresses sections into raw deflate, as trackers do. The zero value
// is ready; it is for one goroutine.
type deflater struct {
	small, large *flate.Writer
	out          bytes.Buffer
}

// smallSection is up to how many bytes a section is compressed by the
// frequency of its bytes alone. What a page sends as it goes is mostly numbers:
// looking for what repeats takes twice as long there, for an eighth less.
const smallSection = 2 << 10

// pack gives a section compressed, in memory of its own.
func (d *deflater) pack(section []byte) ([]byte, error) {
	w, level := &d.large, flate.BestSpeed
	if len(section) <= smallSection {
		w, level = &d.small, flate.HuffmanOnly
	}
	if *w == nil {
		fresh, err := flate.NewWriter(nil, level)
		if err != nil {
			return nil, fmt.Errorf("make compressor: %w", err)
		}
		*w = fresh
	}
	d.out.Reset()
	(*w).Reset(&d.out)
	if _, err := (*w).Write(section); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := (*w).Close(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	packed := bytes.Clone(d.out.Bytes())
	if d.out.Cap() > maxKeptBuffer {
		d.out = bytes.Buffer{}
	}
	return packed, nil
}
