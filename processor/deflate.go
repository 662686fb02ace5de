package processor

import (
	"bytes"
	"fmt"

	"github.com/klauspost/compress/flate"

	"hindsight/internal/deflate"
)

// deflater compresses sections into raw deflate, as trackers do. It is for one
// goroutine.
type deflater struct {
	packer *deflate.Packer
	room   []byte
	large  *flate.Writer
	out    bytes.Buffer
}

func newDeflater() deflater { return deflater{packer: deflate.New()} }

const (
	// smallSection is up to how many bytes a section is compressed by its bytes
	// alone. What a page sends as it goes is mostly numbers.
	smallSection = 2 << 10
	// knownSection is up to how many bytes it is compressed with codes that are
	// known beforehand: what counting would save is less than a tenth.
	knownSection = 32 << 10
)

// pack gives a section compressed, in memory that holds until the next call.
func (d *deflater) pack(section []byte) ([]byte, error) {
	switch {
	case len(section) <= smallSection:
		d.room = d.packer.AppendBytes(d.room[:0], section)
		return d.room, nil
	case len(section) <= knownSection:
		d.room = d.packer.AppendPage(d.room[:0], section)
		return d.room, nil
	}
	if d.large == nil {
		fresh, err := flate.NewWriter(nil, flate.BestSpeed)
		if err != nil {
			return nil, fmt.Errorf("make compressor: %w", err)
		}
		d.large = fresh
	}
	if d.out.Cap() > maxKeptBuffer {
		d.out = bytes.Buffer{}
	}
	d.out.Reset()
	d.large.Reset(&d.out)
	if _, err := d.large.Write(section); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := d.large.Close(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	return d.out.Bytes(), nil
}
