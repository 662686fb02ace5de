package recording

import (
	"container/heap"
	"context"
	"math"

	"hindsight/internal/store"
)

// Source fetches the payloads of a run of chunks of one document, in order; of
// the document "" those of all documents of the session, by document.
type Source func(ctx context.Context, document string, first, last uint32) ([]store.ReplayPayload, error)

// Range is a span of corrected time in Unix ms, From inclusive, To exclusive.
type Range struct{ From, To float64 }

// Always is the range that leaves nothing out.
func Always() Range { return Range{math.Inf(-1), math.Inf(1)} }

// Stream calls emit for every event of the chunks within the range, its
// timestamp corrected. The bytes are emit's until it returns. chunks must be
// sorted by document and sequence, as the store lists them.
//
// Documents are merged by time, and the order within a document is never
// changed, whatever its timestamps say: an event whose clock went back goes out
// when its turn comes.
func Stream(ctx context.Context, inflater *Inflater, source Source, chunks []store.ReplayChunk, span Range, emit func(event []byte) error) error {
	var waiting merge // by the first time of what is still to come
	documents := lanes(chunks, span)
	if err := fetchTogether(ctx, source, chunks, documents); err != nil {
		return err
	}
	for _, lane := range documents {
		lane.inflater, lane.source = inflater, source
		waiting = append(waiting, lane)
	}
	heap.Init(&waiting)
	var buf []byte
	for len(waiting) > 0 {
		lane := waiting[0]
		if !lane.open {
			// Only now is anything inflated, and of a long session fetched: documents that
			// lie behind one another are never open together.
			more, err := lane.advance(ctx)
			if err != nil {
				return err
			}
			lane.open = true
			waiting.settle(more)
			continue
		}
		if ts := lane.at; ts >= span.From && ts < span.To {
			buf = appendShifted(buf[:0], lane.head, lane.offset)
			if err := emit(buf); err != nil {
				return err
			}
		}
		more, err := lane.advance(ctx)
		if err != nil {
			return err
		}
		waiting.settle(more)
	}
	return nil
}

// lanes cuts the list of chunks into documents and drops the chunks that lie
// outside the range wholly.
func lanes(chunks []store.ReplayChunk, span Range) []*lane {
	var out []*lane
	for _, c := range chunks {
		offset := float64(c.ClockOffset)
		low, high := float64(min(c.FirstTS, c.LastTS))+offset, float64(max(c.FirstTS, c.LastTS))+offset
		// A second of grace on both sides: first and last are of the first and last
		// event, and one between them may lie a little outside.
		if high+grace < span.From || low-grace >= span.To {
			continue
		}
		if len(out) == 0 || out[len(out)-1].document != c.Document {
			out = append(out, &lane{document: c.Document, at: low - grace})
		}
		last := out[len(out)-1]
		last.chunks = append(last.chunks, c)
	}
	return out
}

const grace = 1000 // ms

// merge is a heap of lanes, the earliest on top; documents that are even go by
// their id, so that an answer is always the same.
type merge []*lane

func (m merge) Len() int { return len(m) }

func (m merge) Less(i, j int) bool {
	if m[i].at != m[j].at {
		return m[i].at < m[j].at
	}
	return m[i].document < m[j].document
}

func (m merge) Swap(i, j int) { m[i], m[j] = m[j], m[i] }

// Push is heap.Interface's; no lane is ever added later.
func (m *merge) Push(x any) { *m = append(*m, x.(*lane)) }

// Pop is heap.Interface's.
func (m *merge) Pop() any {
	old := *m
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*m = old[:len(old)-1]
	return last
}

// settle puts the top lane in its new place, or away when it has ended.
func (m *merge) settle(more bool) {
	if more {
		heap.Fix(m, 0)
		return
	}
	heap.Pop(m)
}
