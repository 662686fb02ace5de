package store

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"go.uber.org/zap"
)

// RebuildProgress tells how far a rebuild is. Days are counted per site.
type RebuildProgress struct {
	Days, DaysDone   int
	Frozen           int // days past retention, left alone
	Sessions, Pages  int // derived so far
	Refused          int // that the store would not derive; they stay marked
	CurrentSite      string
	CurrentDay       time.Time
	CurrentDayFrozen bool
}

// siteDay is one partition of one site.
type siteDay struct {
	site string
	day  time.Time
}

// Rebuild derives everything anew while ingest runs, for a program that derives
// differently than the one before it. Days past retention are frozen: their
// raw rows may be gone, so they are left alone, and progress says so. What the
// store refuses to derive is left marked, for the rounds of whoever derives; the
// rest goes on, and the error is ErrNotAllDerived. progress may be nil.
func (d *Deriver) Rebuild(ctx context.Context, progress func(RebuildProgress)) (RebuildProgress, error) {
	var p RebuildProgress
	days, err := d.store.siteDays(ctx)
	if err != nil {
		return p, err
	}
	p.Days = len(days)
	for _, sd := range days {
		p.CurrentSite, p.CurrentDay, p.CurrentDayFrozen = sd.site, sd.day, d.frozen(sd.site, sd.day)
		if p.CurrentDayFrozen {
			p.Frozen++
		} else if err := d.rebuildDay(ctx, sd, &p); err != nil {
			return p, fmt.Errorf("rebuild %s: %w", date(sd.day), err)
		}
		p.DaysDone++
		if progress != nil {
			progress(p)
		}
	}
	if p.Refused > 0 {
		return p, ErrNotAllDerived
	}
	return p, nil
}

// ErrNotAllDerived says that a rebuild has done all but what the store refused.
var ErrNotAllDerived = errors.New("the store refuses to derive some sessions or pages; they stay marked, and running processors go on trying them")

// rebuildTries is how often keys are derived where erasures come in between.
const rebuildTries = 3

// rebuildDay derives one day of one site.
func (d *Deriver) rebuildDay(ctx context.Context, sd siteDay, p *RebuildProgress) error {
	keys, err := d.store.dayKeys(ctx, sd)
	if err != nil {
		return err
	}
	for part := range chunks(keys) {
		refusals := 0
		if err := d.rebuildKeys(ctx, part, p, &refusals); err != nil {
			return err
		}
	}
	return nil
}

// rebuildKeys derives some keys, and of those that the store refuses as many as can
// be; the others are left marked.
func (d *Deriver) rebuildKeys(ctx context.Context, keys []derivedKey, p *RebuildProgress, refusals *int) error {
	err := d.rebuildTogether(ctx, keys)
	switch {
	case err == nil:
		for _, k := range keys {
			if k.what == markSession {
				p.Sessions++
			} else {
				p.Pages++
			}
		}
		return nil
	case ctx.Err() != nil || !ofKeys(err):
		return err
	}
	if *refusals++; len(keys) == 1 || *refusals >= maxFailures {
		d.logger.Warn("cannot be derived; stays marked", zap.String("what", kindName(keys[0].what)), zap.String("site", keys[0].site),
			zap.String("day", date(keys[0].day)), zap.Int("keys", len(keys)), zap.Error(err))
		p.Refused += len(keys)
		if p.Refused >= mostRefused && p.Sessions+p.Pages == 0 { // it is not the keys that are at fault
			return err
		}
		return d.store.mark(ctx, freshMarks(keys))
	}
	half := len(keys) / 2
	if err := d.rebuildKeys(ctx, keys[:half], p, refusals); err != nil {
		return err
	}
	return d.rebuildKeys(ctx, keys[half:], p, refusals)
}

// mostRefused is from how many keys on, where none could be derived, a rebuild ends.
const mostRefused = 100

// rebuildTogether derives keys; again, when an erasure came in between (see
// Round). Where one always does, of whichever site, they are left marked: the
// rounds of whoever derives take them on.
func (d *Deriver) rebuildTogether(ctx context.Context, keys []derivedKey) error {
	for range rebuildTries {
		generation, err := d.store.generation(ctx)
		if err != nil {
			return err
		}
		if err := d.store.deriveKeys(ctx, generation, keys, nil); err != nil {
			return err
		}
		if now, err := d.store.generation(ctx); err != nil || now == generation {
			return err
		}
	}
	return d.store.mark(ctx, freshMarks(keys))
}

// siteDays lists where there are raw or derived rows.
func (s *Store) siteDays(ctx context.Context) ([]siteDay, error) {
	var out []siteDay
	err := s.each(ctx, "rebuild_days", func(rows driver.Rows) error {
		var sd siteDay
		err := rows.Scan(&sd.site, &sd.day)
		out = append(out, sd)
		return err
	})
	return out, err
}

// dayKeys lists every key of a day that has raw rows or a derived one, in the
// order of the tables: what is derived together lies together.
func (s *Store) dayKeys(ctx context.Context, sd siteDay) ([]derivedKey, error) {
	var keys []derivedKey
	err := s.each(ctx, "rebuild_keys", func(rows driver.Rows) error {
		k := derivedKey{site: sd.site, day: sd.day}
		var what uint8
		var key string
		if err := rows.Scan(&what, &key); err != nil {
			return err
		}
		raw, err := hex.DecodeString(key)
		k.what, k.key = int8(what), string(raw)
		keys = append(keys, k)
		return err
	}, named("site", sd.site), named("day", date(sd.day)))
	slices.SortFunc(keys, func(a, b derivedKey) int {
		return cmp.Or(cmp.Compare(a.what, b.what), strings.Compare(a.key, b.key))
	})
	return keys, err
}
