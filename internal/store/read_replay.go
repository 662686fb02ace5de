package store

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// ReplayChunk says where a replay section lies and what it spans.
type ReplayChunk struct {
	Document        string
	Sequence        uint32
	FirstTS, LastTS int64 // first and last rrweb event, browser clock, Unix ms
	ClockOffset     int64 // ms, to be added
	Events          uint32
	RawBytes        uint32 // decompressed
}

// ReplayPayload is a replay section as it rests.
type ReplayPayload struct {
	Document string
	Sequence uint32
	Codec    string // "zstd" or "deflate": ChunkZstd, ChunkDeflate
	KeyID    uint64 // 0: not encrypted
	Bytes    []byte
}

// Chunks lists the replay of a session, or of one document of it, by document
// and sequence, without payloads.
func (s *Store) Chunks(ctx context.Context, v Visible, session, document string) ([]ReplayChunk, error) {
	var out []ReplayChunk
	args := append(sessionArgs(session), named("document", document))
	err := s.each(ctx, "read_chunks", func(rows driver.Rows) error {
		var c ReplayChunk
		var document string
		if err := rows.Scan(&document, &c.Sequence, &c.FirstTS, &c.LastTS, &c.ClockOffset, &c.Events, &c.RawBytes); err != nil {
			return err
		}
		c.Document = hexID(document)
		out = append(out, c)
		return nil
	}, v.Args(args...)...)
	return out, err
}

// Payloads returns the payloads of a document, or of all documents of the session
// if it is "", from one sequence number to another, both inclusive, by document and
// sequence. Who asks bounds their size by Chunks.
func (s *Store) Payloads(ctx context.Context, v Visible, session, document string, first, last uint32) ([]ReplayPayload, error) {
	var out []ReplayPayload
	args := append(sessionArgs(session), named("document", document), named("first", first), named("last", last))
	err := s.each(ctx, "read_payloads", func(rows driver.Rows) error {
		var p ReplayPayload
		var document string
		if err := rows.Scan(&document, &p.Sequence, &p.Codec, &p.KeyID, &p.Bytes); err != nil {
			return err
		}
		p.Document = hexID(document)
		out = append(out, p)
		return nil
	}, v.Args(args...)...)
	return out, err
}
