package store

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hindsight/internal/fault"
)

// DeriverConfig sets how aggregates follow the raw rows. The zero value is
// usable.
type DeriverConfig struct {
	// Interval between two rounds. Default 1 s. After a round that took long the
	// next one waits for longer, up to three intervals: much of what a round costs
	// does not depend on how much there is to derive, so under load fewer rounds
	// leave more to the inserts. Derived tables are at most five intervals behind,
	// unless there is more to derive than a round takes on.
	Interval time.Duration
	// MarksPerRound bounds what one round takes on. Default 20,000.
	MarksPerRound int
	// Retention of a site, asked in each round. Days past it are frozen: their
	// raw rows may be gone, so nothing is derived from them. nil: nothing is
	// ever past retention.
	Retention func(site string) Retention
	// Now is the clock that retention is measured by. Default time.Now.
	Now func() time.Time
}

// Deriver keeps sessions and page_days true to the raw rows. Any number of
// derivers may run on one store.
type Deriver struct {
	store   *Store
	cfg     DeriverConfig
	logger  *zap.Logger
	metrics *deriveMetrics
}

// NewDeriver makes a deriver that does nothing before Run.
func NewDeriver(s *Store, cfg DeriverConfig, logger *zap.Logger, reg prometheus.Registerer) *Deriver {
	if cfg.Interval == 0 {
		cfg.Interval = time.Second
	}
	if cfg.MarksPerRound == 0 {
		cfg.MarksPerRound = 20_000
	}
	if cfg.Retention == nil {
		cfg.Retention = func(string) Retention { return Retention{} }
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Deriver{store: s, cfg: cfg, logger: logger, metrics: newDeriveMetrics(reg)}
}

// Run derives what is marked, about every interval, until ctx ends. A round
// that fails is tried again; what it was about to derive stays marked.
func (d *Deriver) Run(ctx context.Context) {
	wait := time.NewTimer(0)
	defer wait.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
		started := time.Now()
		more, err := d.Round(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing: // once for an outage, not once a second
			d.logger.Warn("derivation fails; it is tried again until it works", zap.Error(err))
		case err == nil && failing:
			d.logger.Info("derivation works again")
		}
		failing = err != nil
		next := d.pause(time.Since(started))
		if more {
			next = 0
		}
		wait.Reset(next)
	}
}

// pause is the time between two rounds, the first of which took so long.
func (d *Deriver) pause(took time.Duration) time.Duration {
	return min(max(d.cfg.Interval, 20*took), 3*d.cfg.Interval)
}

// Round derives what is marked now and says whether more was waiting than it
// took on.
func (d *Deriver) Round(ctx context.Context) (more bool, err error) {
	started := time.Now()
	defer func() { d.metrics.round(started, err) }()
	generation, err := d.store.generation(ctx)
	if err != nil {
		return false, err
	}
	marks, err := d.store.pendingMarks(ctx, d.cfg.MarksPerRound)
	if err != nil || len(marks) == 0 {
		return false, err
	}
	fault.Here(fault.MarksRead)
	keys := d.thawed(distinctKeys(marks))
	held := d.store.recent.derived(generation, marks)
	if err := d.store.deriveKeys(ctx, generation, keys, held); err != nil {
		return false, err
	}
	// An erasure that came in between gives others' derivations the newer
	// version, and those may have read before what these marks announce was
	// there. So these stay marked, and the next round has that generation.
	now, err := d.store.generation(ctx)
	if err != nil || now != generation {
		return true, err
	}
	fault.Here(fault.BeforeCross)
	if err := d.store.crossOut(ctx, marks); err != nil {
		return false, err
	}
	d.store.recent.crossed(marks)
	fault.Here(fault.AfterCross)
	d.metrics.derived(keys)
	d.metrics.held.Add(float64(len(held)))
	return len(marks) == d.cfg.MarksPerRound, nil
}

// thawed leaves out the keys of frozen days.
func (d *Deriver) thawed(keys []derivedKey) []derivedKey {
	out := keys[:0]
	for _, k := range keys {
		if !d.frozen(k.site, k.day) {
			out = append(out, k)
		}
	}
	return out
}

// frozen tells whether the raw rows of a day may be gone by retention.
func (d *Deriver) frozen(site string, day time.Time) bool {
	return day.Before(firstDay(d.cfg.Retention(site).DataDays, d.cfg.Now()))
}

func distinctKeys(marks []mark) []derivedKey {
	seen := make(map[derivedKey]struct{}, len(marks))
	keys := make([]derivedKey, 0, len(marks))
	for _, m := range marks {
		if _, ok := seen[m.derivedKey]; !ok {
			seen[m.derivedKey] = struct{}{}
			keys = append(keys, m.derivedKey)
		}
	}
	return keys
}
