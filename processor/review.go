package processor

import (
	"bytes"
	"cmp"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"github.com/klauspost/compress/zstd"
	"go.uber.org/zap"

	"hindsight/internal/rrweb"
	"hindsight/internal/store"
	"hindsight/internal/wire"
	"hindsight/processor/guard"
)

// suspect notes which stored sections a decoded one makes doubtful: those after
// one that comes late, and its own, which was stored when less was known.
func (b *batch) suspect(out *Decoded) {
	rec := out.Record
	of := store.Document{Site: rec.Site, Session: rec.Session, Document: rec.Document}
	switch {
	case out.Late && out.Refused == guard.ReasonDisorder:
		b.suspects = append(b.suspects, store.Sections{Document: of, Last: math.MaxUint32})
	case out.Late && rec.Sequence < math.MaxUint32:
		b.suspects = append(b.suspects, store.Sections{Document: of, First: rec.Sequence + 1, Last: math.MaxUint32})
	}
	if out.Guarded && !rec.New {
		b.suspects = append(b.suspects, store.Sections{Document: of, First: rec.Sequence, Last: rec.Sequence})
	}
}

// review judges stored sections again, now that more is known of their documents,
// and has the store refuse those that would not be kept today. So what becomes of
// a section does not depend on when it came. Before the batch's offsets are
// committed: whoever is killed here reads again what made them doubtful. It
// repeats what fails until it works or ctx ends.
func (p *Processor) review(ctx context.Context, suspects []store.Sections) error {
	if len(suspects) == 0 {
		return nil
	}
	var stored []store.StoredSection
	var refused []store.Identity
	err := p.insist(ctx, "ask the store what has to be judged again", len(suspects), func() (err error) {
		stored, err = p.deps.Store.Stored(ctx, suspects)
		return err
	})
	if err != nil || len(stored) == 0 {
		return err
	}
	read, unread := affordable(stored, maxReviewed)
	reasons := map[store.Identity]string{}
	err = p.insist(ctx, "read what has to be judged again", len(read), func() (err error) {
		refused, err = p.deps.Store.Judged(ctx, read, func(id store.Identity, payload store.ReplayPayload) bool {
			reasons[id] = p.judgeAgain(id, payload)
			return reasons[id] != ""
		})
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range unread {
		reasons[id] = guard.ReasonDisorder
	}
	if refused = append(refused, unread...); len(refused) == 0 {
		return nil
	}
	err = p.insist(ctx, "refuse what is stored", len(refused), func() error { return p.deps.Store.Refuse(ctx, refused) })
	if err == nil {
		for _, id := range refused {
			p.metrics.refusals.WithLabelValues(reasons[id]).Inc()
		}
		p.log.Warn("recordings that were stored are refused: what came later shows what they hold as protected", zap.Int("sections", len(refused)))
	}
	return err
}

// maxReviewed is how much of what is stored a batch may have judged again, bytes
// inflated: some tenths of a second. Whoever stores much and then sends what came
// before would hold back everybody's records.
const maxReviewed = 64 << 20

// affordable parts sections into those that are read, at most so many bytes of
// them, and those that are refused unread. Documents of which little has to be
// read come first: a tracker's own resending makes only such.
func affordable(stored []store.StoredSection, most int64) (read, unread []store.Identity) {
	sizes := map[store.Document]int64{}
	for _, s := range stored {
		sizes[s.Of()] += s.Bytes
	}
	documents := slices.SortedFunc(maps.Keys(sizes), func(a, b store.Document) int { return cmp.Compare(sizes[a], sizes[b]) })
	for _, d := range documents {
		if most -= sizes[d]; most < 0 {
			sizes[d] = tooMuch
		}
	}
	for _, s := range stored {
		if sizes[s.Of()] == tooMuch {
			unread = append(unread, s.Identity)
		} else {
			read = append(read, s.Identity)
		}
	}
	return read, unread
}

const tooMuch = math.MaxInt64

// judgeAgain gives the guard's reason to refuse a stored section, "" where there
// is none. What cannot be read cannot be judged.
func (p *Processor) judgeAgain(id store.Identity, payload store.ReplayPayload) string {
	raw, err := inflateStored(payload)
	var reader rrweb.Reader // it is rare
	var section rrweb.Section
	if err == nil {
		section, err = reader.Measure(raw, wire.MaxReplay)
	}
	if err != nil {
		return guard.ReasonUnreadable
	}
	return p.deps.Guard.Reason(guard.Document{Site: id.Site, Session: id.Session, Document: id.Document}, id.Sequence, section.Fields)
}

// inflateStored gives a section as it was before it was stored.
func inflateStored(p store.ReplayPayload) ([]byte, error) {
	var text io.Reader = flate.NewReader(bytes.NewReader(p.Bytes))
	if p.Codec == "zstd" {
		d, err := zstd.NewReader(bytes.NewReader(p.Bytes), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(wire.MaxReplay))
		if err != nil {
			return nil, err
		}
		defer d.Close()
		text = d
	}
	raw, err := io.ReadAll(io.LimitReader(text, wire.MaxReplay))
	if err != nil {
		return nil, fmt.Errorf("inflate a stored section: %w", err)
	}
	return raw, nil
}
