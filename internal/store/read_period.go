package store

import "time"

// Period is a span of event time, From inclusive, To exclusive.
type Period struct {
	From, To time.Time
}

// The processor keeps the time of an event between one day before its session's
// day and three days after it, so events of a period lie in the sessions of
// these days at most. Every read by event time widens its days here.
const (
	daysBefore = 3
	daysAfter  = 1
)

func (p Period) args() []any {
	return []any{
		named("from", p.From.UnixMilli()),
		named("to", p.To.UnixMilli()),
		named("from_day", date(p.firstDay())),
		named("to_day", date(p.lastDay())),
	}
}

func (p Period) firstDay() time.Time { return clampDay(p.From.UTC().AddDate(0, 0, -daysBefore)) }

func (p Period) lastDay() time.Time { return clampDay(p.To.UTC().AddDate(0, 0, daysAfter)) }

// wholeDays are the days that the period touches, for rows that know no time.
func (p Period) wholeDays() []any {
	last := p.To
	if last.After(p.From) {
		last = last.Add(-time.Millisecond) // To is exclusive
	}
	return []any{named("from_day", date(clampDay(p.From))), named("to_day", date(clampDay(last)))}
}

// clampDay keeps a day within what ClickHouse's Date can say, 1970 to 2149.
func clampDay(t time.Time) time.Time {
	first, last := time.Unix(0, 0), time.Date(2149, 6, 6, 0, 0, 0, 0, time.UTC)
	switch {
	case t.Before(first):
		return first
	case t.After(last):
		return last
	}
	return t
}
