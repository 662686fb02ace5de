package store

import (
	"context"
	"encoding/hex"
	"fmt"
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
	var days []string
	sites, sessions, ids := make([]string, len(documents)), make([]string, len(documents)), make([]string, len(documents))
	for i, d := range documents {
		sites[i], sessions[i], ids[i] = d.Site, hex.EncodeToString(d.Session[:]), hex.EncodeToString(d.Document[:])
		if day := date(dayOfID(d.Session)); !slices.Contains(days, day) {
			days = append(days, day)
		}
	}
	return s.each(ctx, "protected_fields", func(rows driver.Rows) error {
		var d Document
		var session, document string
		var node int64
		var first uint32
		if err := rows.Scan(&d.Site, &session, &document, &node, &first); err != nil {
			return err
		}
		_, err := hex.Decode(d.Session[:], []byte(session))
		if err == nil {
			_, err = hex.Decode(d.Document[:], []byte(document))
		}
		if out[d] == nil {
			out[d] = map[int64]uint32{}
		}
		out[d][node] = first
		return err
	}, named("days", days), named("sites", sites), named("sessions", sessions), named("documents", ids), named("most", uint32(most)))
}

// protectedRows is the insert into protected_fields.
func protectedRows(records []*Record) tableRows {
	rows := flatten(records, func(r *Record) [][]int64 {
		if len(r.Protected) == 0 {
			return nil
		}
		return [][]int64{r.Protected}
	})
	return tableRows{"protected_fields", len(rows), append(identity(rows),
		collect("nodes", rows, func(r tableRow[[]int64]) []int64 { return *r.v }),
	)}
}
