package processor

import (
	"math"
	"net/url"
	"strings"

	"hindsight/internal/rrweb"
	"hindsight/internal/store"
)

// replayRows makes the rows of a replay section whose events have been checked:
// the chunk, for which there is room, and where to find the snapshots inside.
// size is that of the section when it is written out.
func replayRows(rec *store.Record, chunk *store.ChunkRow, c *clock, times *span, size int, events []rrweb.Event) {
	b := &rec.Batch
	b.ReplayEvents, b.ReplayBytes = uint32(len(events)), uint32(size)
	if len(events) == 0 {
		return
	}
	*chunk = store.ChunkRow{Events: uint32(len(events)), RawBytes: uint32(size)}
	chunk.FirstTS, chunk.LastTS = events[0].Timestamp, events[0].Timestamp
	var meta *rrweb.Event
	for i := range events {
		e := &events[i]
		chunk.FirstTS, chunk.LastTS = min(chunk.FirstTS, e.Timestamp), max(chunk.LastTS, e.Timestamp)
		switch e.Type {
		case rrweb.TypeMeta:
			meta = e
		case rrweb.TypeFullSnapshot:
			chunk.Snapshots++
			if s, ok := snapshotRow(b.Path, meta, e); ok && len(rec.Snapshots) == 0 {
				// One row for a section: the table's identity has no index, and a
				// section belongs to one page view.
				s.At = c.at(float64(e.Timestamp))
				rec.Snapshots = append(rec.Snapshots, s)
			}
		}
	}
	times.add(c.at(float64(chunk.FirstTS)))
	times.add(c.at(float64(chunk.LastTS)))
	chunk.OffsetMS = c.offsetFor(float64(chunk.FirstTS))
	rec.Chunk = chunk
}

// snapshotRow says where a page's picture is. It needs the Meta event before
// the snapshot: without its sizes nothing can be drawn on it.
func snapshotRow(path string, meta, snapshot *rrweb.Event) (store.SnapshotRow, bool) {
	if meta == nil {
		return store.SnapshotRow{}, false
	}
	m := meta.Meta()
	if path == "" {
		path = pathOf(m.Href)
	}
	if path == "" || !(m.Width >= 1 && m.Width <= math.MaxUint16) || !(m.Height >= 0 && m.Height <= math.MaxUint16) {
		return store.SnapshotRow{}, false
	}
	return store.SnapshotRow{
		Path: path, ViewportW: uint16(math.Round(min(m.Width, math.MaxUint16))),
		ViewportH: uint16(math.Round(m.Height)), Bytes: uint32(snapshot.Size),
	}, true
}

// pathOf is the path of a page whose batch has no signals section to tell it,
// by the same rule: no query, and a route of a hash-routed application stays.
func pathOf(href string) string {
	u, err := url.Parse(href)
	if err != nil || u.Host == "" {
		return ""
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if strings.HasPrefix(u.Fragment, "/") {
		route, _, _ := strings.Cut(u.EscapedFragment(), "?")
		path += "#" + route
	}
	return cut(path, 1024)
}
