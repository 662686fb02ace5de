package recording

import (
	"context"
	"encoding/json"
	"slices"

	"hindsight/internal/store"
)

// rrweb's event types that make a picture.
const (
	typeFullSnapshot = 2
	typeIncremental  = 3
	typeMeta         = 4
)

// rrweb's sources of incremental events that change how a page looks.
const (
	sourceMutation     = 0
	sourceSheetRule    = 8
	sourceFont         = 10
	sourceDeclaration  = 13
	sourceAdoptedSheet = 15
)

const (
	// metaBefore is how many chunks before a snapshot's are searched for the Meta
	// event that belongs to it: a large snapshot may have been cut off from it.
	metaBefore = 3
	// partWithin is how long after the snapshot, or the part before, a part of it
	// may come, ms.
	partWithin = 15_000
	// looksWithin is how long after it what is told of its style sheets belongs to
	// the snapshot, ms.
	looksWithin = 500
	// maxPicture bounds what is read of one snapshot.
	maxPicture = 48 << 20
)

// Picture returns the first full snapshot in the chunk of a sequence number and
// the last Meta event before it, corrected: a recording of one moment. Where the
// snapshot came in parts these follow, with all that changed between them; so
// do the adopted sheets and fonts that were told right after it. chunks are
// those of the document. False when there is no such snapshot.
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
			picture := append(meta, appendShifted(nil, l.head, l.offset))
			parts, err := l.parts(ctx, chunks[at+1:])
			return append(picture, parts...), true, err
		}
	}
}

// last tells whether the chunk being read is the last one.
func (l *lane) last() bool { return len(l.chunks) == 0 && len(l.fetched) == 0 }

// parts reads on behind a snapshot: to its last part, and what else is needed.
func (l *lane) parts(ctx context.Context, following []store.ReplayChunk) ([][]byte, error) {
	var read [][]byte
	var needed []int // of those behind the last part
	complete, bytes := 0, len(l.head.raw)
	begin := l.head.ts
	latest := begin
	for {
		more, err := l.advance(ctx)
		if err != nil {
			return nil, err
		}
		if !more {
			// One chunk at a time: most snapshots end where they begin.
			if len(following) == 0 || float64(following[0].FirstTS) > latest+partWithin {
				break
			}
			l.chunks, following = following[:1], following[1:]
			continue
		}
		bytes += len(l.head.raw)
		if l.head.kind == typeMeta || l.head.kind == typeFullSnapshot || l.head.ts > latest+partWithin || bytes > maxPicture {
			break
		}
		if l.head.kind != typeIncremental {
			continue
		}
		switch source, part := l.head.change(); {
		case part:
			latest = max(latest, l.head.ts)
			read = append(read, appendShifted(nil, l.head, l.offset))
			complete, needed = len(read), nil
		case source == sourceMutation:
			read = append(read, appendShifted(nil, l.head, l.offset))
		case source == sourceAdoptedSheet, source == sourceSheetRule, source == sourceDeclaration, source == sourceFont:
			read = append(read, appendShifted(nil, l.head, l.offset))
			if l.head.ts <= begin+looksWithin {
				needed = append(needed, len(read)-1)
			}
		}
	}
	out := read[:complete:complete]
	for _, i := range needed {
		out = append(out, read[i])
	}
	return out, nil
}

// change reads the source of an incremental event, -1 when there is none, and
// whether it is marked as a part of a snapshot.
func (e *event) change() (source int, part bool) {
	var read struct {
		Data struct {
			Source *int `json:"source"`
			Part   int  `json:"part"`
		} `json:"data"`
	}
	if json.Unmarshal(e.raw, &read) != nil || read.Data.Source == nil {
		return -1, false
	}
	return *read.Data.Source, *read.Data.Source == sourceMutation && read.Data.Part == 1
}
