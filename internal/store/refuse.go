package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Sections are the replay sections of a document from one sequence to another,
// both inclusive.
type Sections struct {
	Document
	First, Last uint32
}

// StoredSection is a section that has a chunk, and how long its events are, bytes
// inflated.
type StoredSection struct {
	Identity
	Bytes int64
}

// Stored lists which of the sections have a chunk, by place, each once, whatever
// became of their batches.
func (s *Store) Stored(ctx context.Context, of []Sections) ([]StoredSection, error) {
	asked := map[Document][]Sections{}
	for _, r := range of {
		asked[r.Document] = append(asked[r.Document], r)
	}
	var documents []Document
	for d := range asked {
		documents = append(documents, d)
	}
	var out []StoredSection
	for part := range slices.Chunk(documents, maxNamedKeys) {
		days, sites, sessions := placesOf(part)
		err := s.each(ctx, "refuse_stored", func(rows driver.Rows) error {
			var session, document string
			var id StoredSection
			var size uint32
			if err := rows.Scan(&id.Site, &session, &document, &id.Sequence, &size); err != nil {
				return err
			}
			copy(id.Session[:], session)
			copy(id.Document[:], document)
			id.Bytes = int64(size)
			for _, r := range asked[id.Of()] {
				if id.Sequence >= r.First && id.Sequence <= r.Last {
					out = append(out, id)
					break
				}
			}
			return nil
		}, named("days", days), named("sites", sites), named("sessions", sessions))
		if err != nil {
			return nil, fmt.Errorf("read which sections of %d documents are stored: %w", len(part), err)
		}
	}
	slices.SortFunc(out, func(a, b StoredSection) int { return compareIdentity(a.Identity, b.Identity) })
	return out, nil
}

func compareIdentity(a, b Identity) int {
	return cmp.Or(cmp.Compare(a.Site, b.Site), bytes.Compare(a.Session[:], b.Session[:]),
		bytes.Compare(a.Document[:], b.Document[:]), cmp.Compare(a.Sequence, b.Sequence))
}

// Judged gives each of stored replay sections that are found to judge, and tells of
// which it says that they are to be refused.
func (s *Store) Judged(ctx context.Context, sections []Identity, judge func(Identity, ReplayPayload) (refuse bool)) ([]Identity, error) {
	var refused []Identity
	for k, ids := range identitiesByDay(sections) {
		for part := range slices.Chunk(ids, maxNamedKeys) {
			err := s.each(ctx, "refuse_sections", func(rows driver.Rows) error {
				id := Identity{Site: k.site}
				var p ReplayPayload
				var session, document string
				if err := rows.Scan(&session, &document, &id.Sequence, &p.Codec, &p.KeyID, &p.Bytes); err != nil {
					return err
				}
				copy(id.Session[:], session)
				copy(id.Document[:], document)
				p.Document, p.Sequence = hexID(document), id.Sequence
				if judge(id, p) {
					refused = append(refused, id)
				}
				return nil
			}, namedIdentities(k, part)...)
			if err != nil {
				return nil, fmt.Errorf("read %d stored sections: %w", len(part), err)
			}
		}
	}
	return refused, nil
}

func identitiesByDay(ids []Identity) map[siteDay][]Identity {
	out := map[siteDay][]Identity{}
	for _, id := range ids {
		k := siteDay{id.Site, id.Day()}
		out[k] = append(out[k], id)
	}
	return out
}

// namedIdentities are the parameters that name batches of a day.
func namedIdentities(k siteDay, ids []Identity) []any {
	var keys, sessions []string
	for _, id := range ids {
		session := hex.EncodeToString(id.Session[:])
		keys = append(keys, session+hex.EncodeToString(id.Document[:])+strconv.FormatUint(uint64(id.Sequence), 10))
		sessions = append(sessions, session)
	}
	slices.Sort(sessions)
	return []any{named("site", k.site), named("day", date(k.day)), named("sessions", slices.Compact(sessions)), named("keys", keys)}
}

// Refuse takes replay sections back that were stored: their batches become such
// as were refused, their sessions are derived anew, and their chunks and
// snapshots go. In this order, so that nothing is served from the first step on,
// and who finds a chunk finds that the rest has to be done. After an error the
// same call may be repeated.
func (s *Store) Refuse(ctx context.Context, sections []Identity) error {
	for k, ids := range identitiesByDay(sections) {
		for part := range slices.Chunk(ids, maxNamedKeys) {
			if err := s.refuseOfDay(ctx, k, part); err != nil {
				return fmt.Errorf("refuse sections of %s: %w", date(k.day), err)
			}
		}
	}
	records := make([]*Record, len(sections))
	for i, id := range sections {
		records[i] = &Record{Identity: id}
	}
	return s.takeBack(ctx, records) // rows may have been written of what is deleted meanwhile
}

func (s *Store) refuseOfDay(ctx context.Context, k siteDay, ids []Identity) error {
	var sessions []derivedKey
	for _, id := range ids {
		if key := (derivedKey{markSession, k.site, k.day, string(id.Session[:])}); !slices.Contains(sessions, key) {
			sessions = append(sessions, key)
		}
	}
	args := namedIdentities(k, ids)
	if err := s.exec(ctx, "refuse_batches", args...); err != nil {
		return err
	}
	s.recent.dropSessions(sessions) // they are asked for from now on
	if err := s.mark(ctx, freshMarks(sessions)); err != nil {
		return err
	}
	for _, query := range [...]string{"refuse_snapshots", "refuse_chunks"} { // by these they are found, so they go last
		if err := s.exec(ctx, query, args...); err != nil {
			return err
		}
	}
	return nil
}
