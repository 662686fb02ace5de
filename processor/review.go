package processor

import (
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"math"

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
	if out.Late && rec.Sequence < math.MaxUint32 {
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
	var stored, refused []store.Identity
	err := p.insist(ctx, "ask the store what has to be judged again", len(suspects), func() (err error) {
		stored, err = p.deps.Store.Stored(ctx, suspects)
		return err
	})
	if err != nil || len(stored) == 0 {
		return err
	}
	reasons := map[store.Identity]string{}
	err = p.insist(ctx, "read what has to be judged again", len(stored), func() (err error) {
		refused, err = p.deps.Store.Judged(ctx, stored, func(id store.Identity, payload store.ReplayPayload) bool {
			reasons[id] = p.judgeAgain(id, payload)
			return reasons[id] != ""
		})
		return err
	})
	if err != nil {
		return err
	}
	if len(refused) == 0 {
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
	return p.deps.Guard.Check(guard.Document{Site: id.Site, Session: id.Session, Document: id.Document}, id.Sequence, section.Fields).Reason
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
