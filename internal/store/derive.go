package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"hindsight/internal/fault"
)

// Limits of one derivation. A good part of what one costs is the same for one
// key and for hundreds. But keys travel as parameters, which an HTTP server takes
// up to a megabyte, and there they are up to twice as long as they are counted
// here; and what is read of the sessions lies in memory until they are written.
const (
	maxDeriveKeys  = 4000
	maxDeriveBytes = 300_000
)

// maxNamedKeys bounds the keys of other queries.
const maxNamedKeys = 1000

// What the marks of a session mean.
const (
	// Idle is the longest time between two ends of batches in which the visitor
	// did something (a view, a click, a scroll, a movement, a key) that counts as
	// active, ms. A visitor who looks at a page for longer counts as away, as in
	// attention.
	idleMS = 30_000
	// A rage is three clicks or more in one document, each within this time and
	// distance (page px, across and down) of the one before. A run counts once.
	rageMS = 1_000
	ragePX = 30
	// A quick back is a page in a tab that was left within this time for the page
	// before it.
	backMS = 10_000
	// A dead click is one that the tracker tells as such (docs/wire-protocol.md).
)

// deriveKeys derives sessions and pages anew. The version of what it writes is
// made of the generation (how many erasures there were before reading began)
// and the raw rows read: rows only grow in number within a generation, so an
// older or slower derivation never wins over a newer one. The sessions in held
// are summed up already; the others are asked for.
func (s *Store) deriveKeys(ctx context.Context, generation uint64, keys []derivedKey, held map[derivedKey]derivedSession) error {
	for what, ofKind := range kinds(keys) {
		for part := range chunks(ofKind) {
			var err error
			if what == markPage {
				err = s.derivePages(ctx, generation, part)
			} else {
				err = s.deriveSessions(ctx, generation, part, held)
			}
			if err != nil {
				return fmt.Errorf("derive %d keys: %w", len(part), err)
			}
		}
		fault.Here(fault.BetweenTables)
	}
	return nil
}

// kinds gives the keys of each kind, pages first.
func kinds(keys []derivedKey) func(yield func(what int8, keys []derivedKey) bool) {
	byWhat := map[int8][]derivedKey{}
	for _, k := range keys {
		byWhat[k.what] = append(byWhat[k.what], k)
	}
	return func(yield func(int8, []derivedKey) bool) {
		_ = yield(markPage, byWhat[markPage]) && yield(markSession, byWhat[markSession])
	}
}

// deriveAlone derives one key that may be large.
func (s *Store) deriveAlone(ctx context.Context, generation uint64, k derivedKey) error {
	if k.what == markPage {
		return s.deriveLargePage(ctx, generation, k)
	}
	return s.deriveSessions(ctx, generation, []derivedKey{k}, nil)
}

// keyArgs name keys to a query: it reads every day, site and key that is named,
// so it may find more than these, and the caller tells them apart by keyOf.
func keyArgs(keys []derivedKey) []any {
	var days, sites []string
	names := make([]string, len(keys))
	seen := map[string]struct{}{}
	distinct := func(list []string, value string) []string {
		if _, old := seen[value]; old {
			return list
		}
		seen[value] = struct{}{}
		return append(list, value)
	}
	for i, k := range keys {
		days = distinct(days, date(k.day))
		names[i] = hex.EncodeToString([]byte(k.key))
	}
	clear(seen) // a site may be called like a day
	for _, k := range keys {
		sites = distinct(sites, k.site)
	}
	return []any{named("days", days), named("sites", sites), named("keys", strings.Join(names, ","))}
}

// rowKey names a derived row among those of one kind.
type rowKey struct {
	site string
	day  int64 // Unix s
	key  string
}

func keyOf(site string, day time.Time, key string) rowKey { return rowKey{site, day.Unix(), key} }

// versionOf is a derived row's: a later generation beats any number of rows.
func versionOf(generation, rows uint64) uint64 { return generation<<40 + rows }

// empty is what a derived row says of itself when it was made of nothing.
func empty(rows uint64) uint8 {
	if rows == 0 {
		return 1
	}
	return 0
}

// chunks cuts keys into parts that one query can take. An insert may touch 100
// days at most, so a part ends there too.
func chunks(keys []derivedKey) func(yield func([]derivedKey) bool) {
	return func(yield func([]derivedKey) bool) {
		for len(keys) > 0 {
			n, size := 0, 0
			days := map[time.Time]struct{}{}
			for n < len(keys) && n < maxDeriveKeys && size < maxDeriveBytes {
				if days[keys[n].day] = struct{}{}; len(days) > maxDays {
					break
				}
				size += 2*len(keys[n].key) + len(keys[n].site) + 20
				n++
			}
			if !yield(keys[:n]) {
				return
			}
			keys = keys[n:]
		}
	}
}

// generation counts the erasures so far.
func (s *Store) generation(ctx context.Context) (uint64, error) {
	var n uint64
	err := s.each(ctx, "derive_generation", func(rows driver.Rows) error { return rows.Scan(&n) })
	return n, err
}
