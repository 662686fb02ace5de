package collector

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"hindsight/internal/eventlog"
	"hindsight/internal/seal"
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
	slots [len(sizes)]*slots // nil where any number may be out
}

type buffer struct {
	data  []byte
	class int
	lease *lease // nil where any number may be out
	// What goes to the log together with the data; here, so that it is no garbage.
	record eventlog.Record
	sealed [seal.Size]byte
}

// mediumShare is how many buffers of the second largest class may be out for
// each of the largest: about as many bytes.
const mediumShare = 8

// newBufferPool has so many of the largest buffers; slow says when a reader that
// others wait for is judged, evicted counts those that are made to go.
func newBufferPool(large int, slow time.Duration, evicted func()) *bufferPool {
	p := &bufferPool{}
	// Two sets, so that whoever waits for a larger buffer while it holds a
	// smaller one waits for somebody that waits for nobody.
	p.slots[largest] = newSlots(large, slow, evicted)
	p.slots[largest-1] = newSlots(mediumShare*large, slow, evicted)
	for class, size := range sizes {
		p.pools[class].New = func() any { return &buffer{data: make([]byte, 0, size), class: class} }
	}
	return p
}

// get lends a buffer; one of the two largest classes may have to be waited for.
// end is called when this reader is too slow and others wait; pace, in bytes a
// second, is how fast it was so far.
func (p *bufferPool) get(ctx context.Context, class int, pace float64, end func()) (*buffer, error) {
	var held *lease
	if limited := p.slots[class]; limited != nil {
		var err error
		if held, err = limited.take(ctx, pace, end); err != nil {
			return nil, err
		}
	}
	b := p.pools[class].Get().(*buffer)
	b.data, b.lease = b.data[:0], held
	return b, nil
}

func (p *bufferPool) put(b *buffer) {
	if b == nil {
		return
	}
	held := b.lease
	b.lease, b.record = nil, eventlog.Record{}
	p.pools[b.class].Put(b)
	if held != nil {
		p.slots[b.class].give(held)
	}
}

// read reads a message whole. class is where to begin: the class of the
// message before is a good guess. With errTooLarge the buffer holds the
// message's beginning. The buffer must be put back if it is not nil. end must
// make r fail; it is called, from another goroutine, when the message comes so
// slowly that others are kept waiting. nil: it never is.
func (p *bufferPool) read(ctx context.Context, r io.Reader, class int, end func()) (*buffer, error) {
	b, err := p.get(ctx, class, unknownPace, end)
	if err != nil {
		return nil, err
	}
	for {
		n, err := r.Read(b.data[len(b.data):cap(b.data)])
		b.data = b.data[:len(b.data)+n]
		b.lease.read(n)
		switch {
		case err == io.EOF: //nolint:errorlint // a reader ends with io.EOF itself; a wrapped one is a failure
			b.lease.finish()
			return b, nil
		case err != nil:
			return b, err
		case len(b.data) < cap(b.data):
			continue
		case b.class == largest:
			return b, errTooLarge
		}
		b.lease.finish() // whoever waits for a larger one is not slow
		bigger, err := p.get(ctx, b.class+1, b.lease.pace(), end)
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
