package store

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Page is a path with its counts over a period.
type Page struct {
	Path                    string
	Views, Sessions, Clicks uint64
	Loads                   uint64
	LoadAvg, LoadP50        float64 // ms; meaningless without loads
}

// Day is a day's figures.
type Day struct {
	Day             time.Time
	Views, Sessions uint64
}

// Status says what has arrived for a site.
type Status struct {
	First, Last                     time.Time // zero when nothing has
	Sessions, DemoSessions, Batches uint64
}

// Pages returns paths with counts, most viewed first.
func (s *Store) Pages(ctx context.Context, v Visible, p Period, limit int) ([]Page, error) {
	var out []Page
	args := append(p.args(), named("limit", limit))
	err := s.each(ctx, "read_pages", func(rows driver.Rows) error {
		var page Page
		err := rows.Scan(&page.Path, &page.Views, &page.Sessions, &page.Clicks, &page.Loads, &page.LoadAvg, &page.LoadP50)
		out = append(out, page)
		return err
	}, v.Args(args...)...)
	return out, err
}

// Days returns the figures of each whole day that the period touches, in order,
// leaving out days on which nothing happened.
func (s *Store) Days(ctx context.Context, v Visible, p Period) ([]Day, error) {
	var out []Day
	err := s.each(ctx, "read_days", func(rows driver.Rows) error {
		var day Day
		err := rows.Scan(&day.Day, &day.Views, &day.Sessions)
		out = append(out, day)
		return err
	}, v.Args(p.wholeDays()...)...)
	return out, err
}

// Status returns what has arrived for a site.
func (s *Store) Status(ctx context.Context, v Visible) (Status, error) {
	var st Status
	err := s.each(ctx, "read_status", func(rows driver.Rows) error {
		return rows.Scan(&st.First, &st.Last, &st.Sessions, &st.DemoSessions, &st.Batches)
	}, v.Args()...)
	if st.Sessions == 0 {
		st.First, st.Last = time.Time{}, time.Time{}
	}
	return st, err
}
