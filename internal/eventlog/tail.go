package eventlog

import (
	"slices"
	"sync"
)

// Tail hands what a producer has just had acknowledged to consumers of the same
// process, so that these need not have it read from the disk, copied into an
// answer and taken apart. Whatever a consumer does not find here in unbroken
// order (what others have appended, what was appended before it began, what there
// was no room for) it asks the broker for, as any consumer does: the log is what
// counts, and a tail may lose anything. Make one by NewTail.
type Tail struct {
	mu        sync.Mutex
	followers []*follower
	room      tailRoom
}

// NewTail returns a tail that nobody follows yet.
func NewTail() *Tail { return &Tail{} }

const (
	// maxTailBytes bounds what waits for one consumer: as much as a producer holds
	// at most by default. When it is full the oldest stays, since that is read
	// first; what comes is left to the broker.
	maxTailBytes = 64 << 20
	// farBehind is so many records of a partition that a consumer lacks. Nothing is
	// kept for one that has further to go before it gets there.
	farBehind = 2000
)

// follower is what waits for one consumer.
type follower struct {
	tail  *Tail
	fresh chan struct{} // capacity 1: something has come

	mu    sync.Mutex
	parts map[int]*waiting
	bytes int
}

// waiting is what waits of a partition.
type waiting struct {
	pieces []piece // ascending
	next   int64   // what the consumer wants next, as far as it has told
	end    int64   // the log's, as far as the producer was told, also of what there was no room for
}

// piece is an acknowledged batch.
type piece struct {
	base    int64 // offset of its first record
	count   int
	firstMS int64
	records []byte // as they stand in the batch
	in      *chunk // the memory that they lie in
}

func (p *piece) end() int64 { return p.base + int64(p.count) }

// follow begins to keep what is appended to partitions, from the offsets at which
// they are read.
func (t *Tail) follow(from map[int]int64) *follower {
	f := &follower{tail: t, fresh: make(chan struct{}, 1), parts: make(map[int]*waiting, len(from))}
	for p, next := range from {
		f.parts[p] = &waiting{next: next}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.followers = append(t.followers, f)
	return f
}

func (t *Tail) unfollow(f *follower) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.followers = slices.DeleteFunc(t.followers, func(other *follower) bool { return other == f })
}

// giveBack takes the memory of pieces back that nobody looks at any more.
func (t *Tail) giveBack(of []*chunk) {
	if len(of) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range of {
		t.room.giveBack(c)
	}
}

// add tells of a batch that the log has, from offset base on. The batch is its
// caller's to use again.
func (t *Tail) add(partition int, base int64, b *batch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.followers) == 0 {
		return
	}
	p := piece{base: base, count: len(b.records), firstMS: b.firstMS}
	for _, f := range t.followers {
		f.add(partition, &p, b.buf[batchStart:], &t.room)
	}
}

func (f *follower) add(partition int, p *piece, records []byte, room *tailRoom) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := f.parts[partition]
	if w == nil {
		return
	}
	w.end = max(w.end, p.end())
	if f.bytes+len(records) > maxTailBytes || len(w.pieces) == 0 && p.base > w.next+farBehind {
		return
	}
	if p.records == nil {
		p.records, p.in = room.keep(partition, records)
	}
	p.in.pieces++
	w.pieces = append(w.pieces, *p)
	f.bytes += len(records)
	select {
	case f.fresh <- struct{}{}:
	default:
	}
}

// take gives the batches of a partition that follow each other from offset next
// on, the first of which may begin before it, until most bytes are passed; and
// lets go of what lies before. end is where the log ends, as far as is known. The
// memory of what is taken is to be given back.
func (f *follower) take(partition int, next int64, most int) (taken []piece, end int64) {
	var passed []*chunk
	defer func() { f.tail.giveBack(passed) }()
	f.mu.Lock()
	defer f.mu.Unlock()
	w, n := f.parts[partition], 0
	for n < len(w.pieces) && most > 0 && w.pieces[n].base <= next {
		p := w.pieces[n]
		if n++; p.end() > next {
			taken, next = append(taken, p), p.end()
			most -= len(p.records)
		} else {
			passed = append(passed, p.in)
		}
		f.bytes -= len(p.records)
	}
	clear(w.pieces[:n])
	w.pieces, w.next = w.pieces[n:], next
	return taken, w.end
}

// forget lets go of all that waits.
func (f *follower) forget() {
	var left []*chunk
	f.mu.Lock()
	for _, w := range f.parts {
		for _, p := range w.pieces {
			left = append(left, p.in)
		}
		w.pieces = nil
	}
	f.bytes = 0
	f.mu.Unlock()
	f.tail.giveBack(left)
}

// look tells what waits of a partition: whether the record at offset next does,
// or only ones behind it.
func (f *follower) look(partition int, next int64) (has, behind bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.parts[partition].pieces {
		if p.end() > next {
			return p.base <= next, p.base > next
		}
	}
	return false, false
}
