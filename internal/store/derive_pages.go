package store

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// pageDay is what the hits of one path on one day come to.
type pageDay struct {
	hits, views, sessions, visitors, loads, loadUS uint64
	p50, p75                                       float64
}

// derivePages writes the rows of page_days for the keys. What there is not enough
// memory for at once it derives in parts, and at last page by page.
func (s *Store) derivePages(ctx context.Context, generation uint64, keys []derivedKey) error {
	err := s.derivePagesAtOnce(ctx, generation, keys)
	if !refusedFor(err, codeMemory) {
		return err
	}
	if len(keys) == 1 {
		return s.deriveLargePage(ctx, generation, keys[0])
	}
	half := len(keys) / 2
	if err := s.derivePages(ctx, generation, keys[:half]); err != nil {
		return err
	}
	return s.derivePages(ctx, generation, keys[half:])
}

// deriveLargePage is derivePages of one path with any number of hits: by three
// questions, each of which takes memory for one thing, and little. What comes in
// between them is marked, and the derivation after that has more hits and wins.
func (s *Store) deriveLargePage(ctx context.Context, generation uint64, k derivedKey) error {
	var p pageDay
	args := []any{named("day", date(k.day)), named("site", k.site), named("key", hex.EncodeToString([]byte(k.key)))}
	for _, ask := range []struct {
		query string
		scan  func(driver.Rows) error
	}{
		{"derive_page_counts", func(rows driver.Rows) error {
			var quantiles []float64
			err := rows.Scan(&p.hits, &p.views, &p.loads, &p.loadUS, &quantiles)
			if len(quantiles) == 2 {
				p.p50, p.p75 = quantiles[0], quantiles[1]
			}
			return err
		}},
		{"derive_page_sessions", func(rows driver.Rows) error { return rows.Scan(&p.sessions) }},
		{"derive_page_visitors", func(rows driver.Rows) error { return rows.Scan(&p.visitors) }},
	} {
		if err := s.each(ctx, ask.query, ask.scan, args...); err != nil {
			return err
		}
	}
	return s.insert(ctx, pageRows(generation, []derivedKey{k}, map[rowKey]pageDay{keyOf(k.site, k.day, k.key): p}))
}

func (s *Store) derivePagesAtOnce(ctx context.Context, generation uint64, keys []derivedKey) error {
	found := make(map[rowKey]pageDay, len(keys))
	err := s.each(ctx, "derive_pages", func(rows driver.Rows) error {
		var p pageDay
		var site, path string
		var day time.Time
		err := rows.Scan(&day, &site, &path, &p.hits, &p.views, &p.sessions, &p.visitors, &p.loads, &p.loadUS, &p.p50, &p.p75)
		found[keyOf(site, day, path)] = p
		return err
	}, keyArgs(keys)...)
	if err != nil {
		return err
	}
	return s.insert(ctx, pageRows(generation, keys, found))
}

// pageRows is the insert into page_days. A path without hits becomes an empty row.
func pageRows(generation uint64, keys []derivedKey, found map[rowKey]pageDay) tableRows {
	pages := make([]pageDay, len(keys))
	for i, k := range keys {
		p := found[keyOf(k.site, k.day, k.key)]
		if p.loads == 0 { // a quantile of nothing is no number
			p.p50, p.p75 = 0, 0
		}
		pages[i] = p
	}
	return tableRows{"page_days", len(keys), append(keyColumns(keys, "path"),
		each("views", pages, func(p *pageDay) uint64 { return p.views }),
		each("sessions", pages, func(p *pageDay) uint64 { return p.sessions }),
		each("visitors", pages, func(p *pageDay) uint64 { return p.visitors }),
		each("loads", pages, func(p *pageDay) uint64 { return p.loads }),
		each("load_avg_ms", pages, func(p *pageDay) float64 {
			if p.loads == 0 {
				return 0
			}
			return float64(p.loadUS) / float64(p.loads) / 1000
		}),
		each("load_p50_ms", pages, func(p *pageDay) float64 { return p.p50 }),
		each("load_p75_ms", pages, func(p *pageDay) float64 { return p.p75 }),
		each("version", pages, func(p *pageDay) uint64 { return versionOf(generation, p.hits) }),
		each("empty", pages, func(p *pageDay) uint8 { return empty(p.hits) }),
	)}
}

// keyColumns are those that name a derived row; the last is called name.
func keyColumns(keys []derivedKey, name string) []column {
	return []column{
		each("day", keys, func(k *derivedKey) time.Time { return k.day }),
		each("site", keys, func(k *derivedKey) string { return k.site }),
		each(name, keys, func(k *derivedKey) []byte { return []byte(k.key) }),
	}
}
