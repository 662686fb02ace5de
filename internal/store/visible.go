package store

import (
	"strings"
	"time"
)

// Visible says what of a site a read may see. Every read of raw or derived rows
// goes through it: its query file holds one of the markers below, and its
// parameters come from Args. This is the one place for what hides rows:
// retention. What was deleted needs no hiding: tombstones.go keeps it away.
//
// Markers of query files:
//
//	$visible(data)        rows of batches, page_views, page_hits, events, heat_points, heat_traces, sessions
//	$visible(recordings)  rows of recording_chunks, snapshots
//	$visible(days)        rows of page_days, which name no session
//	$visible(consents)    rows of consents, which are valid for ConsentYears and otherwise know no retention
type Visible struct {
	site       string
	data       time.Time
	recordings time.Time
	consents   time.Time
}

// Retention of a site in days; 0 or less keeps for ever.
type Retention struct {
	RecordingsDays int
	DataDays       int
}

// NewVisible is the view of a site at a moment. The first visible day is today
// (UTC) less the days of retention.
func NewVisible(site string, r Retention, now time.Time) Visible {
	return Visible{site: site, data: firstDay(r.DataDays, now), recordings: firstDay(r.RecordingsDays, now),
		consents: now.UTC().AddDate(-ConsentYears, 0, 0)}
}

// firstDay is the oldest day still kept; ClickHouse's Date begins in 1970.
func firstDay(days int, now time.Time) time.Time {
	epoch := time.Unix(0, 0).UTC()
	if days <= 0 {
		return epoch
	}
	day := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -days)
	if day.Before(epoch) {
		return epoch
	}
	return day
}

// Args are the parameters that the markers need, with more appended.
func (v Visible) Args(more ...any) []any {
	return append([]any{
		named("visible_site", v.site),
		named("visible_data", date(v.data)),
		named("visible_recordings", date(v.recordings)),
		named("visible_consents", v.consents.UnixMilli()),
	}, more...)
}

// DataFrom is the first visible day of everything but recordings.
func (v Visible) DataFrom() time.Time { return v.data }

// RecordingsFrom is the first visible day of recordings.
func (v Visible) RecordingsFrom() time.Time { return v.recordings }

// date is a day as a {name:Date} parameter.
func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func expandVisible(text string) string {
	return strings.NewReplacer(
		"$visible(data)", "(site = {visible_site:String} AND day >= {visible_data:Date})",
		"$visible(recordings)", "(site = {visible_site:String} AND day >= {visible_recordings:Date} AND day >= {visible_data:Date})",
		"$visible(consents)", "(site = {visible_site:String} AND at >= fromUnixTimestamp64Milli({visible_consents:Int64}, 'UTC'))",
		"$visible(days)", "(site = {visible_site:String} AND day >= {visible_data:Date})",
	).Replace(text)
}
