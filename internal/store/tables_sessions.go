package store

import "math"

// sessionRows is the insert into sessions. A session without batches becomes an
// empty row.
func sessionRows(generation uint64, keys []derivedKey, sessions []derivedSession) tableRows {
	for i := range sessions {
		sessions[i].hint()
	}
	return tableRows{"sessions", len(keys), append(keyColumns(keys, "session"),
		each("visitor", sessions, func(r *derivedSession) []byte { return idBytes(r.visitor) }),
		each("started_at", sessions, func(r *derivedSession) int64 { return r.began }),
		each("ended_at", sessions, func(r *derivedSession) int64 { return r.ended }),
		each("duration_ms", sessions, func(r *derivedSession) uint64 { return r.lengthMS() }),
		each("active_ms", sessions, func(r *derivedSession) uint64 { return active(r.starts, r.stops) }),
		each("pages", sessions, func(r *derivedSession) uint32 { return counted(r.views.pages) }),
		each("clicks", sessions, func(r *derivedSession) uint32 { return counted(r.clicks) }),
		each("scrolls", sessions, func(r *derivedSession) uint32 { return counted(r.scrolls) }),
		each("keystrokes", sessions, func(r *derivedSession) uint32 { return counted(r.keystrokes) }),
		each("errors", sessions, func(r *derivedSession) uint32 { return counted(r.errors) }),
		each("customs", sessions, func(r *derivedSession) uint32 { return counted(r.customs) }),
		each("rages", sessions, func(r *derivedSession) uint32 { return counted(r.facts.rages) }),
		each("deads", sessions, func(r *derivedSession) uint32 { return counted(r.facts.deads) }),
		each("quick_backs", sessions, func(r *derivedSession) uint32 { return r.views.quickBacks }),
		each("documents", sessions, func(r *derivedSession) uint32 { return counted(r.documents) }),
		each("tabs", sessions, func(r *derivedSession) uint32 { return counted(r.tabs) }),
		each("batches", sessions, func(r *derivedSession) uint32 { return counted(r.batches) }),
		each("missing", sessions, func(r *derivedSession) uint32 { return r.missing() }),
		each("gaps", sessions, func(r *derivedSession) uint32 { return counted(r.gaps) }),
		each("gap_ms", sessions, func(r *derivedSession) uint64 { return min(r.facts.gapMS(), r.lengthMS()) }),
		each("gap_reasons", sessions, func(r *derivedSession) reasonCounts { return r.facts.reasonCounts() }),
		each("refused", sessions, func(r *derivedSession) uint32 { return counted(r.refused) }),
		each("replay_events", sessions, func(r *derivedSession) uint64 { return r.replayEvents }),
		each("replay_bytes", sessions, func(r *derivedSession) uint64 { return r.replayBytes }),
		each("entry_path", sessions, func(r *derivedSession) string { return r.entryPath() }),
		each("exit_path", sessions, func(r *derivedSession) string { return r.exitPath() }),
		each("paths", sessions, func(r *derivedSession) []string { return r.paths }),
		each("referrer", sessions, func(r *derivedSession) string { return r.views.first.referrer }),
		each("language", sessions, func(r *derivedSession) string { return r.views.first.language }),
		each("time_zone", sessions, func(r *derivedSession) string { return r.views.first.timeZone }),
		each("screen_w", sessions, func(r *derivedSession) uint16 { return r.views.first.screenW }),
		each("screen_h", sessions, func(r *derivedSession) uint16 { return r.views.first.screenH }),
		each("viewport_w", sessions, func(r *derivedSession) uint16 { return r.views.first.viewportW }),
		each("viewport_h", sessions, func(r *derivedSession) uint16 { return r.views.first.viewportH }),
		each("browser", sessions, func(r *derivedSession) string { return r.browser }),
		each("browser_version", sessions, func(r *derivedSession) string { return r.browserVersion }),
		each("os", sessions, func(r *derivedSession) string { return r.os }),
		each("os_version", sessions, func(r *derivedSession) string { return r.osVersion }),
		each("device", sessions, func(r *derivedSession) string { return r.device }),
		each("country", sessions, func(r *derivedSession) string { return r.country }),
		each("demo", sessions, func(r *derivedSession) uint8 { return r.demo }),
		each("version", sessions, func(r *derivedSession) uint64 { return versionOf(generation, r.rows()) }),
		each("empty", sessions, func(r *derivedSession) uint8 { return empty(r.batches) }),
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

// rows is how many raw rows the session was made of, and what they say of their versions.
func (d *derivedSession) rows() uint64 {
	return d.batches + d.countries + d.views.pages + d.facts.facts
}

// entryPath is the first view's; without views the batches tell the paths.
func (d *derivedSession) entryPath() string {
	if d.views.pages == 0 {
		return d.firstPath
	}
	return d.views.first.path
}

func (d *derivedSession) exitPath() string {
	if d.views.pages == 0 {
		return d.lastPath
	}
	return d.views.last.path
}

// hint puts what client hints said of the browser in the place of what its user
// agent told.
func (d *derivedSession) hint() {
	hint := &d.views.hint
	if hint.browser != "" {
		d.browser, d.browserVersion = hint.browser, hint.browserVersion
	}
	if hint.os != "" {
		d.os, d.osVersion = hint.os, hint.osVersion
	}
}

// idBytes are the bytes of an id of 16; none are zeros.
func idBytes(id string) []byte {
	out := make([]byte, 16)
	copy(out, id)
	return out
}
