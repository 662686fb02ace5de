package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"hindsight/internal/fault"
)

// sessionTables hold rows that belong to one session. Whoever adds such a
// table adds it here, before the last; a test compares with the schema. The
// batches go last: by them a visitor's sessions are found, once more also when
// a deletion was interrupted.
func sessionTables() []string {
	return []string{"page_views", "page_hits", "events", "heat_points", "heat_traces", "recording_chunks", "snapshots", "session_sheets", "protected_fields", "sessions", "batches"}
}

// DeleteSessions removes sessions of a site from every raw and derived table
// and returns when that is done. The pages of their days are derived anew by
// the next round of a Deriver. After an error the same call may be repeated.
//
// It hides the rows table by table; their bytes go with the next merge of the part.
// They never come back: a tombstone is written before (tombstones.go).
func (s *Store) DeleteSessions(ctx context.Context, site string, sessions [][16]byte) error {
	if err := s.entomb(ctx, site, sessions); err != nil {
		return err
	}
	return s.deleteRows(ctx, site, sessions)
}

// deleteRows removes the rows that are there now. A deletion looks at every part of
// its table, whatever it is to find there: so sessions of many days go together.
func (s *Store) deleteRows(ctx context.Context, site string, sessions [][16]byte) error {
	for rest := distinct(slices.Clone(sessions)); len(rest) > 0; { // by their days
		var part *doomed
		part, rest = gather(site, rest)
		if err := s.deleteTogether(ctx, part); err != nil {
			return fmt.Errorf("delete sessions: %w", err)
		}
	}
	return nil
}

// doomed are sessions of a site that are deleted together.
type doomed struct {
	site  string
	days  []time.Time
	dates []string // of the days
	ids   []string // in hexadecimal
	keys  []derivedKey
}

// gather takes as many of the first sessions as one statement names.
func gather(site string, sessions [][16]byte) (d *doomed, rest [][16]byte) {
	d = &doomed{site: site}
	for i, id := range sessions {
		day := dayOfID(id)
		known := slices.ContainsFunc(d.days, day.Equal)
		if i == maxNamedKeys || (!known && len(d.days) == maxDays) {
			return d, sessions[i:]
		}
		if !known {
			d.days, d.dates = append(d.days, day), append(d.dates, date(day))
		}
		d.ids = append(d.ids, hex.EncodeToString(id[:]))
		d.keys = append(d.keys, derivedKey{markSession, site, day, string(id[:])})
	}
	return d, nil
}

func (d *doomed) args() []any {
	return []any{named("site", d.site), named("days", d.dates), named("sessions", d.ids)}
}

// deleteTogether may end anywhere: whoever begins anew finds the sessions until
// all of it is written down.
func (s *Store) deleteTogether(ctx context.Context, d *doomed) error {
	tables := sessionTables()
	last := len(tables) - 1
	if err := s.deleteFrom(ctx, tables[:last], d); err != nil {
		return err
	}
	// The batches stay until it is written down that all of it is to be derived
	// anew. A derivation that read them before has an older version than any
	// after that, whenever it writes its row; so from here on none may read them.
	if err := s.exec(ctx, "delete_hide", d.args()...); err != nil {
		return fmt.Errorf("hide batches: %w", err)
	}
	if err := s.markAfterDelete(ctx, d); err != nil {
		return err
	}
	fault.Here(fault.AfterDeleteMarks)
	// Nothing derived may be deleted from here on: the empty rows have to stay.
	if err := s.deriveAfterDelete(ctx, d); err != nil {
		return err
	}
	return s.deleteFrom(ctx, tables[last:], d)
}

// deriveAfterDelete writes the sessions' empty rows at once: a derivation that
// read them before they went may still be on its way, and its row must not show
// until the marks are worked off.
func (s *Store) deriveAfterDelete(ctx context.Context, d *doomed) error {
	generation, err := s.generation(ctx)
	if err != nil {
		return err
	}
	return s.deriveKeys(ctx, generation, slices.Clone(d.keys), nil)
}

func (s *Store) deleteFrom(ctx context.Context, tables []string, d *doomed) error {
	// One statement for all tables: the name is a constant of this program.
	text, err := statement("delete_sessions")
	if err != nil {
		return err
	}
	for _, table := range tables {
		fault.Here(fault.BeforeDelete)
		if err := s.conn.Exec(ctx, strings.Replace(text, "$table", table, 1), d.args()...); err != nil {
			return fmt.Errorf("delete from %s: %w", table, clean(err))
		}
	}
	return nil
}

// markAfterDelete has the deleted sessions and every page of their days derived
// anew: which pages it were can no longer be asked. From here on every
// derivation has a newer version than any that may have read the rows before
// they went.
func (s *Store) markAfterDelete(ctx context.Context, d *doomed) error {
	fault.Here(fault.BeforeDeleteMarks)
	if err := s.exec(ctx, "delete_record", named("site", d.site)); err != nil {
		return err
	}
	keys := slices.Clone(d.keys)
	for _, day := range d.days { // one at a time: a day may have half a million paths
		err := s.each(ctx, "delete_pages", func(rows driver.Rows) error {
			k := derivedKey{what: markPage, site: d.site, day: day}
			err := rows.Scan(&k.key)
			keys = append(keys, k)
			return err
		}, named("site", d.site), named("day", date(day)))
		if err != nil {
			return err
		}
		if err := s.mark(ctx, freshMarks(keys)); err != nil {
			return err
		}
		keys = keys[:0]
	}
	return nil
}

