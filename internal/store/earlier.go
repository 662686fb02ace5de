package store

import (
	"context"
	"fmt"
	"hash/maphash"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"hindsight/internal/native"
)

// maxEarlier bounds the sessions that an Earlier holds, at some 20 bytes each.
const maxEarlier = 1_000_000

// earlierDays are the days before today whose sessions an Earlier knows: a
// session goes on past midnight, and clocks differ.
const earlierDays = 1

// Earlier tells of which sessions something was stored at a moment. It never
// misses one, but may take a session for stored that is not: of the days before
// yesterday it knows nothing, and it holds only so many. It is not changed after
// it was made.
type Earlier struct {
	since    native.Day // knows the sessions of this day and later ones
	seed     maphash.Seed
	sessions map[uint64]struct{} // hashes
	unknown  bool                // there are too many
}

// Earlier asks which sessions of yesterday, today and later are stored. It is for
// who from now on alone writes what comes of the sessions that it writes, and
// says of its records whether they are of these.
func (s *Store) Earlier(ctx context.Context) (*Earlier, error) {
	return s.earlier(ctx, time.Now(), maxEarlier)
}

func (s *Store) earlier(ctx context.Context, now time.Time, most int) (*Earlier, error) {
	generation, err := s.generation(ctx)
	if err != nil {
		return nil, err
	}
	since := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -earlierDays)
	e := &Earlier{since: native.DayOf(since), seed: maphash.MakeSeed(), sessions: map[uint64]struct{}{}}
	rows := 0
	err = s.each(ctx, "earlier_sessions", func(r driver.Rows) error {
		var site, text string
		if err := r.Scan(&site, &text); err != nil {
			return err
		}
		var id [16]byte
		copy(id[:], text)
		e.sessions[e.hash(site, id)] = struct{}{}
		rows++
		return nil
	}, named("since", date(since)), named("limit", uint64(most)+1))
	if err != nil {
		return nil, fmt.Errorf("read which sessions are stored: %w", err)
	}
	if rows > most {
		e.sessions, e.unknown = nil, true
	}
	s.recent.begin(generation)
	return e, nil
}

// Has tells whether anything of a session may have been stored.
func (e *Earlier) Has(site string, session [16]byte) bool {
	if e == nil || e.unknown || dayNumber(session) < e.since {
		return true
	}
	_, stored := e.sessions[e.hash(site, session)]
	return stored
}

// hash names a session. Two of one name are both taken for stored if one is.
func (e *Earlier) hash(site string, session [16]byte) uint64 {
	return maphash.Comparable(e.seed, siteSession{site, session})
}
