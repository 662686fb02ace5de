package recording

import (
	"context"
	"fmt"
	"math"

	"hindsight/internal/store"
)

// lane is one document on its way through the merge.
type lane struct {
	document string
	chunks   []store.ReplayChunk // not fetched yet
	inflater *Inflater
	source   Source

	fetched []fetched // compressed, in order
	scan    *scanner  // of the chunk being read
	offset  int64     // of the chunk being read, ms

	open bool
	head event
	at   float64 // corrected time of head; before open, a time not after the first event
}

type fetched struct {
	chunk   store.ReplayChunk
	payload store.ReplayPayload
}

// A run of chunks that is fetched at once: about two minutes of a busy page.
const (
	runChunks = 64
	runBytes  = 4 << 20 // decompressed
)

// advance moves head to the next event; false at the end of the document.
func (l *lane) advance(ctx context.Context) (bool, error) {
	for {
		if l.scan != nil {
			e, ok, err := l.scan.next()
			if err != nil {
				return false, fmt.Errorf("document %s: %w", l.document, err)
			}
			if ok {
				l.head, l.at = e, e.ts+float64(l.offset)
				return true, nil
			}
			l.scan = nil
		}
		if more, err := l.nextChunk(ctx); !more || err != nil {
			return false, err
		}
	}
}

// nextChunk opens the next chunk; false when there is none.
func (l *lane) nextChunk(ctx context.Context) (bool, error) {
	for len(l.fetched) == 0 {
		if len(l.chunks) == 0 {
			return false, nil
		}
		if err := l.fetch(ctx); err != nil {
			return false, err
		}
	}
	next := l.fetched[0]
	l.fetched[0] = fetched{} // the compressed bytes may go
	l.fetched = l.fetched[1:]
	raw, err := l.inflater.inflate(next.payload, next.chunk.RawBytes)
	if err != nil {
		return false, fmt.Errorf("document %s, sequence %d: %w", l.document, next.chunk.Sequence, err)
	}
	l.offset = next.chunk.ClockOffset
	l.scan, err = newScanner(raw)
	return err == nil, err
}

// fetch takes the next run. A chunk that was listed and is gone (erased, past
// retention by now) is left out.
func (l *lane) fetch(ctx context.Context) error {
	n := lengthOfRun(l.chunks)
	run := l.chunks[:n]
	l.chunks = l.chunks[n:]
	payloads, err := l.source(ctx, l.document, run[0].Sequence, run[n-1].Sequence)
	if err != nil {
		return err
	}
	l.take(run, payloads)
	return nil
}

// lengthOfRun is how many of the chunks, from the first on, are fetched at once.
func lengthOfRun(chunks []store.ReplayChunk) int {
	n, bytes := 0, 0
	for n < len(chunks) && n < runChunks && (n == 0 || bytes+int(chunks[n].RawBytes) <= runBytes) {
		bytes += int(chunks[n].RawBytes)
		n++
	}
	return n
}

// take puts payloads to the chunks of a run, both by sequence.
func (l *lane) take(run []store.ReplayChunk, payloads []store.ReplayPayload) {
	for _, p := range payloads {
		for len(run) > 0 && run[0].Sequence < p.Sequence {
			run = run[1:]
		}
		if len(run) > 0 && run[0].Sequence == p.Sequence {
			l.fetched = append(l.fetched, fetched{run[0], p})
		}
	}
}

// fetchTogether fetches the whole session at once, if what was listed of it is
// no more than a run, which most sessions are: a question costs the store much
// the same whatever it is about, and a session has a document for each page load.
func fetchTogether(ctx context.Context, source Source, listed []store.ReplayChunk, lanes []*lane) error {
	if len(lanes) < 2 || lengthOfRun(listed) < len(listed) {
		return nil
	}
	payloads, err := source(ctx, "", 0, math.MaxUint32)
	if err != nil {
		return err
	}
	byDocument := map[string][]store.ReplayPayload{}
	for _, p := range payloads {
		byDocument[p.Document] = append(byDocument[p.Document], p)
	}
	for _, l := range lanes {
		l.take(l.chunks, byDocument[l.document])
		l.chunks = nil
	}
	return nil
}
