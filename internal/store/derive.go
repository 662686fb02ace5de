package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"hindsight/internal/fault"
)

// Limits of one derivation. Most of what one costs is the same for a hundred
// keys and for thousands, some 70 ms of CPU: 20,000 sessions took 7.8 s by 300,
// 3.1 s by 1,000 and 1.9 s by 3,000 (BenchmarkDerive's, the engine's CPU time).
// But keys travel as parameters, which an HTTP server takes up to a megabyte,
// and there they are up to twice as long as they are counted here.
const (
	maxDeriveKeys  = 4000
	maxDeriveBytes = 300_000
)

// maxNamedKeys bounds the keys of other queries.
const maxNamedKeys = 1000

// What the marks of a session mean.
const (
	// Idle is the longest time between two ends of batches in which the visitor
	// did something (a view, a click, a scroll, a movement, a key) that counts as
	// active, ms. A visitor who looks at a page for longer counts as away, as in
	// attention.
	idleMS = 30_000
	// A rage is three clicks or more in one document, each within this time and
	// distance (page px, across and down) of the one before. A run counts once.
	rageMS = 1_000
	ragePX = 30
	// A quick back is a page in a tab that was left within this time for the page
	// before it.
	backMS = 10_000
	// A dead click is one that the tracker tells as such (docs/wire-protocol.md).
)

// deriveKeys derives sessions and pages anew. The version of what it writes is
// made of the generation (how many erasures there were before reading began)
// and the raw rows read: rows only grow in number within a generation, so an
// older or slower derivation never wins over a newer one.
func (s *Store) deriveKeys(ctx context.Context, generation uint64, keys []derivedKey) error {
	byWhat := map[int8][]derivedKey{}
	for _, k := range keys {
		byWhat[k.what] = append(byWhat[k.what], k)
	}
	for _, table := range []struct {
		what  int8
		query string
	}{{markPage, "derive_pages"}, {markSession, "derive_sessions"}} {
		for part := range chunks(byWhat[table.what]) {
			if err := s.deriveChunk(ctx, table.query, generation, part); err != nil {
				return err
			}
		}
		fault.Here(fault.BetweenTables)
	}
	return nil
}

func (s *Store) deriveChunk(ctx context.Context, query string, generation uint64, keys []derivedKey) error {
	days := make([]string, len(keys))
	sites := make([]string, len(keys))
	names := make([]string, len(keys))
	for i, k := range keys {
		days[i], sites[i], names[i] = date(k.day), k.site, hex.EncodeToString([]byte(k.key))
	}
	args := []any{named("generation", generation), named("days", days), named("sites", sites), named("keys", names)}
	if query == "derive_sessions" {
		args = append(args, named("idle", idleMS), named("rage_ms", rageMS), named("rage_px", ragePX), named("back_ms", backMS))
	}
	err := s.exec(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("derive %d keys: %w", len(keys), err)
	}
	return nil
}

// chunks cuts keys into parts that one query can take. An insert may touch 100
// days at most, so a part ends there too.
func chunks(keys []derivedKey) func(yield func([]derivedKey) bool) {
	return func(yield func([]derivedKey) bool) {
		for len(keys) > 0 {
			n, size := 0, 0
			days := map[time.Time]struct{}{}
			for n < len(keys) && n < maxDeriveKeys && size < maxDeriveBytes {
				if days[keys[n].day] = struct{}{}; len(days) > maxDays {
					break
				}
				size += 2*len(keys[n].key) + len(keys[n].site) + 20
				n++
			}
			if !yield(keys[:n]) {
				return
			}
			keys = keys[n:]
		}
	}
}

// generation counts the erasures so far.
func (s *Store) generation(ctx context.Context) (uint64, error) {
	var n uint64
	err := s.each(ctx, "derive_generation", func(rows driver.Rows) error { return rows.Scan(&n) })
	return n, err
}
