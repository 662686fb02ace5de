package eventlog

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// A batch is a Kafka record batch (format v2) built in place as records come,
// behind the four bytes of length that a produce request puts in front of it.
// Between two batches nothing is copied: what is sent is what was built.
//
// The format: https://kafka.apache.org/documentation/#recordbatch
type batch struct {
	buf     []byte
	records []pending
	firstMS int64
	maxMS   int64
	sealed  bool // length and checksum are written
}

// pending is a record of a batch that waits to be acknowledged.
type pending struct {
	end  int // where the record ends in buf
	size int64
	done func(error)
}

const (
	lengthPrefix = 4
	batchHeader  = 61
	batchStart   = lengthPrefix + batchHeader
	// maxBatchBytes bounds a batch with its header, key and record headers
	// included; it is below MaxMessageBytes, the broker's limit.
	maxBatchBytes = 1 << 20
	// targetBatchBytes is where a batch is full, unless one record is larger.
	targetBatchBytes = 256 << 10
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (b *batch) reset() {
	if cap(b.buf) < batchStart {
		b.buf = make([]byte, 0, 16<<10)
	}
	b.buf = append(b.buf[:0], make([]byte, batchStart)...)
	clear(b.records)
	b.records = b.records[:0]
	b.sealed = false
}

func (b *batch) empty() bool { return len(b.records) == 0 }

// bytes is the size of the batch as the broker counts it.
func (b *batch) bytes() int { return len(b.buf) - lengthPrefix }

// parts are the pieces of a record that follow each other: what stands before
// the frame, the frame, and the headers behind it.
type parts struct{ head, frame, tail []byte }

// sizes returns what p takes up in b as its next record, with and without the
// length in front.
func (b *batch) sizes(p parts, ms int64) (total, inner int) {
	delta := int64(0)
	if !b.empty() {
		delta = ms - b.firstMS
	}
	inner = 1 + varintSize(delta) + varintSize(int64(len(b.records))) + len(p.head) + len(p.frame) + len(p.tail)
	return varintSize(int64(inner)) + inner, inner
}

// add appends a record. ms is its time, size what it counts against the
// producer's bound.
func (b *batch) add(p parts, ms, size int64, done func(error)) {
	total, inner := b.sizes(p, ms)
	if need := len(b.buf) + total; need > cap(b.buf) {
		// Once, to the size of a full batch: doubling would copy it all again.
		b.buf = append(make([]byte, 0, max(need, batchStart+targetBatchBytes)), b.buf...)
	}
	if b.empty() {
		b.firstMS, b.maxMS = ms, ms
	}
	b.maxMS = max(b.maxMS, ms)
	b.buf = binary.AppendVarint(b.buf, int64(inner))
	b.buf = append(b.buf, 0)
	b.buf = binary.AppendVarint(b.buf, ms-b.firstMS)
	b.buf = binary.AppendVarint(b.buf, int64(len(b.records)))
	b.buf = append(b.buf, p.head...)
	b.buf = append(b.buf, p.frame...)
	b.buf = append(b.buf, p.tail...)
	b.records = append(b.records, pending{end: len(b.buf), size: size, done: done})
}

// seal writes lengths and checksum; the batch then takes no more records.
func (b *batch) seal() {
	if b.sealed {
		return
	}
	b.sealed = true
	be := binary.BigEndian
	be.PutUint32(b.buf, uint32(b.bytes()))
	h := b.buf[lengthPrefix:]
	be.PutUint64(h, 0)                             // base offset: the broker's
	be.PutUint32(h[8:], uint32(len(h)-12))         // length of what follows
	be.PutUint32(h[12:], ^uint32(0))               // partition leader epoch: the broker's
	h[16] = 2                                      // format
	be.PutUint16(h[21:], 0)                        // attributes: not compressed, client's time
	be.PutUint32(h[23:], uint32(len(b.records)-1)) // last offset delta
	be.PutUint64(h[27:], uint64(b.firstMS))        // time of the first record
	be.PutUint64(h[35:], uint64(b.maxMS))          // latest time
	be.PutUint64(h[43:], ^uint64(0))               // producer id: none
	be.PutUint16(h[51:], ^uint16(0))               // producer epoch: none
	be.PutUint32(h[53:], ^uint32(0))               // base sequence: none
	be.PutUint32(h[57:], uint32(len(b.records)))   // records
	be.PutUint32(h[17:], crc32.Checksum(h[21:], castagnoli))
}

// split takes a batch that the broker found too large apart in two, keeping
// the order. It must hold two records or more.
func (b *batch) split() (first, second *batch, err error) {
	first, second = new(batch), new(batch)
	first.reset()
	second.reset()
	start := batchStart
	for i, r := range b.records {
		body, ms, err := b.body(b.buf[start:r.end])
		if err != nil {
			return nil, nil, err
		}
		to := first
		if i >= len(b.records)/2 {
			to = second
		}
		to.add(parts{head: body}, ms, r.size, r.done)
		start = r.end
	}
	return first, second, nil
}

// body undoes add.
func (b *batch) body(record []byte) (body []byte, ms int64, err error) {
	_, n := binary.Varint(record)
	if n <= 0 || n+1 > len(record) {
		return nil, 0, errors.New("record of a batch cannot be read back")
	}
	rest := record[n+1:]
	delta, n := binary.Varint(rest)
	if n <= 0 {
		return nil, 0, errors.New("record of a batch cannot be read back")
	}
	rest = rest[n:]
	if _, n = binary.Varint(rest); n <= 0 {
		return nil, 0, errors.New("record of a batch cannot be read back")
	}
	return rest[n:], b.firstMS + delta, nil
}
