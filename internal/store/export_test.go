package store

import (
	"context"
	"io"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// ByColumns gives the same store, whose inserts have the driver make the blocks.
func (s *Store) ByColumns() *Store {
	options := *s.options
	options.Compression = &clickhouse.Compression{}
	return &Store{conn: s.conn, options: &options, database: s.database}
}

// Blocks makes the blocks of all raw tables, as inserts send them, and tells
// their sizes.
func (s *Store) Blocks(ctx context.Context, records []*Record) (map[string]int, error) {
	out := map[string]int{}
	for _, rows := range s.rawTables() {
		r := rows(records)
		types, err := s.typesOf(ctx, r.table, r.columns)
		if err != nil {
			return nil, err
		}
		block, err := r.block(types)
		if err != nil {
			return nil, err
		}
		raw, err := io.ReadAll(block)
		if err != nil {
			return nil, err
		}
		out[r.table] = len(raw)
	}
	return out, nil
}

// EarlierAt is Earlier at another time, with room for most sessions.
func (s *Store) EarlierAt(ctx context.Context, now time.Time, most int) (*Earlier, error) {
	return s.earlier(ctx, now, most)
}
