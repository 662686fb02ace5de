package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"hindsight/internal/native"
)

// What a mark says has changed.
const (
	markSession int8 = 1 // key: the session id's 16 bytes; none: the whole day, see wholeDay
	markPage    int8 = 2 // key: the path
)

// derivedKey names one row of a derived table.
type derivedKey struct {
	what int8
	site string
	day  time.Time
	key  string
}

// mark says that a key has to be derived anew. It lies in the store durably
// before the offset is committed. Each marking draws a number of its own, so
// that crossing one out never touches another that was written meanwhile.
type mark struct {
	derivedKey
	number uint64
}

func (k *derivedKey) siteDay() siteDay { return siteDay{k.site, k.day} }

// wholeDay tells whether the key means every session and page of a day, of which
// something came when it was past retention (Deriver.thawed).
func (k *derivedKey) wholeDay() bool { return k.what == markSession && k.key == "" }

func dayKey(d siteDay) derivedKey { return derivedKey{what: markSession, site: d.site, day: d.day} }

// marksOf names what records change, each key once.
func marksOf(records []*Record) []mark {
	seen := map[derivedKey]struct{}{}
	var keys []derivedKey
	add := func(k derivedKey) {
		if _, ok := seen[k]; !ok {
			seen[k] = struct{}{}
			keys = append(keys, k)
		}
	}
	for _, r := range records {
		day := r.Day()
		add(derivedKey{markSession, r.Site, day, string(r.Session[:])})
		for i := range r.Hits {
			add(derivedKey{markPage, r.Site, day, r.Hits[i].Path})
		}
	}
	return freshMarks(keys)
}

// freshMarks draws a number for each key.
func freshMarks(keys []derivedKey) []mark {
	marks := make([]mark, len(keys))
	for i, k := range keys {
		marks[i] = mark{k, rand.Uint64()} //nolint:gosec // tells marks apart, keeps nobody out
	}
	return marks
}

// mark writes marks down.
func (s *Store) mark(ctx context.Context, marks []mark) error {
	s.own.add(marks)
	return s.writeMarks(ctx, marks, 1)
}

// crossOut cancels marks: table and engine drop a pair of opposite signs.
func (s *Store) crossOut(ctx context.Context, marks []mark) error {
	if err := s.writeMarks(ctx, marks, -1); err != nil {
		return err
	}
	s.own.crossed(marks)
	return nil
}

func (s *Store) writeMarks(ctx context.Context, marks []mark, sign int8) error {
	return s.insert(ctx, tableRows{"derive_marks", len(marks), []column{
		each("what", marks, func(m *mark) int8 { return m.what }),
		each("site", marks, func(m *mark) string { return m.site }),
		each("day", marks, func(m *mark) native.Day { return native.DayOf(m.day) }),
		each("key", marks, func(m *mark) string { return m.key }),
		each("mark", marks, func(m *mark) uint64 { return m.number }),
		each("sign", marks, func(*mark) int8 { return sign }),
	}})
}

// pendingMarks reads at most limit marks that nothing has crossed out, at most share
// of one site; those of whole days, which may wait for ever, come last.
func (s *Store) pendingMarks(ctx context.Context, limit, share int) ([]mark, error) {
	var marks []mark
	err := s.each(ctx, "derive_pending", func(rows driver.Rows) error {
		var m mark
		var key string
		if err := rows.Scan(&m.what, &m.site, &m.day, &key, &m.number); err != nil {
			return err
		}
		raw, err := hex.DecodeString(key)
		if err != nil {
			return fmt.Errorf("mark's key: %w", err)
		}
		m.key = string(raw)
		marks = append(marks, m)
		return nil
	}, named("limit", uint64(limit)), named("share", uint64(share)))
	return marks, err
}
