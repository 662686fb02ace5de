package recording

import (
	"context"
	"slices"

	"hindsight/internal/store"
)

// rrweb's event types that make a picture.
const (
	typeFullSnapshot = 2
	typeMeta         = 4
)

// metaBefore is how many chunks before a snapshot's are searched for the Meta
// event that belongs to it: a large snapshot may have been cut off from it.
const metaBefore = 3

// Picture returns the first full snapshot in the chunk of a sequence number and
// the last Meta event before it, corrected: a recording of one moment. chunks
// are those of the document. False when there is no such snapshot.
func Picture(ctx context.Context, inflater *Inflater, source Source, chunks []store.ReplayChunk, sequence uint32) ([][]byte, bool, error) {
	at := slices.IndexFunc(chunks, func(c store.ReplayChunk) bool { return c.Sequence == sequence })
	if at < 0 {
		return nil, false, nil
	}
	l := &lane{inflater: inflater, source: source, document: chunks[at].Document, chunks: chunks[max(0, at-metaBefore) : at+1]}
	var meta [][]byte
	for {
		more, err := l.advance(ctx)
		if err != nil || !more {
			return nil, false, err
		}
		switch {
		case l.head.kind == typeMeta:
			meta = [][]byte{appendShifted(nil, l.head, l.offset)}
		case l.head.kind == typeFullSnapshot && l.last():
			return append(meta, appendShifted(nil, l.head, l.offset)), true, nil
		}
	}
}

// last tells whether the chunk being read is the last one.
func (l *lane) last() bool { return len(l.chunks) == 0 && len(l.fetched) == 0 }
