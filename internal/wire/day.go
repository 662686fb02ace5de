package wire

import "time"

// Day is a UTC day: days since 1970-01-01. It lasts until the year 2149.
type Day uint16

const daySeconds = 24 * 60 * 60

// DayOf is the UTC day of t. Times outside what a Day can hold give the
// nearest one that it can.
func DayOf(t time.Time) Day {
	days := t.Unix() / daySeconds
	return Day(min(max(days, 0), 1<<16-1))
}

// Time is the day's first moment, UTC.
func (d Day) Time() time.Time { return time.Unix(int64(d)*daySeconds, 0).UTC() }

// String is the form YYYY-MM-DD.
func (d Day) String() string { return d.Time().Format(time.DateOnly) }

// Session days that a collector takes, relative to its own UTC day. Wild
// clocks would otherwise touch as many partitions as they liked.
const (
	DaysBack  = 7
	DaysAhead = 1
)

// Current tells whether a session of day d is taken on the day today.
func (d Day) Current(today Day) bool {
	return int(d) >= int(today)-DaysBack && int(d) <= int(today)+DaysAhead
}
