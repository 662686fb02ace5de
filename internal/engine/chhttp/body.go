package chhttp

import (
	"errors"
	"io"
)

// eofReader turns ch-go's wrapped io.EOF into the plain one that readers are
// expected to return. A body that breaks off is io.ErrUnexpectedEOF, which this
// leaves alone.
type eofReader struct{ r io.Reader }

func (e eofReader) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if err != nil && errors.Is(err, io.EOF) {
		err = io.EOF
	}
	return n, err
}

// fill reads until buf is full or an error comes. Other than io.ReadFull it
// leaves a body that broke off (io.ErrUnexpectedEOF) distinguishable from one
// that ended (io.EOF).
func fill(r io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var m int
		m, err = r.Read(buf[n:])
		n += m
	}
	return n, err
}
