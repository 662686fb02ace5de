package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// lookAtAll is how often a sweep looks at every day on which something was deleted,
// and not only where something has changed since: what a replica gets late from
// another may not look like a change.
const lookAtAll = 24 * time.Hour

// swept is what the sweeps of this process found in order, so that the next need
// not look there again.
type swept struct {
	mu     sync.Mutex
	all    time.Time
	blocks map[tableDay]int64
	graves graves
}

// tableDay is one partition of one table.
type tableDay struct{ table, day string }

// graves are how many sites were deleted, and sessions by their days.
type graves struct {
	sites    int
	sessions map[string]int
}

func (t *tombstones) graves() graves {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := graves{len(t.sites), map[string]int{}}
	for k := range t.sessions {
		g.sessions[date(dayOfID(k.session))]++
	}
	return g
}

// Sweep deletes again what has risen: the rows of a process that was killed, or
// slept, between inserting what is deleted and looking for tombstones, in whatever
// tables they lie. It tells how many sessions it found. The first call looks at
// every day of which something was deleted, others where there are new rows or
// new tombstones since.
func (s *Store) Sweep(ctx context.Context) (sessions int, err error) {
	s.swept.mu.Lock()
	defer s.swept.mu.Unlock()
	if sessions, err = s.sweep(ctx, time.Now()); err != nil {
		return sessions, fmt.Errorf("sweep what was deleted: %w", err)
	}
	return sessions, nil
}

func (s *Store) sweep(ctx context.Context, now time.Time) (sessions int, err error) {
	// What comes after this is looked at next time.
	blocks, err := s.blocks(ctx)
	if err != nil {
		return 0, err
	}
	if err := s.readTombstones(ctx); err != nil {
		return 0, err
	}
	done := &s.swept
	if now.Sub(done.all) >= lookAtAll {
		done.all, done.blocks, done.graves = now, nil, graves{}
	}
	graves := s.tombstones.graves()
	risen := map[siteSession]struct{}{}
	for _, table := range sessionTables() {
		days, siteDays := done.changed(table, blocks, graves)
		if err := s.risen(ctx, table, days, siteDays, risen); err != nil {
			return len(risen), err
		}
	}
	bySite := map[string][][16]byte{}
	for k := range risen {
		bySite[k.site] = append(bySite[k.site], k.session)
	}
	for site, ids := range bySite {
		if err := s.deleteRows(ctx, site, ids); err != nil {
			return len(risen), err
		}
	}
	if err := s.sweepShared(ctx, graves.sites); err != nil {
		return len(risen), err
	}
	if len(risen) == 0 { // else it looks there again
		done.blocks, done.graves = blocks, graves
	}
	return len(risen), nil
}

// changed are the days of a table with rows or tombstones that no sweep has seen:
// those with deleted sessions, and those on which a deleted site may have some.
func (d *swept) changed(table string, blocks map[tableDay]int64, now graves) (days, siteDays []string) {
	for _, k := range slices.SortedFunc(maps.Keys(blocks), func(a, b tableDay) int { return strings.Compare(a.day, b.day) }) {
		if k.table != table {
			continue
		}
		last, seen := d.blocks[k]
		grown := !seen || last != blocks[k]
		if n := now.sessions[k.day]; n > 0 && (grown || n != d.graves.sessions[k.day]) {
			days = append(days, k.day)
		}
		if now.sites > 0 && (grown || now.sites != d.graves.sites) {
			siteDays = append(siteDays, k.day)
		}
	}
	return days, siteDays
}

// blocks is how far each day of each table is.
func (s *Store) blocks(ctx context.Context) (map[tableDay]int64, error) {
	out := map[tableDay]int64{}
	err := s.each(ctx, "sweep_blocks", func(r driver.Rows) error {
		var k tableDay
		var block int64
		err := r.Scan(&k.table, &k.day, &block)
		out[k] = block
		return err
	}, named("tables", sessionTables()))
	return out, err
}

// risen adds the sessions that a table has on these days although they were deleted.
func (s *Store) risen(ctx context.Context, table string, days, siteDays []string, found map[siteSession]struct{}) error {
	if len(days)+len(siteDays) == 0 {
		return nil
	}
	return s.eachOf(ctx, []string{table}, "tombstone_risen", func(r driver.Rows) error {
		var k siteSession
		var text string
		if err := r.Scan(&k.site, &text); err != nil {
			return err
		}
		_, err := hex.Decode(k.session[:], []byte(text))
		found[k] = struct{}{}
		return err
	}, named("days", days), named("site_days", siteDays))
}

// sweepShared removes what deleted sites have that belongs to no session.
func (s *Store) sweepShared(ctx context.Context, deleted int) error {
	if deleted == 0 {
		return nil
	}
	var sites []string
	err := s.each(ctx, "tombstone_shared", func(r driver.Rows) error {
		var site string
		err := r.Scan(&site)
		sites = append(sites, site)
		return err
	})
	for _, site := range sites {
		if err == nil {
			err = s.deleteShared(ctx, site)
		}
	}
	return err
}
