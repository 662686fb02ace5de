package processor

import (
	"context"

	"hindsight/internal/eventlog"
	"hindsight/internal/store"
	"hindsight/internal/wire"
	"hindsight/processor/guard"
)

// memory is what one generation knows of what was stored before it. A document
// of a session that has come since then has shown nothing that this generation
// has not read itself.
type memory struct{ earlier *store.Earlier }

// recall reads from the store what earlier sections have shown of the documents
// that the guard does not know: after a restart, when a partition came from
// another processor, and when the guard has forgotten. All of it is stored: what
// is not, this generation reads itself, in order. It repeats until it works or
// ctx ends, so that nothing is judged without it.
func (p *Processor) recall(ctx context.Context, before *memory, records []eventlog.Fetched) error {
	if len(records) == 0 {
		return nil
	}
	if before.earlier == nil {
		// Others may have read these partitions meanwhile: what they learnt is stored.
		p.deps.Guard.Forget()
		err := p.insist(ctx, "ask the store which sessions it has", len(records), func() (err error) {
			before.earlier, err = p.deps.Store.Earlier(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
	unknown := p.unknown(before, records)
	if len(unknown) == 0 {
		return nil
	}
	return p.insist(ctx, "ask the store what the guard has to know", len(unknown), func() error {
		found, err := p.deps.Store.ProtectedFields(ctx, unknown, guard.MaxFields)
		if err != nil {
			return err
		}
		for _, d := range unknown {
			p.deps.Guard.Learn(guard.Document(d), found[d])
		}
		return nil
	})
}

// unknown lists the documents of records with a replay section of which the guard
// may have to be told, each once. Records that are no good are left to decode.
func (p *Processor) unknown(before *memory, records []eventlog.Fetched) []store.Document {
	var out []store.Document
	var seen map[store.Document]bool
	for i := range records {
		h, err := wire.ParseHeader(records[i].Value)
		if err != nil || h.Replay.Raw == 0 {
			continue
		}
		d := store.Document{Site: eventlog.SiteOf(&records[i]), Session: h.Session, Document: h.Document}
		if seen[d] || p.deps.Guard.Knows(guard.Document(d)) {
			continue
		}
		if !before.earlier.Has(d.Site, d.Session) && !p.deps.Guard.Lost(guard.Document(d)) {
			continue
		}
		if seen == nil {
			seen = map[store.Document]bool{}
		}
		seen[d] = true
		out = append(out, d)
	}
	return out
}
