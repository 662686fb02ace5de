package processor

import "hindsight/internal/store"

// rooms is where rows lie: many records' rows of a kind in one piece of memory,
// since a record has one or two of each and to make room for so few costs more
// than to fill it. They live as long as each other in any case, until their batch
// is stored; then the room is used for the next one's (reset). Memory that a
// process has not touched for a while, or never, costs more to get from the
// system than the rows in it to make. The zero value is ready; it is for one
// goroutine.
type rooms struct {
	records  slab[store.Record]
	views    slab[store.ViewRow]
	hits     slab[store.HitRow]
	events   slab[store.EventRow]
	heat     slab[store.HeatRow]
	traces   slab[store.TraceRow]
	chunks   slab[store.ChunkRow]
	places   slab[int32]
	weights  slab[uint32]
	payloads slab[byte]
}

const (
	slabRows   = 64
	slabPlaces = 2048 // of 16 KB and less
	slabBytes  = 256 << 10
)

// reset takes all room back: nobody looks at the rows any more.
func (r *rooms) reset() {
	r.records.reset()
	r.views.reset()
	r.hits.reset()
	r.events.reset()
	r.heat.reset()
	r.traces.reset()
	r.chunks.reset()
	r.places.reset()
	r.weights.reset()
	r.payloads.reset()
}

// keep gives bytes of their own.
func (r *rooms) keep(bytes []byte) []byte {
	return append(r.payloads.take(len(bytes), slabBytes), bytes...)
}

// slab is memory of which parts are given away, and taken back at one go.
type slab[T any] struct {
	free       []T // of the last of used
	used, idle [][]T
}

// take is an empty list that can take n elements, all zero; nil for none. most
// are so many that are made at a time.
func (s *slab[T]) take(n, most int) []T {
	switch {
	case n == 0:
		return nil
	case n > len(s.free) && n > most/4:
		return make([]T, 0, n)
	case n > len(s.free):
		s.free = s.another(most)
	}
	out := s.free[:0:n]
	s.free = s.free[n:]
	return out
}

func (s *slab[T]) another(most int) (piece []T) {
	if last := len(s.idle) - 1; last >= 0 {
		piece, s.idle = s.idle[last], s.idle[:last]
	} else {
		piece = make([]T, most)
	}
	s.used = append(s.used, piece)
	return piece
}

// reset takes back what was given away. Twice as much is kept as was in use: what
// a backlog took is let go when it is worked off.
func (s *slab[T]) reset() {
	for _, piece := range s.used {
		clear(piece) // also of what its texts would keep in memory
	}
	keep := min(len(s.idle), len(s.used))
	clear(s.idle[keep:])
	s.idle = append(s.idle[:keep], s.used...)
	clear(s.used)
	s.free, s.used = nil, s.used[:0]
}

// one is a single row.
func (s *slab[T]) one() *T { return &s.take(1, slabRows)[:1][0] }
