package eventlog

// tailRoom is the memory that pieces of a tail lie in, used again and again: what
// a process has never touched, or not for a while, costs more to get from the
// system than to copy a batch. A consumer that keeps up has the tail go round in
// memory that is still in the caches. The zero value is ready; the tail's lock
// guards it.
type tailRoom struct {
	// filling is the chunk of each partition that is not full yet. Partitions have
	// chunks of their own since each is read in its order, and they take turns.
	filling map[int]*chunk
	spare   []*chunk
}

// chunk is memory of which pieces of a partition have parts.
type chunk struct {
	buf     []byte
	pieces  int // that have not been given back
	filling bool
}

const (
	// chunkBytes has room for a full batch.
	chunkBytes = batchStart + targetBatchBytes
	// maxSpare bounds what is kept to be used again, at 8 MiB: enough for a consumer
	// that keeps up. What a backlog took is let go when it is worked off, or the
	// garbage collector would wait for twice as much again.
	maxSpare = 32
)

// keep copies the records of a batch. Whoever keeps the copy counts itself among
// the chunk's pieces.
func (r *tailRoom) keep(partition int, records []byte) ([]byte, *chunk) {
	if len(records) > chunkBytes {
		return append([]byte(nil), records...), &chunk{}
	}
	c := r.filling[partition]
	if c == nil || cap(c.buf)-len(c.buf) < len(records) {
		c = r.next(c)
		if r.filling == nil {
			r.filling = map[int]*chunk{}
		}
		r.filling[partition] = c
	}
	from := len(c.buf)
	c.buf = append(c.buf, records...)
	return c.buf[from:len(c.buf):len(c.buf)], c
}

// next is the chunk to fill after another one.
func (r *tailRoom) next(full *chunk) (c *chunk) {
	if full != nil {
		full.filling = false
	}
	if last := len(r.spare) - 1; last >= 0 {
		c, r.spare[last] = r.spare[last], nil
		r.spare = r.spare[:last]
	} else {
		c = &chunk{buf: make([]byte, 0, chunkBytes)}
	}
	c.filling = true
	return c
}

// giveBack takes a piece's memory back.
func (r *tailRoom) giveBack(c *chunk) {
	c.pieces--
	switch {
	case c.pieces > 0 || c.buf == nil:
	case c.filling:
		c.buf = c.buf[:0] // from the front again: it is in the caches
	case len(r.spare) < maxSpare:
		c.buf = c.buf[:0]
		r.spare = append(r.spare, c)
	}
}
