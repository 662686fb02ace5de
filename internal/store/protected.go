package store

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Document names a page load.
type Document struct {
	Site              string
	Session, Document [16]byte
}

// ProtectedFields returns, for each of the documents of which stored sections
// have shown protected fields, the nodes that are such and the sequence of the
// first section that showed each: at most a number of them for a document.
func (s *Store) ProtectedFields(ctx context.Context, documents []Document, most int) (map[Document]map[int64]uint32, error) {
	out := map[Document]map[int64]uint32{}
	for part := range slices.Chunk(documents, maxNamedKeys) {
		if err := s.protectedFields(ctx, part, most, out); err != nil {
			return nil, fmt.Errorf("read the protected fields of %d documents: %w", len(part), err)
		}
	}
	return out, nil
}

func (s *Store) protectedFields(ctx context.Context, documents []Document, most int, out map[Document]map[int64]uint32) error {
	asked := make(map[Document]struct{}, len(documents))
	for _, d := range documents {
		asked[d] = struct{}{}
	}
	days, sites, sessions := placesOf(documents)
	found := map[Document]map[int64]uint32{}
	err := s.each(ctx, "protected_fields", func(rows driver.Rows) error {
		var d Document
		var session, document string
		var sequence uint32
		var nodes []int64
		if err := rows.Scan(&d.Site, &session, &document, &sequence, &nodes); err != nil {
			return err
		}
		copy(d.Session[:], session)
		copy(d.Document[:], document)
		if _, yes := asked[d]; !yes {
			return nil
		}
		if found[d] == nil {
			found[d] = map[int64]uint32{}
		}
		for _, node := range nodes {
			if first, seen := found[d][node]; !seen || sequence < first {
				found[d][node] = sequence
			}
		}
		if len(found[d]) > 2*most { // a hostile page shows new ones without end
			keepFirst(found[d], most)
		}
		return nil
	}, named("days", days), named("sites", sites), named("sessions", sessions))
	for d, nodes := range found {
		keepFirst(nodes, most)
		out[d] = nodes
	}
	return err
}

// placesOf names where documents lie, each place once.
func placesOf(documents []Document) (days, sites, sessions []string) {
	for _, d := range documents {
		sessions = append(sessions, hex.EncodeToString(d.Session[:]))
		if day := date(dayOfID(d.Session)); !slices.Contains(days, day) {
			days = append(days, day)
		}
		if !slices.Contains(sites, d.Site) {
			sites = append(sites, d.Site)
		}
	}
	slices.Sort(sessions)
	return days, sites, slices.Compact(sessions)
}

// keepFirst leaves at most a number of nodes: those that were shown first, and
// of those that were shown together the lowest.
func keepFirst(nodes map[int64]uint32, most int) {
	if len(nodes) <= most {
		return
	}
	order := slices.SortedFunc(maps.Keys(nodes), func(a, b int64) int {
		return cmp.Or(cmp.Compare(nodes[a], nodes[b]), cmp.Compare(a, b))
	})
	for _, node := range order[most:] {
		delete(nodes, node)
	}
}

// protectedRows is the insert into protected_fields.
func protectedRows(records []*Record) tableRows {
	rows := single(records, func(r *Record) *[]int64 {
		if len(r.Protected) == 0 {
			return nil
		}
		return &r.Protected
	})
	return tableRows{"protected_fields", len(rows), append(identity(rows),
		collect("nodes", rows, func(r tableRow[[]int64]) []int64 { return *r.v }),
	)}
}
