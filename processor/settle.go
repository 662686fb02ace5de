package processor

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"go.uber.org/zap"

	"hindsight/internal/eventlog"
	"hindsight/internal/fault"
	"hindsight/internal/store"
)

// settle executes a batch's erasures, stores it, writes its dead letters, and
// commits its offsets; in this order, so that a commit means kept, and nothing is
// stored that was sent again since an order and would hide when it first came. It
// repeats what fails until ctx ends.
func (p *Processor) settle(ctx context.Context, g *eventlog.Generation, b *batch) error {
	if b.read == 0 {
		return nil
	}
	fault.Here(fault.Gathered)
	if err := p.eraseAll(ctx, b); err != nil {
		return err
	}
	rejected, err := p.storeAll(ctx, b.records)
	if err != nil {
		return err
	}
	if err := p.review(ctx, b.suspects); err != nil {
		return err
	}
	letters := b.letters
	for _, r := range rejected {
		f := b.origins[slices.Index(b.records, r.Record)]
		p.log.Warn("the store refuses a record for what it is; it goes to the dead letters",
			zap.String("site", r.Record.Site), zap.String("session", hex.EncodeToString(r.Record.Session[:])),
			zap.Int("partition", f.Partition), zap.Int64("offset", f.Offset), zap.Error(r.Err))
		letters = append(letters, letterOf(f, r.Record, reasonStore))
	}
	if err := p.bury(ctx, letters); err != nil {
		return err
	}
	fault.Here(fault.BeforeCommit)
	if err := g.Commit(ctx, b.next); err != nil {
		return err
	}
	fault.Here(fault.AfterCommit)
	p.metrics.erasures.Add(float64(b.counted))
	p.metrics.stored(b.records, time.Now())
	return nil
}

// storeAll stores records, again and again until it works or ctx ends.
func (p *Processor) storeAll(ctx context.Context, records []*store.Record) (rejected []store.Rejected, err error) {
	if len(records) == 0 {
		return nil, nil
	}
	err = p.insist(ctx, "store", len(records), func() error {
		started := time.Now()
		if rejected, err = p.deps.Store.Write(ctx, records); err == nil {
			p.metrics.insert.Observe(time.Since(started).Seconds())
		}
		return err
	})
	return rejected, err
}

// eraseAll executes the orders of a batch, those of a site together, until it
// works or ctx ends. One by one they would hold back everybody's records: each
// costs the store some milliseconds, whether it finds anything or not.
func (p *Processor) eraseAll(ctx context.Context, b *batch) error {
	bySite := map[string][]store.VisitorErasure{}
	for order, until := range b.erasures {
		bySite[order.site] = append(bySite[order.site], store.VisitorErasure{Visitor: order.visitor, Until: until})
	}
	for site, visitors := range bySite {
		var sessions int
		err := p.insist(ctx, "erase", len(visitors), func() (err error) {
			sessions, err = p.deps.Store.EraseVisitors(ctx, site, visitors, b.records)
			return err
		})
		if err != nil {
			return err
		}
		if sessions > 0 {
			p.log.Info("erased what was held of visitors who asked for it", zap.String("site", site),
				zap.Int("visitors", len(visitors)), zap.Int("sessions", sessions))
		}
	}
	return nil
}

// insist does something with the store again and again until it works or ctx
// ends. While it fails the processor is not ready, and says so once.
func (p *Processor) insist(ctx context.Context, what string, records int, do func() error) error {
	pause := p.cfg.RetryLeast
	for attempt := 1; ; attempt++ {
		err := do()
		if err == nil {
			if attempt > 1 {
				p.setFault(nil)
				p.log.Info("the store works again")
			}
			return nil
		}
		if ctx.Err() != nil {
			return err
		}
		p.metrics.failures.Inc()
		p.setFault(err)
		if attempt == 1 {
			p.log.Warn("cannot "+what+"; the log waits until it works", zap.Int("records", records), zap.Error(err))
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause/2 + rand.N(pause)): //nolint:gosec // spreads members, hides nothing
		}
		pause = min(2*pause, p.cfg.RetryMost)
	}
}

// bury writes a batch's dead letters; its partitions wait until they are written.
func (p *Processor) bury(ctx context.Context, letters []letter) error {
	refused := make([]eventlog.Refused, len(letters))
	for i, l := range letters {
		refused[i] = eventlog.Refused{
			LogID: p.deps.LogID, Record: l.fetched, Reason: l.reason, Site: l.site, Session: l.session, Payload: l.payload,
		}
	}
	if err := p.deps.DeadLetters.Write(ctx, refused...); err != nil {
		return err
	}
	for i := range letters {
		p.metrics.deadLetter(letters[i].reason)
	}
	return nil
}

// letterOf is a dead letter of a record that could be decoded: without payload.
func letterOf(f *eventlog.Fetched, r *store.Record, reason string) letter {
	return letter{fetched: f, reason: reason, site: r.Site, session: hex.EncodeToString(r.Session[:])}
}

// unreadLetter is one of a record that could not be decoded: with its frame,
// unless that holds what the guard refuses.
func unreadLetter(f *eventlog.Fetched, err error) letter {
	var u *undecodable
	if !errors.As(err, &u) {
		return letter{fetched: f, reason: reasonRecord}
	}
	if u.safe {
		f.Value = bytes.Clone(f.Value) // it is the log's, and needed for longer
	}
	return letter{fetched: f, reason: u.reason, payload: u.safe}
}
