package collector

import (
	"context"
	"errors"
	"io"
	"sync"

	"hindsight/internal/wire"
)

// errTooLarge: a message has more than a frame may have.
var errTooLarge = errors.New("message is larger than a frame may be")

// sizes are the classes of buffers: a quiet page's batch, one that was cut at
// 16 KB, a small snapshot, the largest frame and one byte more, which shows
// that a message is larger.
var sizes = [...]int{4 << 10, 20 << 10, 96 << 10, wire.MaxFrame + 1}

const largest = len(sizes) - 1

// bufferPool lends buffers. A connection holds one only while it reads a
// message and hands it to the log, so that idle ones cost nothing.
type bufferPool struct {
	pools [len(sizes)]sync.Pool
	large chan struct{} // one token for each largest buffer that may be out
}

type buffer struct {
	data  []byte
	class int
}

func newBufferPool(large int) *bufferPool {
	p := &bufferPool{large: make(chan struct{}, large)}
	for class, size := range sizes {
		p.pools[class].New = func() any { return &buffer{data: make([]byte, 0, size), class: class} }
	}
	return p
}

// get lends a buffer; one of the largest class may have to be waited for.
func (p *bufferPool) get(ctx context.Context, class int) (*buffer, error) {
	if class == largest {
		select {
		case p.large <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	b := p.pools[class].Get().(*buffer)
	b.data = b.data[:0]
	return b, nil
}

func (p *bufferPool) put(b *buffer) {
	if b == nil {
		return
	}
	p.pools[b.class].Put(b)
	if b.class == largest {
		<-p.large
	}
}

// read reads a message whole. class is where to begin: the class of the
// message before is a good guess. With errTooLarge the buffer holds the
// message's beginning. The buffer must be put back if it is not nil.
func (p *bufferPool) read(ctx context.Context, r io.Reader, class int) (*buffer, error) {
	b, err := p.get(ctx, class)
	if err != nil {
		return nil, err
	}
	for {
		n, err := r.Read(b.data[len(b.data):cap(b.data)])
		b.data = b.data[:len(b.data)+n]
		switch {
		case err == io.EOF: //nolint:errorlint // a reader ends with io.EOF itself; a wrapped one is a failure
			return b, nil
		case err != nil:
			return b, err
		case len(b.data) < cap(b.data):
			continue
		case b.class == largest:
			return b, errTooLarge
		}
		bigger, err := p.get(ctx, b.class+1)
		if err != nil {
			return b, err
		}
		bigger.data = append(bigger.data, b.data...)
		p.put(b)
		b = bigger
	}
}

// classOf is the smallest class with room for n bytes and one more, which the
// end of the message needs to be seen.
func classOf(n int) int {
	for class, size := range sizes {
		if n < size {
			return class
		}
	}
	return largest
}
