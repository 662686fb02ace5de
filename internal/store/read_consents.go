package store

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Consent is the proof that a consent was given.
type Consent struct {
	Key     string // 32 hexadecimal digits
	At      time.Time
	State   string
	Version string // of the wording
	URL     string
}

// ConsentQuery chooses proofs, newest first.
type ConsentQuery struct {
	Period
	// After is the last proof of the page before.
	After *ConsentPlace
	Limit int
}

// ConsentPlace is a place in the list of proofs.
type ConsentPlace struct {
	At  time.Time
	Key string
}

// ConsentYears is for how long a proof is valid and can be read.
const ConsentYears = 1

// ListConsents returns proofs newest first.
func (s *Store) ListConsents(ctx context.Context, v Visible, q ConsentQuery) ([]Consent, error) {
	return s.readConsents(ctx, v, q, "")
}

// Consent returns the proof with a key, or ErrNotFound: then no consent was
// given that makes this key, or it is no longer valid.
func (s *Store) Consent(ctx context.Context, v Visible, key string) (Consent, error) {
	found, err := s.readConsents(ctx, v, ConsentQuery{Limit: 1}, key)
	if err != nil {
		return Consent{}, err
	}
	if len(found) == 0 {
		return Consent{}, ErrNotFound
	}
	return found[0], nil
}

func (s *Store) readConsents(ctx context.Context, v Visible, q ConsentQuery, key string) ([]Consent, error) {
	after := ConsentPlace{}
	if q.After != nil {
		after = *q.After
	}
	from, to := q.From, q.To
	if key != "" { // whenever it was
		from, to = time.Unix(0, 0), time.Unix(1<<32, 0)
	}
	var out []Consent
	err := s.each(ctx, "read_consents", func(rows driver.Rows) error {
		var c Consent
		var raw string
		err := rows.Scan(&raw, &c.At, &c.State, &c.Version, &c.URL)
		c.Key = hexID(raw)
		out = append(out, c)
		return err
	}, v.Args(
		named("key", key), named("from", from.UnixMilli()), named("to", to.UnixMilli()),
		named("after", after.At.UnixMilli()), named("after_key", after.Key), named("limit", q.Limit),
	)...)
	return out, err
}