// DeleteSite removes everything of a site but its settings, for ever.
func (s *Store) DeleteSite(ctx context.Context, site string) error {
	if err := s.exec(ctx, "tombstone_put", named("site", site), named("scope", tombSite), named("until", int64(0))); err != nil {
		return err
	}
	for {
		sessions, err := s.sessionsOf(ctx, "delete_site_sessions", site)
		if err != nil {
			return err
		}
		if len(sessions) == 0 {
			return s.deleteShared(ctx, site)
		}
		if err := s.deleteRows(ctx, site, sessions); err != nil {
			return err
		}
	}
}

// deleteShared removes what belongs to a site and to no session: style sheets,
// of which several sessions share one, and proofs of consent.
func (s *Store) deleteShared(ctx context.Context, site string) error {
	if err := s.exec(ctx, "delete_site_sheets", named("site", site)); err != nil {
		return err
	}
	return s.exec(ctx, "delete_site_consents", named("site", site))
}

// VisitorErasure orders that a visitor's sessions go.
type VisitorErasure struct {
	Visitor [16]byte
	Until   int64 // Unix ms, by the collectors' clocks: a session of which all that names the visitor came later stays
}

// EntombVisitors finds every session of which a batch names one of the visitors
// and was received in time for the order: batches that are stored, and those of
// waiting, which are about to be. It writes down that they are gone: nothing of them
// is stored from here on, whatever is sent again. Their rows are left to
// DeleteEntombed. It may be repeated at any time and finds those again that have
// rows left. A visitor of zeros, which is none, has no sessions. Proofs of consent
// stay: they name nobody. A thousand visitors cost about what one costs: whoever has
// many gives them together.
func (s *Store) EntombVisitors(ctx context.Context, site string, orders []VisitorErasure, waiting []*Record) (sessions [][16]byte, err error) {
	if err := s.readTombstones(ctx); err != nil {
		return nil, err
	}
	until := make(map[[16]byte]int64, len(orders))
	ids := make([]string, 0, len(orders))
	for i := range orders {
		if o := &orders[i]; o.Visitor != [16]byte{} {
			until[o.Visitor] = max(until[o.Visitor], o.Until)
			ids = append(ids, hex.EncodeToString(o.Visitor[:]))
		}
	}
	var found [][16]byte
	for _, r := range waiting {
		if last, some := until[r.Batch.Visitor]; some && r.Site == site && r.Batch.ReceivedAt <= last {
			found = append(found, r.Session)
		}
	}
	for part := range slices.Chunk(ids, maxNamedKeys) {
		stored, err := s.visitorSessions(ctx, site, part, until)
		if err != nil {
			return nil, err
		}
		found = append(found, stored...)
	}
	found = distinct(found)
	fresh := slices.DeleteFunc(slices.Clone(found), func(id [16]byte) bool { return s.tombstones.hasSession(site, id) })
	if len(fresh) == 0 {
		return found, nil
	}
	if err := s.entomb(ctx, site, fresh); err != nil {
		return nil, err
	}
	return found, s.readTombstones(ctx) // so that Write leaves out what was waiting
}

// DeleteEntombed removes the rows of sessions that EntombVisitors has found. It takes
// much longer; Write may go on beside it. A Sweep, which would find the same rows,
// waits.
func (s *Store) DeleteEntombed(ctx context.Context, site string, sessions [][16]byte) error {
	s.swept.mu.Lock()
	defer s.swept.mu.Unlock()
	return s.deleteRows(ctx, site, sessions)
}

// visitorSessions are the stored sessions of visitors that an order means, and
// those that an interrupted erasure has left.
func (s *Store) visitorSessions(ctx context.Context, site string, visitors []string, until map[[16]byte]int64) (found [][16]byte, err error) {
	err = s.each(ctx, "delete_visitor_sessions", func(rows driver.Rows) error {
		var session, visitor string
		var received int64
		if err := rows.Scan(&session, &visitor, &received); err != nil {
			return err
		}
		var id, of [16]byte
		_, err1 := hex.Decode(id[:], []byte(session))
		_, err2 := hex.Decode(of[:], []byte(visitor))
		if received <= until[of] || s.tombstones.hasSession(site, id) {
			found = append(found, id)
		}
		return errors.Join(err1, err2)
	}, named("site", site), named("visitors", visitors))
	return found, err
}

// sessionsOf are the sessions that a query names, each once. One that says $table is
// asked of every table that holds sessions.
func (s *Store) sessionsOf(ctx context.Context, query, site string, args ...any) ([][16]byte, error) {
	var out [][16]byte
	err := s.eachOf(ctx, sessionTables(), query, func(rows driver.Rows) error {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		var id [16]byte
		_, err := hex.Decode(id[:], []byte(text))
		out = append(out, id)
		return err
	}, append(args, named("site", site))...)
	return distinct(out), err
}
