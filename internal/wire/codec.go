package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"

	"hindsight/internal/inflate"
)

// Codec says how a section is compressed.
type Codec uint8

// The codecs of the protocol. None is needed: at unload a browser has no
// synchronous compressor.
const (
	CodecNone Codec = iota
	CodecGzip
	CodecDeflateRaw
)

// maxExpansion bounds what deflate can make of one byte (1032), with room for
// the last partial block. A header that promises more is a lie, and believing
// it would cost memory.
const maxExpansion = 1040

// Faults of a section that only inflating shows.
var (
	// ErrSectionCorrupt: the compressed data is broken, cut or has a tail.
	ErrSectionCorrupt = errors.New("section is corrupt")
	// ErrSectionLength: the section inflates to another length than declared.
	ErrSectionLength = errors.New("section has another length than declared")
)

// Inflate appends the section src, inflated, to dst. raw is the length that
// the header declares; a section that is longer is refused at the first byte
// too many, without inflating the rest. dst is given back unchanged, apart
// from its capacity, beside an error.
func Inflate(dst []byte, codec Codec, src []byte, raw int) ([]byte, error) {
	switch {
	case codec == CodecNone && len(src) != raw:
		return dst, ErrSectionLength
	case codec == CodecNone:
		return append(dst, src...), nil
	case raw < 0 || raw > len(src)*maxExpansion:
		return dst, ErrSectionLength
	}
	in := inflaters.Get().(*inflater)
	defer inflaters.Put(in)
	if codec == CodecDeflateRaw {
		return in.whole(dst, src, raw)
	}
	in.src.Reset(src)
	r, err := in.open(codec)
	if err != nil {
		return dst, err
	}
	start := len(dst)
	dst = slices.Grow(dst, raw)
	out := dst[start : start+raw]
	if n, err := io.ReadFull(r, out); err != nil {
		if n < raw && (err == io.EOF || err == io.ErrUnexpectedEOF) && in.ended(r) {
			return dst[:start], ErrSectionLength
		}
		return dst[:start], ErrSectionCorrupt
	}
	// The end must be here, and nothing of the section may be left over.
	switch n, err := r.Read(in.probe[:]); {
	case n > 0:
		return dst[:start], ErrSectionLength
	case err != io.EOF || in.src.Len() > 0:
		return dst[:start], ErrSectionCorrupt
	}
	return dst[:start+raw], nil
}

// inflater holds the readers of both codecs; building one costs as much as
// inflating a small section.
type inflater struct {
	deflate inflate.Inflater
	src     bytes.Reader
	gzip    gzip.Reader
	probe   [1]byte
}

var inflaters = sync.Pool{New: func() any { return new(inflater) }}

// whole inflates what has no header around it, as nearly all sections.
func (in *inflater) whole(dst, src []byte, raw int) ([]byte, error) {
	out, err := in.deflate.Inflate(dst, src, raw)
	switch {
	case errors.Is(err, inflate.ErrLength):
		return dst, ErrSectionLength
	case err != nil:
		return dst, ErrSectionCorrupt
	}
	return out, nil
}

func (in *inflater) open(codec Codec) (io.Reader, error) {
	if codec == CodecGzip {
		if err := in.gzip.Reset(&in.src); err != nil {
			return nil, ErrSectionCorrupt
		}
		in.gzip.Multistream(false)
		return &in.gzip, nil
	}
	return nil, fmt.Errorf("codec %d: %w", codec, ErrSectionCorrupt)
}

// ended tells a stream that came to its proper end from one that was cut.
func (in *inflater) ended(r io.Reader) bool {
	n, err := r.Read(in.probe[:])
	return n == 0 && err == io.EOF
}

// Deflate appends raw, compressed by codec, to dst.
func Deflate(dst []byte, codec Codec, raw []byte) ([]byte, error) {
	if codec == CodecNone {
		return append(dst, raw...), nil
	}
	d := deflaters.Get().(*deflater)
	defer deflaters.Put(d)
	d.out = dst
	defer func() { d.out = nil }()
	var w interface {
		io.WriteCloser
		Reset(io.Writer)
	}
	switch codec {
	case CodecGzip:
		w = d.gzip
	case CodecDeflateRaw:
		w = d.deflate
	default:
		return dst, errCodec
	}
	w.Reset(d)
	if _, err := w.Write(raw); err != nil {
		return dst, err
	}
	if err := w.Close(); err != nil {
		return dst, err
	}
	return d.out, nil
}

type deflater struct {
	out     []byte
	gzip    *gzip.Writer
	deflate *flate.Writer
}

func (d *deflater) Write(p []byte) (int, error) {
	d.out = append(d.out, p...)
	return len(p), nil
}

var deflaters = sync.Pool{New: func() any {
	// The level is constant and valid, so this cannot fail.
	w, err := flate.NewWriter(nil, flate.DefaultCompression)
	if err != nil {
		panic(err)
	}
	return &deflater{gzip: gzip.NewWriter(nil), deflate: w}
}}
