package store

import (
	"context"
	"maps"
	"slices"
	"sync"
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
	// raw rows may be gone, so nothing is derived from them. What comes late for
	// one is derived, with the whole day, should a longer retention bring that day
	// back. nil: nothing is ever past retention.
	Retention func(site string) Retention
	// Now is the clock that retention and Yield are measured by. Default time.Now.
	Now func() time.Time
	// Patience is what deriving some keys together may take. Default 1 s. After
	// that it is given up and the heaviest of them are set apart, as they are when
	// it took a quarter of that.
	Patience time.Duration
	// Yield is for how long what another process has marked is left to that one: it
	// holds in memory what it has stored. Default 0: not at all, each deriver takes on
	// whatever is marked.
	Yield time.Duration
	// Heavy is the number of raw rows from which on a key may be set apart for
	// being slow. Default 20,000.
	Heavy uint64
}

// Deriver keeps sessions and page_days true to the raw rows. Any number of
// derivers may run on one store.
//
// It has two lanes. Rounds derive what is marked, all keys together. A key that
// takes long, or that cannot be derived, is set apart, and derived by itself
// beside the rounds, with rests that are a multiple of what it takes: it keeps
// nobody waiting but itself. Its marks stay until it is derived, and whichever
// lane reads less loses by the rows' versions (docs/adr/0003-marks-and-versions.md),
// so the lanes need not know of each other.
type Deriver struct {
	store   *Store
	cfg     DeriverConfig
	logger  *zap.Logger
	metrics *deriveMetrics
	apart   apart
	state   deriveState
	yield   yielding
	share   int // of a round, in marks, for one site; only Round uses it
}

// leastShare is of how many parts of a round one site may take at least.
const leastShare = 100

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
	if cfg.Patience == 0 {
		cfg.Patience = time.Second
	}
	if cfg.Heavy == 0 {
		cfg.Heavy = 20_000
	}
	d := &Deriver{store: s, cfg: cfg, logger: logger, state: deriveState{complete: time.Now()}}
	d.metrics = newDeriveMetrics(reg, &d.apart, &d.state)
	return d
}

