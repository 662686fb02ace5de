package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"hindsight/internal/fault"
)

// Rejected is a record that the store refuses for what it is.
type Rejected struct {
	Record *Record
	Err    error
}

// Write stores records into every raw table, then marks what has to be derived
// anew, and returns when all of it is on disk. Storing a record again, in any
// grouping, changes nothing.
//
// A record that the store refuses for what it is comes back in rejected, its
// neighbours are stored. Any other error says that the store is not well:
// nothing may be regarded as kept, and the same call may be repeated. What was
// deleted is left out.
func (s *Store) Write(ctx context.Context, records []*Record) (rejected []Rejected, err error) {
	defer func() {
		if err != nil { // rows may lie in some tables, and what is stored may be another copy
			s.recent.dropAll()
		}
	}()
	if records, err = s.living(ctx, records); err != nil || len(records) == 0 {
		return nil, err
	}
	for _, part := range splitByDay(records) {
		refused, err := s.bisect(ctx, part)
		if err != nil {
			return nil, err
		}
		rejected = append(rejected, refused...)
	}
	kept := records
	if len(rejected) > 0 {
		kept = slices.DeleteFunc(slices.Clone(records), func(r *Record) bool {
			return slices.ContainsFunc(rejected, func(x Rejected) bool { return x.Record == r })
		})
	}
	// Rows of a refused record may lie in some tables already; its marks would
	// only derive what is there, so they are left out.
	fault.Here(fault.BeforeMarks)
	marks := marksOf(kept)
	s.recent.wrote(kept, rejected, marks, time.Now())
	if err := s.mark(ctx, marks); err != nil {
		return nil, err
	}
	fault.Here(fault.AfterMarks)
	return rejected, s.takeBack(ctx, records)
}

// maxDays of one insert: ClickHouse refuses a block that touches more than 100
// partitions.
const maxDays = 100

// splitByDay cuts records so that no part touches more than maxDays days. The
// order within a day stays.
func splitByDay(records []*Record) [][]*Record {
	days := map[[2]byte]struct{}{}
	for _, r := range records {
		days[[2]byte(r.Session[:2])] = struct{}{}
	}
	if len(days) <= maxDays {
		return [][]*Record{records}
	}
	sorted := slices.Clone(records)
	slices.SortStableFunc(sorted, func(a, b *Record) int {
		return slices.Compare(a.Session[:2], b.Session[:2])
	})
	var parts [][]*Record
	start, seen := 0, 1
	for i := 1; i < len(sorted); i++ {
		if [2]byte(sorted[i].Session[:2]) == [2]byte(sorted[i-1].Session[:2]) {
			continue
		}
		if seen++; seen > maxDays {
			parts = append(parts, sorted[start:i])
			start, seen = i, 1
		}
	}
	return append(parts, sorted[start:])
}

// bisect inserts records; when the store refuses them for what they are it
// halves until it has found which.
func (s *Store) bisect(ctx context.Context, records []*Record) ([]Rejected, error) {
	err := s.insertAll(ctx, records)
	if err == nil {
		return nil, nil
	}
	switch {
	case refusedForContent(err) && len(records) == 1:
		// Once more: a torn connection can look like incorrect data.
		if again := s.insertAll(ctx, records); again == nil || !refusedForContent(again) {
			return nil, again
		}
		return []Rejected{{records[0], err}}, nil
	case !refusedForContent(err) && (!tooMuchAtOnce(err) || len(records) == 1):
		return nil, err
	}
	half := len(records) / 2
	first, err := s.bisect(ctx, records[:half])
	if err != nil {
		return nil, err
	}
	second, err := s.bisect(ctx, records[half:])
	return append(first, second...), err
}

// inserting is how many tables are written at a time: whoever reads needs some
// of the connections (Config.MaxConns).
const inserting = 8

// insertingMany is the same when there are manyRecords or more. Then nobody waits
// for these few milliseconds less, and inserts side by side take more CPU time
// and memory.
const (
	insertingMany = 2
	manyRecords   = 2000
)

// rawTables make the inserts of a batch of records.
func (s *Store) rawTables() []func([]*Record) tableRows {
	return []func([]*Record) tableRows{
		batchRows, viewRows, hitRows, eventRows, heatRows, traceRows, chunkRows, snapshotRows, s.sheetRows, sheetNameRows,
		consentRows, protectedRows,
	}
}

// insertAll inserts into the raw tables side by side: each insert waits for the
// disk most of its time.
func (s *Store) insertAll(ctx context.Context, records []*Record) error {
	records = inOrder(records)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(inserting)
	if len(records) >= manyRecords {
		g.SetLimit(insertingMany)
	}
	for _, rows := range s.rawTables() {
		g.Go(func() error {
			fault.Here(fault.BeforeInsert)
			if err := s.insert(ctx, rows(records)); err != nil {
				return err
			}
			fault.Here(fault.AfterInsert)
			return nil
		})
	}
	return g.Wait()
}

// inOrder sorts records as most tables sort their rows, so that the engine finds
// them so and need not move them. The order of what is stored twice stays.
func inOrder(records []*Record) []*Record {
	places, order := make([]sortingPlace, len(records)), make([]int32, len(records))
	for i, r := range records {
		places[i], order[i] = placeOf(r), int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		if n := places[a].compare(&places[b]); n != 0 {
			return n
		}
		x, y := records[a], records[b]
		return cmp.Or(bytes.Compare(x.Document[8:], y.Document[8:]), cmp.Compare(x.Sequence, y.Sequence), cmp.Compare(a, b))
	})
	sorted := make([]*Record, len(records))
	for i, n := range order {
		sorted[i] = records[n]
	}
	return sorted
}

// sortingPlace is what tells nearly all records apart, side by side with that of
// the others: to look at each record again and again costs more than sorting does.
type sortingPlace struct {
	site     string
	session  [2]uint64 // in the order of its bytes, as the next
	document uint64    // its first half
}

func placeOf(r *Record) sortingPlace {
	be := binary.BigEndian
	return sortingPlace{r.Site, [2]uint64{be.Uint64(r.Session[:]), be.Uint64(r.Session[8:])}, be.Uint64(r.Document[:])}
}

func (a *sortingPlace) compare(b *sortingPlace) int {
	switch {
	case a.site != b.site:
		return strings.Compare(a.site, b.site)
	case a.session[0] != b.session[0]:
		return cmp.Compare(a.session[0], b.session[0])
	case a.session[1] != b.session[1]:
		return cmp.Compare(a.session[1], b.session[1])
	}
	return cmp.Compare(a.document, b.document)
}
