package store

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// weigh tells how many rows deriving each of the keys, which are of one kind, reads.
func (s *Store) weigh(ctx context.Context, keys []derivedKey) (map[derivedKey]uint64, error) {
	out := make(map[derivedKey]uint64, len(keys))
	if len(keys) == 0 {
		return out, nil
	}
	asked := make(map[rowKey]derivedKey, len(keys))
	for _, k := range keys {
		asked[keyOf(k.site, k.day, k.key)] = k
	}
	query := "derive_weigh_sessions"
	if keys[0].what == markPage {
		query = "derive_weigh_pages"
	}
	err := s.each(ctx, query, func(rows driver.Rows) error {
		var day time.Time
		var site, key string
		var n uint64
		err := rows.Scan(&day, &site, &key, &n)
		if k, ok := asked[keyOf(site, day, key)]; ok {
			out[k] = n
		}
		return err
	}, keyArgs(keys)...)
	return out, err
}
