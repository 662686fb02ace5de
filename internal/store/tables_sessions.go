package store

import "math"

// sessionRows is the insert into sessions. A session without batches becomes an
// empty row.
func sessionRows(generation uint64, keys []derivedKey, sessions []derivedSession) tableRows {
	type row struct {
		*derivedSession
		factSums
		first, last derivedView // zero without views
		quickBacks  uint32
		rows        uint64
	}
	rows := make([]row, len(sessions))
	for i := range sessions {
		d := &sessions[i]
		r := row{derivedSession: d, factSums: sumFacts(d.facts), rows: d.batches + d.countries + uint64(len(d.views)+len(d.facts))}
		r.first, r.last = d.throughViews()
		r.quickBacks = quickBacks(d.views)
		rows[i] = r
	}
	return tableRows{"sessions", len(keys), append(keyColumns(keys, "session"),
		each("visitor", rows, func(r *row) []byte { return idBytes(r.visitor) }),
		each("started_at", rows, func(r *row) int64 { return r.began }),
		each("ended_at", rows, func(r *row) int64 { return r.ended }),
		each("duration_ms", rows, func(r *row) uint64 { return r.lengthMS() }),
		each("active_ms", rows, func(r *row) uint64 { return active(r.starts, r.stops) }),
		each("pages", rows, func(r *row) uint32 { return uint32(len(r.views)) }),
		each("clicks", rows, func(r *row) uint32 { return counted(r.clicks) }),
		each("scrolls", rows, func(r *row) uint32 { return counted(r.scrolls) }),
		each("keystrokes", rows, func(r *row) uint32 { return counted(r.keystrokes) }),
		each("errors", rows, func(r *row) uint32 { return counted(r.errors) }),
		each("customs", rows, func(r *row) uint32 { return counted(r.customs) }),
		each("rages", rows, func(r *row) uint32 { return r.rages }),
		each("deads", rows, func(r *row) uint32 { return r.deads }),
		each("quick_backs", rows, func(r *row) uint32 { return r.quickBacks }),
		each("documents", rows, func(r *row) uint32 { return counted(r.documents) }),
		each("tabs", rows, func(r *row) uint32 { return counted(r.tabs) }),
		each("batches", rows, func(r *row) uint32 { return counted(r.batches) }),
		each("missing", rows, func(r *row) uint32 { return r.missing() }),
		each("gaps", rows, func(r *row) uint32 { return counted(r.gaps) }),
		each("gap_ms", rows, func(r *row) uint64 { return min(r.gapMS, r.lengthMS()) }),
		each("gap_reasons", rows, func(r *row) reasonCounts { return r.reasons }),
		each("refused", rows, func(r *row) uint32 { return counted(r.refused) }),
		each("replay_events", rows, func(r *row) uint64 { return r.replayEvents }),
		each("replay_bytes", rows, func(r *row) uint64 { return r.replayBytes }),
		each("entry_path", rows, func(r *row) string { return r.first.path }),
		each("exit_path", rows, func(r *row) string { return r.last.path }),
		each("paths", rows, func(r *row) []string { return r.paths }),
		each("referrer", rows, func(r *row) string { return r.first.referrer }),
		each("language", rows, func(r *row) string { return r.first.language }),
		each("time_zone", rows, func(r *row) string { return r.first.timeZone }),
		each("screen_w", rows, func(r *row) uint16 { return r.first.screenW }),
		each("screen_h", rows, func(r *row) uint16 { return r.first.screenH }),
		each("viewport_w", rows, func(r *row) uint16 { return r.first.viewportW }),
		each("viewport_h", rows, func(r *row) uint16 { return r.first.viewportH }),
		each("browser", rows, func(r *row) string { return r.browser }),
		each("browser_version", rows, func(r *row) string { return r.browserVersion }),
		each("os", rows, func(r *row) string { return r.os }),
		each("os_version", rows, func(r *row) string { return r.osVersion }),
		each("device", rows, func(r *row) string { return r.device }),
		each("country", rows, func(r *row) string { return r.country }),
		each("demo", rows, func(r *row) uint8 { return r.demo }),
		each("version", rows, func(r *row) uint64 { return versionOf(generation, r.rows) }),
		each("empty", rows, func(r *row) uint8 { return empty(r.batches) }),
	)}
}

// maxMissing bounds the sequence numbers of a session that are not there: far more
// than its batches can be, in a day and at one every second or so. A tracker that
// counts wildly would otherwise stand for more than all others of a site together.
const maxMissing = 100_000

func (d *derivedSession) missing() uint32 { return uint32(min(d.highest-d.batches, maxMissing)) }

func (d *derivedSession) lengthMS() uint64 { return uint64(d.ended - d.began) }

// counted is a number that came together from a client's own: as much of it as a
// column holds.
func counted(n uint64) uint32 { return uint32(min(n, math.MaxUint32)) }

// throughViews finds the first and the last view, and puts what client hints
// said of the browser in the place of what its user agent told. Without views
// the batches tell the paths.
func (d *derivedSession) throughViews() (first, last derivedView) {
	first.path, last.path = d.firstPath, d.lastPath
	var hint *derivedView
	for i := range d.views {
		v := &d.views[i]
		if i == 0 || v.compare(&first.place) < 0 {
			first = *v
		}
		if i == 0 || v.compare(&last.place) > 0 {
			last = *v
		}
		if (v.browser != "" || v.os != "") && (hint == nil || v.compare(&hint.place) < 0) {
			hint = v
		}
	}
	if hint != nil && hint.browser != "" {
		d.browser, d.browserVersion = hint.browser, hint.browserVersion
	}
	if hint != nil && hint.os != "" {
		d.os, d.osVersion = hint.os, hint.osVersion
	}
	return first, last
}

// idBytes are the bytes of an id of 16; none are zeros.
func idBytes(id string) []byte {
	out := make([]byte, 16)
	copy(out, id)
	return out
}
