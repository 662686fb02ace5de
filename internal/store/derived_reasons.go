package store

import (
	"maps"
	"slices"

	chcolumn "github.com/ClickHouse/clickhouse-go/v2/lib/column"
)

// reasonCounts is a column's map, written in the order of its keys: a row that
// is derived again is the same row.
type reasonCounts map[string]uint64

// Put is for reading, which nobody does by this type.
func (c reasonCounts) Put(key, value any) { c[key.(string)] = value.(uint64) }

// Iterator gives the counts to the driver.
func (c reasonCounts) Iterator() chcolumn.MapIterator {
	return &reasonIterator{counts: c, keys: slices.Sorted(maps.Keys(c)), at: -1}
}

type reasonIterator struct {
	counts reasonCounts
	keys   []string
	at     int
}

func (i *reasonIterator) Next() bool {
	i.at++
	return i.at < len(i.keys)
}

func (i *reasonIterator) Key() any { return i.keys[i.at] }

func (i *reasonIterator) Value() any { return i.counts[i.keys[i.at]] }
