package recording

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"

	"hindsight/internal/rrweb"
	"hindsight/internal/store"
)

// maxSection is the largest replay section, decompressed: the wire's limit.
const maxSection = 16 << 20

// errEncrypted: per-recording keys come later; nothing stores such chunks yet.
var errEncrypted = errors.New("a chunk is encrypted by a key that is not known here")

// Inflater decompresses payloads, and writes out what rests as a tracker sent
// it. It is safe for concurrent use: the decoder keeps a pool of its own.
type Inflater struct {
	decoder *zstd.Decoder
	short   sync.Pool // *writer
}

// writer reads sections that rest as they came, one at a time.
type writer struct {
	source  bytes.Reader
	deflate io.ReadCloser
	text    bytes.Buffer
	reader  rrweb.Reader
}

// NewInflater returns an inflater that refuses what would grow over the wire's
// limit. Close it in the end.
func NewInflater() (*Inflater, error) {
	d, err := zstd.NewReader(nil,
		zstd.WithDecoderMaxMemory(maxSection), zstd.WithDecoderConcurrency(0), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, fmt.Errorf("zstd: %w", err)
	}
	return &Inflater{decoder: d, short: sync.Pool{New: func() any { return &writer{deflate: flate.NewReader(nil)} }}}, nil
}

// Close lets go of the decoder's memory.
func (i *Inflater) Close() { i.decoder.Close() }

func (i *Inflater) inflate(p store.ReplayPayload, rawBytes uint32) ([]byte, error) {
	if p.KeyID != 0 {
		return nil, errEncrypted
	}
	if p.Codec == "deflate" {
		w := i.short.Get().(*writer)
		defer i.short.Put(w)
		return w.write(p.Bytes)
	}
	return i.inflateText(p.Codec, p.Bytes, rawBytes)
}

// write gives a section as rrweb would write it. The processor has read it in
// the same way before it was stored.
func (w *writer) write(section []byte) ([]byte, error) {
	w.source.Reset(section)
	if err := w.deflate.(flate.Resetter).Reset(&w.source, nil); err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	w.text.Reset()
	switch n, err := w.text.ReadFrom(io.LimitReader(w.deflate, maxSection+1)); {
	case err != nil:
		return nil, fmt.Errorf("decompress: %w", err)
	case n > maxSection:
		return nil, errors.New("decompress: the section is too long")
	}
	s, err := w.reader.Read(w.text.Bytes(), maxSection)
	if w.text.Cap() > maxKept {
		w.text = bytes.Buffer{}
	}
	if err != nil {
		return nil, fmt.Errorf("write out: %w", err)
	}
	return bytes.Clone(s.Text), nil
}

// maxKept bounds the memory that a writer keeps between sections.
const maxKept = 1 << 20

// inflateText decompresses what holds rawBytes, as far as is known.
func (i *Inflater) inflateText(codec string, payload []byte, rawBytes uint32) ([]byte, error) {
	if codec != "zstd" {
		return nil, fmt.Errorf("stored by the unknown codec %q", codec)
	}
	out, err := i.decoder.DecodeAll(payload, make([]byte, 0, min(rawBytes, maxSection)))
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	return out, nil
}
