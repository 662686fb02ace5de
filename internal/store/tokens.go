package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Token is an API token; of its secret only the SHA-256 is known.
type Token struct {
	ID        string
	Hash      [32]byte
	Name      string
	Scope     string // admin, read, collector
	CreatedAt time.Time
	Revoked   bool
}

// Tokens returns the tokens that are not revoked, oldest first.
func (s *Store) Tokens(ctx context.Context) ([]Token, error) {
	var out []Token
	err := s.each(ctx, "token_all", func(rows driver.Rows) error {
		var t Token
		var hash string
		if err := rows.Scan(&t.ID, &hash, &t.Name, &t.Scope, &t.CreatedAt); err != nil {
			return err
		}
		if copy(t.Hash[:], hash) != len(t.Hash) {
			return fmt.Errorf("token %s: hash of %d bytes", t.ID, len(hash))
		}
		out = append(out, t)
		return nil
	})
	return out, err
}

// PutToken stores a token, new or changed.
func (s *Store) PutToken(ctx context.Context, t Token) error {
	return s.exec(ctx, "token_put",
		named("id", t.ID), named("hash", hex.EncodeToString(t.Hash[:])), named("name", t.Name), named("scope", t.Scope),
		named("created_at", t.CreatedAt.UnixMilli()), named("revoked", flag(t.Revoked)), named("version", newVersion()))
}

// newVersion orders the versions of a setting: the newest wins.
func newVersion() uint64 { return uint64(time.Now().UnixNano()) } // after 1970

func flag(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}
