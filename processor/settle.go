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

// settle begins erasures that are due, stores a batch, writes its dead letters, and
// commits its offsets, but for those that wait for erasures; in this order, so that a
// commit means kept, and nothing is stored that was sent again since an order and
// would hide when it first came. It repeats what fails until ctx ends. The last batch
// waits until everything is done.
func (p *Processor) settle(ctx context.Context, g *eventlog.Generation, w *wishes, b *batch, last bool) error {
	erased, ended, err := p.erased(w, false)
	if err != nil {
		return err
	}
	due := w.running == nil && len(w.orders)+len(b.orders) > 0 && !time.Now().Before(p.eraseNext)
	if b.read == 0 && !due && !ended {
		if last {
			return p.eraseRest(ctx, g, w)
		}
		return nil
	}
	fault.Here(fault.Gathered)
	err = p.erase(ctx, w, b, due)
	p.metrics.wishes.Set(float64(w.visitors()))
	if err != nil {
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
	if err := g.Commit(ctx, w.commit(b.next)); err != nil {
		return err
	}
	fault.Here(fault.AfterCommit)
	p.metrics.erasures.Add(float64(erased))
	p.metrics.stored(b.records, time.Now())
	if !last {
		return nil
	}
	return p.eraseRest(ctx, g, w)
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

// erase takes in a batch's orders and begins to carry out all that wait if they are
// due; otherwise what cannot wait is written down.
func (p *Processor) erase(ctx context.Context, w *wishes, b *batch, due bool) error {
	for i := range b.orders {
		w.add(&b.orders[i])
	}
	urgent := w.urgent(&p.orders, b)
	if due {
		urgent = w.all()
	}
	if err := p.entomb(ctx, w, urgent, b); err != nil || !due {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	w.running = &run{held: w.held, visitors: len(w.orders), cancel: cancel, began: time.Now(), ended: make(chan error, 1)}
	p.log.Info("erasing what is held of visitors who asked for it", zap.Int("visitors", w.running.visitors))
	go func(ended chan<- error, sessions map[string][][16]byte) {
		ended <- p.deleteAll(ctx, sessions)
		close(ended)
	}(w.running.ended, w.sessions)
	w.clear()
	return nil
}

// eraseRest carries out what waits, and commits it, if there is time for that:
// whoever reads next would do it later.
func (p *Processor) eraseRest(ctx context.Context, g *eventlog.Generation, w *wishes) error {
	for w.running != nil || len(w.orders) > 0 {
		if w.running == nil {
			if err := p.erase(ctx, w, &batch{}, true); err != nil {
				return err
			}
		}
		erased, _, err := p.erased(w, true)
		if err != nil {
			return err
		}
		if err := g.Commit(ctx, w.commit(nil)); err != nil {
			return err
		}
		p.metrics.erasures.Add(float64(erased))
	}
	return nil
}

// erased tells how many of the orders that are being carried out count, if that has
// come to its end, for which it waits if it has to.
func (p *Processor) erased(w *wishes, wait bool) (counted int, ended bool, err error) {
	if w.running == nil {
		return 0, false, nil
	}
	if wait {
		err = <-w.running.ended
	} else {
		select {
		case err = <-w.running.ended:
		default:
			return 0, false, nil
		}
	}
	w.running.cancel()
	counted = w.running.counted
	pause := max(min(erasureShare*time.Since(w.running.began), mostErasurePause), p.cfg.ErasurePause)
	p.eraseNext = time.Now().Add(pause)
	w.running = nil
	p.metrics.wishes.Set(float64(w.visitors()))
	return counted, true, err
}

// entomb writes down which sessions are gone by these orders, those of a site
// together, until it works or ctx ends.
func (p *Processor) entomb(ctx context.Context, w *wishes, orders map[erasure]int64, b *batch) error {
	bySite := map[string][]store.VisitorErasure{}
	for key, until := range orders {
		bySite[key.site] = append(bySite[key.site], store.VisitorErasure{Visitor: key.visitor, Until: until})
	}
	for site, visitors := range bySite {
		err := p.insist(ctx, "write down what is to be erased", len(visitors), func() error {
			sessions, err := p.deps.Store.EntombVisitors(ctx, site, visitors, b.records)
			w.sessions[site] = append(w.sessions[site], sessions...)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// deleteAll deletes the rows of sessions by site, until it works or ctx ends.
func (p *Processor) deleteAll(ctx context.Context, bySite map[string][][16]byte) error {
	for site, sessions := range bySite {
		if len(sessions) == 0 {
			continue
		}
		began := time.Now()
		err := p.insist(ctx, "erase", len(sessions), func() error { return p.deps.Store.DeleteEntombed(ctx, site, sessions) })
		if err != nil {
			return err
		}
		p.log.Info("erased what was held of visitors who asked for it", zap.String("site", site), zap.Int("sessions", len(sessions)), zap.Duration("took", time.Since(began)))
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

// unread is unreadLetter, without its frame where the site's letters have kept enough.
func (p *Processor) unread(f *eventlog.Fetched, err error) letter {
	l := unreadLetter(f, err)
	if l.payload && !p.keeping.takes(f) {
		l.payload = false
		p.metrics.leftOut.WithLabelValues(l.reason).Inc()
	}
	return l
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
