package store

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// PageSnapshot names a recorded full snapshot of a page.
type PageSnapshot struct {
	Session, Document string
	Sequence          uint32
	Viewport          Size
	At                time.Time
}

// SnapshotFor chooses the snapshot to draw a heatmap upon: in the query's band,
// near to a viewport width, of the same device and the period if there is one,
// and of these the newest. ErrNotFound when the band has none.
func (s *Store) SnapshotFor(ctx context.Context, v Visible, q HeatQuery, near int) (PageSnapshot, error) {
	var out PageSnapshot
	found := false
	err := s.each(ctx, "read_snapshot", func(rows driver.Rows) error {
		var session, document string
		var w, h uint16
		if err := rows.Scan(&session, &document, &out.Sequence, &w, &h, &out.At); err != nil {
			return err
		}
		out.Session, out.Document, out.Viewport, found = hexID(session), hexID(document), Size{int(w), int(h)}, true
		return nil
	}, v.Args(q.args(named("near", near))...)...)
	if err == nil && !found {
		err = ErrNotFound
	}
	return out, err
}
