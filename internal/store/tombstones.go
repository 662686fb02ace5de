package store

import (
	"context"
	"encoding/hex"
	"slices"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Scopes of a tombstone, as the table has them.
const (
	tombSite    int8 = 1 // everything of a site, for ever: its id is never given again
	tombDemo    int8 = 2 // generated records of a site that were received until a moment
	tombSession int8 = 3 // a session, for ever: also what a tracker sends late
)

// tombstones is what is known of the table of that name: what was deleted and
// must not come back, however often the log is read. A deletion writes its
// tombstone first and deletes then; Write looks for new ones after it has
// inserted. So either the deletion finds the rows, or Write finds the tombstone.
type tombstones struct {
	mu       sync.Mutex
	known    bool
	rows     uint64 // of the table, when it was read
	sites    map[string]struct{}
	demos    map[string]int64 // Unix ms
	sessions map[siteSession]struct{}
}

type siteSession struct {
	site    string
	session [16]byte
}

// covers tells whether a record was deleted.
func (t *tombstones) covers(r *Record) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.sessions)+len(t.sites)+len(t.demos) == 0 {
		return false
	}
	if _, gone := t.sites[r.Site]; gone {
		return true
	}
	if until, some := t.demos[r.Site]; some && r.Batch.Flags&flagDemo != 0 && r.Batch.ReceivedAt <= until {
		return true
	}
	_, gone := t.sessions[siteSession{r.Site, r.Session}]
	return gone
}

// hasSite tells whether a whole site was deleted.
func (t *tombstones) hasSite(site string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, gone := t.sites[site]
	return gone
}

// hasSession tells whether a session was deleted.
func (t *tombstones) hasSession(site string, session [16]byte) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, gone := t.sessions[siteSession{site, session}]
	return gone
}

// flagDemo is that of the frame: generated, not a visit.
const flagDemo = 2

// readTombstones reads the table again if it has grown. The number of rows is
// the table's own count: asking for it reads nothing.
func (s *Store) readTombstones(ctx context.Context) error {
	var rows uint64
	if err := s.each(ctx, "tombstone_count", func(r driver.Rows) error { return r.Scan(&rows) }); err != nil {
		return err
	}
	t := &s.tombstones
	t.mu.Lock()
	current := t.known && rows == t.rows
	t.mu.Unlock()
	if current {
		return nil
	}
	sites, demos, sessions := map[string]struct{}{}, map[string]int64{}, map[siteSession]struct{}{}
	err := s.each(ctx, "tombstone_all", func(r driver.Rows) error {
		var site, text string
		var scope int8
		var until int64
		if err := r.Scan(&site, &scope, &text, &until); err != nil {
			return err
		}
		switch scope {
		case tombSite:
			sites[site] = struct{}{}
		case tombDemo:
			demos[site] = max(demos[site], until)
		case tombSession:
			var id [16]byte
			if _, err := hex.Decode(id[:], []byte(text)); err != nil {
				return err
			}
			sessions[siteSession{site, id}] = struct{}{}
		}
		return nil
	})
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known, t.rows, t.sites, t.demos, t.sessions = true, rows, sites, demos, sessions
	return nil
}

