package store

import (
	"context"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// derivedSession is a session in the making: what its batches come to, summed up
// by the engine, and what its views and facts come to. Putting these together here
// costs a fraction of what it costs the engine to plan a statement that does
// (docs/adr/0017-derived-in-the-program.md). However much there is of it, it holds
// no more than the ends of its batches and a few views.
type derivedSession struct {
	visitor                                        string
	began, ended                                   int64   // Unix ms
	starts, stops                                  []int64 // of the batches in which the visitor did something
	clicks, scrolls, keystrokes, errors, customs   uint64
	documents, tabs, batches, highest              uint64
	gaps, refused, replayEvents, replayBytes       uint64
	firstPath, lastPath                            string
	paths                                          []string
	browser, browserVersion, os, osVersion, device string
	country                                        string
	demo                                           uint8
	countries                                      uint64 // batches that know theirs

	views viewSums
	facts factSums
}

// maxPaths of a session that are kept.
const maxPaths = 1000

// deriveSessions writes the rows of sessions for the keys.
func (s *Store) deriveSessions(ctx context.Context, generation uint64, keys []derivedKey, held map[derivedKey]derivedSession) error {
	sessions := make([]derivedSession, len(keys))
	byKey := make(map[rowKey]*derivedSession, len(keys))
	var asked []derivedKey
	for i, k := range keys {
		if d, ok := held[k]; ok {
			sessions[i] = d
			continue
		}
		byKey[keyOf(k.site, k.day, k.key)] = &sessions[i]
		asked = append(asked, k)
	}
	if err := s.askSessions(ctx, asked, byKey); err != nil {
		return err
	}
	return s.insert(ctx, sessionRows(generation, keys, sessions))
}

// askSessions reads what the keys come to.
func (s *Store) askSessions(ctx context.Context, keys []derivedKey, byKey map[rowKey]*derivedSession) error {
	if len(keys) == 0 {
		return nil
	}
	args := keyArgs(keys)
	for _, read := range []struct {
		query string
		scan  func(*sessionScan, driver.Rows) error
	}{{"derive_batches", (*sessionScan).batches}, {"derive_views", (*sessionScan).view}, {"derive_events", (*sessionScan).batch}} {
		scan := sessionScan{byKey: byKey}
		if err := s.each(ctx, read.query, func(rows driver.Rows) error { return read.scan(&scan, rows) }, args...); err != nil {
			return err
		}
		scan.facts.end()
	}
	return nil
}

// limitPaths puts the paths in order and leaves the first.
func (d *derivedSession) limitPaths() {
	slices.Sort(d.paths)
	d.paths = d.paths[:min(len(d.paths), maxPaths)]
}

// sessionScan takes rows in. What belongs to no session that is asked for (an id
// of this site that is another's too) is left out.
type sessionScan struct {
	byKey         map[rowKey]*derivedSession
	day           time.Time
	site, session string
	facts         factScan
	clicks        []derivedClick // memory for one batch after the other
}

func (c *sessionScan) of() *derivedSession { return c.byKey[keyOf(c.site, c.day, c.session)] }

func (c *sessionScan) batches(rows driver.Rows) error {
	var d derivedSession
	err := rows.Scan(&c.day, &c.site, &c.session, &d.visitor, &d.began, &d.ended, &d.starts, &d.stops,
		&d.clicks, &d.scrolls, &d.keystrokes, &d.errors, &d.customs, &d.documents, &d.tabs, &d.batches, &d.highest,
		&d.gaps, &d.refused, &d.replayEvents, &d.replayBytes, &d.firstPath, &d.lastPath, &d.paths,
		&d.browser, &d.browserVersion, &d.os, &d.osVersion, &d.device, &d.country, &d.demo, &d.countries)
	if to := c.of(); to != nil && err == nil {
		d.limitPaths()
		*to = d
	}
	return err
}

// view takes a view in. They come in the order of compareTabs.
func (c *sessionScan) view(rows driver.Rows) error {
	var v derivedView
	err := rows.Scan(&c.day, &c.site, &c.session, &v.tab, &v.at, &v.document, &v.sequence, &v.index, &v.path,
		&v.referrer, &v.language, &v.timeZone, &v.screenW, &v.screenH, &v.viewportW, &v.viewportH,
		&v.browser, &v.browserVersion, &v.os, &v.osVersion)
	if to := c.of(); to != nil && err == nil {
		to.views.add(&v)
	}
	return err
}

// batch takes a batch's facts in. They come in the order that factScan wants.
func (c *sessionScan) batch(rows driver.Rows) error {
	var b batchFacts
	var document string
	var sequence uint32
	var reasons []string
	var counts []uint64
	var index []uint16
	var at []int64
	var x, y []int32
	err := rows.Scan(&c.day, &c.site, &c.session, &document, &sequence, &b.facts, &b.deads, &b.gapUS, &reasons, &counts, &index, &at, &x, &y)
	to := c.of()
	if to == nil || err != nil {
		return err
	}
	b.reasons = reasonCounts{}
	for i, reason := range reasons {
		b.reasons[reason] = counts[i]
	}
	b.clicks = c.clicks[:0]
	for i := range at {
		b.clicks = append(b.clicks, derivedClick{at[i], x[i], y[i], sequence, index[i]})
	}
	c.clicks = b.clicks
	c.facts.add(&to.facts, document, &b)
	return nil
}