// Run derives what is marked, about every interval, until ctx ends. A round
// that fails is tried again; what it was about to derive stays marked.
func (d *Deriver) Run(ctx context.Context) {
	var beside sync.WaitGroup
	beside.Go(func() { d.runApart(ctx) })
	defer beside.Wait()
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

// Round derives what is marked now and is not set apart, and says whether more
// was waiting than it took on.
func (d *Deriver) Round(ctx context.Context) (more bool, err error) {
	started := time.Now()
	r := round{deriver: d}
	defer func() {
		d.metrics.round(started, err)
		d.state.round(d.yield.since(started), len(r.derived), more, err)
	}()
	if r.generation, err = d.store.generation(ctx); err != nil {
		return false, err
	}
	marks, cut, err := d.pending(ctx, d.apart.counts(started).marks+d.yield.count())
	if d.cfg.Yield > 0 {
		marks = d.yield.take(marks, d.store.own.has, d.cfg.Now(), d.cfg.Yield)
	}
	if err != nil || len(marks) == 0 {
		return false, err
	}
	fault.Here(fault.MarksRead)
	keys, done, late, err := d.thawed(ctx, marks)
	if err != nil {
		return false, err
	}
	together := slices.DeleteFunc(slices.Clone(keys), d.apart.has)
	r.held = d.store.recent.derived(r.generation, slices.DeleteFunc(slices.Clone(done), func(m mark) bool { return d.apart.has(m.derivedKey) }))
	for _, m := range done {
		if m.wholeDay() { // who wrote what it stands for is not known any more
			maps.DeleteFunc(r.held, func(k derivedKey, _ derivedSession) bool { return k.siteDay() == m.siteDay() })
		}
	}
	failed := r.derive(ctx, together)
	if failed != nil && (len(r.derived) == 0 || !ofKeys(failed)) {
		return false, failed
	}
	done, late, instead := d.setAside(r.left(keys), done, late, started)
	// An erasure that came in between gives others' derivations the newer
	// version, and those may have read before what these marks announce was
	// there. So these stay marked, and the next round has that generation.
	now, err := d.store.generation(ctx)
	if err != nil || now != r.generation {
		return true, err
	}
	fault.Here(fault.BeforeCross)
	if err := d.store.mark(ctx, late); err != nil { // before what they stand for is crossed out
		return false, err
	}
	if err := d.store.crossOut(ctx, done); err != nil {
		return false, err
	}
	d.store.recent.crossed(done)
	for _, m := range instead {
		d.apart.wait(m.derivedKey, []mark{m}, started)
	}
	fault.Here(fault.AfterCross)
	d.metrics.derived(r.derived)
	d.metrics.held.Add(float64(len(r.held)))
	return cut && len(done) > 0, failed
}

// pending reads the marks of a round beside those that wait for the other lane,
// and tells whether there are more. A site of very many takes no more than its
// share while others would not get all of theirs: the share grows where a round
// had room left, and shrinks where it had none.
func (d *Deriver) pending(ctx context.Context, apart int) (marks []mark, cut bool, err error) {
	limit := d.cfg.MarksPerRound
	if d.share == 0 {
		d.share = limit
	}
	marks, err = d.store.pendingMarks(ctx, limit+apart, d.share+apart)
	ofSite := map[string]int{}
	for i := range marks {
		ofSite[marks[i].site]++
	}
	full := len(marks) == limit+apart
	for _, n := range ofSite {
		cut = cut || n == d.share+apart
	}
	switch {
	case full: // whoever comes behind is not seen
		d.share = max(d.share/2, limit/leastShare, 1)
	case !full && cut:
		d.share = min(2*d.share, limit)
	}
	return marks, cut || full, err
}

// setAside takes the keys that are left out of what is worked off: their marks
// wait for the other lane, or for the next round. In place of many marks of a key
// one of its own is written, which waits once it is; as for a key that only the
// mark of a whole day named.
func (d *Deriver) setAside(left map[derivedKey]struct{}, done, late []mark, asked time.Time) (crossed, marked, instead []mark) {
	if len(left) == 0 {
		return done, late, nil
	}
	waiting := make(map[derivedKey][]mark, len(left))
	for _, m := range done {
		if _, stays := left[m.derivedKey]; stays {
			waiting[m.derivedKey] = append(waiting[m.derivedKey], m)
		} else {
			crossed = append(crossed, m)
		}
	}
	for k := range left {
		if spare := d.apart.spare(k, waiting[k], asked); len(spare) > 0 || len(waiting[k]) == 0 {
			crossed = append(crossed, spare...)
			instead = append(instead, freshMarks([]derivedKey{k})...)
			continue
		}
		d.apart.wait(k, waiting[k], asked)
	}
	return crossed, slices.Concat(late, instead), instead
}

// thawed tells which keys to derive, and which marks that works off. Those of a
// frozen day are worked off, too, and one mark of the whole day stands for them
// (late, where there is none yet): it waits until the day is within retention.
func (d *Deriver) thawed(ctx context.Context, marks []mark) (keys []derivedKey, done, late []mark, err error) {
	frozen, noted := map[siteDay]bool{}, map[siteDay]bool{}
	for i := range marks {
		day := marks[i].siteDay()
		frozen[day] = d.frozen(day.site, day.day)
		noted[day] = noted[day] || marks[i].wholeDay()
	}
	done = make([]mark, 0, len(marks))
	for _, m := range marks {
		day := m.siteDay()
		switch {
		case !m.wholeDay():
			done = append(done, m)
		case !frozen[day]:
			done = append(done, m)
			of, err := d.store.dayKeys(ctx, day)
			if err != nil {
				return nil, nil, nil, err
			}
			keys = append(keys, of...)
		}
		if frozen[day] && !noted[day] {
			noted[day] = true
			late = append(late, freshMarks([]derivedKey{dayKey(day)})...)
		}
	}
	return distinctKeys(keys, done, frozen), done, late, nil
}

// frozen tells whether the raw rows of a day may be gone by retention.
func (d *Deriver) frozen(site string, day time.Time) bool {
	return day.Before(firstDay(d.cfg.Retention(site).DataDays, d.cfg.Now()))
}

// distinctKeys adds to keys those of the marks whose days are not frozen, and
// gives each once.
func distinctKeys(keys []derivedKey, marks []mark, frozen map[siteDay]bool) []derivedKey {
	seen := make(map[derivedKey]struct{}, len(keys)+len(marks))
	out := make([]derivedKey, 0, len(keys)+len(marks))
	add := func(k derivedKey) {
		if _, ok := seen[k]; !ok {
			seen[k] = struct{}{}
			out = append(out, k)
		}
	}
	for _, k := range keys {
		add(k)
	}
	for i := range marks {
		if !marks[i].wholeDay() && !frozen[marks[i].siteDay()] {
			add(marks[i].derivedKey)
		}
	}
	return out
}