// living returns the records that no known tombstone covers. Rows of the others
// may lie in some tables: of a processor that was killed between its inserts.
func (s *Store) living(ctx context.Context, records []*Record) ([]*Record, error) {
	s.tombstones.mu.Lock()
	known := s.tombstones.known
	s.tombstones.mu.Unlock()
	if !known {
		if err := s.readTombstones(ctx); err != nil {
			return nil, err
		}
	}
	if !slices.ContainsFunc(records, s.tombstones.covers) {
		return records, nil
	}
	generated, err := s.entombGenerated(ctx, records)
	if err != nil {
		return nil, err
	}
	for site, sessions := range generated {
		stored, err := s.stored(ctx, site, sessions)
		if err != nil {
			return nil, err
		}
		if err := s.deleteRows(ctx, site, stored); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(slices.Clone(records), s.tombstones.covers), nil
}

// entombGenerated writes down that the sessions of generated records that were taken
// away are gone whole. Nothing else can tell later: of what was stored by half, the
// row that says that it was generated may be missing. Sessions and sites that were
// deleted by their names are found by these.
func (s *Store) entombGenerated(ctx context.Context, records []*Record) (gone map[string][][16]byte, err error) {
	gone = map[string][][16]byte{}
	for _, r := range records {
		if s.tombstones.covers(r) && !s.tombstones.hasSite(r.Site) && !s.tombstones.hasSession(r.Site, r.Session) {
			gone[r.Site] = append(gone[r.Site], r.Session)
		}
	}
	if len(gone) == 0 {
		return nil, nil
	}
	for site, sessions := range gone {
		gone[site] = distinct(sessions)
		if err := s.entomb(ctx, site, gone[site]); err != nil {
			return nil, err
		}
	}
	return gone, s.readTombstones(ctx)
}

// stored are those of sessions that have rows in any table.
func (s *Store) stored(ctx context.Context, site string, sessions [][16]byte) (found [][16]byte, err error) {
	for part := range slices.Chunk(sessions, maxNamedKeys) {
		ids, days := make([]string, len(part)), []string{}
		for i, id := range part {
			ids[i] = hex.EncodeToString(id[:])
			if day := date(dayOfID(id)); !slices.Contains(days, day) {
				days = append(days, day)
			}
		}
		some, err := s.sessionsOf(ctx, "delete_stored_sessions", site, named("days", days), named("sessions", ids))
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	return distinct(found), nil
}

// takeBack deletes again what was deleted while these records were inserted.
func (s *Store) takeBack(ctx context.Context, records []*Record) error {
	if err := s.readTombstones(ctx); err != nil {
		return err
	}
	if _, err := s.entombGenerated(ctx, records); err != nil {
		return err
	}
	gone := map[string][][16]byte{}
	for _, r := range records {
		if s.tombstones.covers(r) {
			gone[r.Site] = append(gone[r.Site], r.Session)
		}
	}
	for site, sessions := range gone {
		if err := s.deleteRows(ctx, site, distinct(sessions)); err != nil {
			return err
		}
		if err := s.forgetSite(ctx, site); err != nil {
			return err
		}
	}
	return nil
}

// forgetSite removes what sessions share, if the whole site was deleted.
func (s *Store) forgetSite(ctx context.Context, site string) error {
	if !s.tombstones.hasSite(site) {
		return nil
	}
	return s.deleteShared(ctx, site)
}

func distinct(ids [][16]byte) [][16]byte {
	slices.SortFunc(ids, func(a, b [16]byte) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}

// entomb writes down that sessions are gone for ever.
func (s *Store) entomb(ctx context.Context, site string, sessions [][16]byte) error {
	for part := range slices.Chunk(sessions, maxNamedKeys) {
		ids := make([]string, len(part))
		for i, id := range part {
			ids[i] = hex.EncodeToString(id[:])
		}
		if err := s.exec(ctx, "tombstone_sessions", named("site", site), named("sessions", ids)); err != nil {
			return err
		}
	}
	return nil
}

// DeleteDemo removes the generated sessions of a site and tells how many there
// were. Generated records that were received before now, by the collectors'
// clocks, do not come back, nor does the rest of their sessions; what is generated
// later is kept.
func (s *Store) DeleteDemo(ctx context.Context, site string) (sessions int, err error) {
	if err := s.exec(ctx, "tombstone_put", named("site", site), named("scope", tombDemo), named("until", time.Now().UnixMilli())); err != nil {
		return 0, err
	}
	found, err := s.sessionsOf(ctx, "delete_demo_sessions", site)
	if err != nil {
		return 0, err
	}
	return len(found), s.DeleteSessions(ctx, site, found)
}
