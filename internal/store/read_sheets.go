package store

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// SheetName says which style sheet an id of a session stands for.
type SheetName struct {
	Hash  string // of the content, hexadecimal
	Bytes uint32 // of the text, decompressed
}

// SheetText is a style sheet as it rests: a JSON array of its rules' texts.
type SheetText struct {
	Hash  string
	Codec string // "zstd"
	Size  uint32 // decompressed
	Bytes []byte
}

// SessionSheets lists what the style sheet ids of a session stand for.
func (s *Store) SessionSheets(ctx context.Context, v Visible, session string) (map[string]SheetName, error) {
	out := map[string]SheetName{}
	err := s.each(ctx, "read_session_sheets", func(rows driver.Rows) error {
		var id string
		var n SheetName
		if err := rows.Scan(&id, &n.Hash, &n.Bytes); err != nil {
			return err
		}
		out[id] = n
		return nil
	}, v.Args(sessionArgs(session)...)...)
	return out, err
}

// Sheets returns the texts of style sheets by their hashes, in no order; those
// that are gone are left out. Who asks bounds their size by SessionSheets.
func (s *Store) Sheets(ctx context.Context, v Visible, hashes []string) ([]SheetText, error) {
	var out []SheetText
	err := s.each(ctx, "read_sheets", func(rows driver.Rows) error {
		var t SheetText
		if err := rows.Scan(&t.Hash, &t.Codec, &t.Size, &t.Bytes); err != nil {
			return err
		}
		out = append(out, t)
		return nil
	}, v.Args(named("hashes", hashes))...)
	return out, err
}
