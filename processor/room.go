package processor

import "hindsight/internal/store"

// rooms is where rows lie: many records' rows of a kind in one piece of memory,
// since a record has one or two of each and to make room for so few costs more
// than to fill it. They live as long as each other in any case, until their batch
// is stored. The zero value is ready; it is for one goroutine.
type rooms struct {
	records slab[store.Record]
	views   slab[store.ViewRow]
	hits    slab[store.HitRow]
	events  slab[store.EventRow]
	heat    slab[store.HeatRow]
	traces  slab[store.TraceRow]
	chunks  slab[store.ChunkRow]
	places  slab[int32]
	weights slab[uint32]
}

const (
	slabRows   = 64
	slabPlaces = 2048 // of 16 KB and less
)

// slab is memory of which parts are given away.
type slab[T any] struct{ free []T }

// take is an empty list that can take n elements, all zero; nil for none. most
// are so many that are made at a time.
func (s *slab[T]) take(n, most int) []T {
	switch {
	case n == 0:
		return nil
	case n > len(s.free) && n > most/4:
		return make([]T, 0, n)
	case n > len(s.free):
		s.free = make([]T, most)
	}
	out := s.free[:0:n]
	s.free = s.free[n:]
	return out
}

// one is a single row.
func (s *slab[T]) one() *T { return &s.take(1, slabRows)[:1][0] }
