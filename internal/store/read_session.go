package store

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// SessionPageView is one page view of a session.
type SessionPageView struct {
	Document         string
	View             int
	At               time.Time
	Path, URL, Title string
	Nav              string
	Load             *float64 // ms from navigation start to the load event's end
	Viewport         Size
}

// SessionEvent is one thing that happened in a session.
type SessionEvent struct {
	Document   string
	At         time.Time
	Kind       string
	Path, Name string
	Value      float64
	Data       string // JSON object, or ""
}

// DocumentBatch is one batch of a session's document.
type DocumentBatch struct {
	Document, Tab   string
	Sequence        uint32
	FirstAt, LastAt time.Time
	ClockOffset     time.Duration
	ReplayEvents    uint32 // 0 when the recording is past retention
}

// PageViews returns the page views of a session in order of time, the first
// 5,000 at most.
func (s *Store) PageViews(ctx context.Context, v Visible, session string) ([]SessionPageView, error) {
	var out []SessionPageView
	err := s.each(ctx, "read_page_views", func(rows driver.Rows) error {
		var p SessionPageView
		var document string
		var view, w, h uint16
		var load float64
		var loaded uint8
		if err := rows.Scan(&document, &view, &p.At, &p.Path, &p.URL, &p.Title, &p.Nav, &w, &h, &load, &loaded); err != nil {
			return err
		}
		p.Document, p.View, p.Viewport = hexID(document), int(view), Size{int(w), int(h)}
		if loaded == 1 {
			p.Load = &load
		}
		out = append(out, p)
		return nil
	}, v.Args(sessionArgs(session)...)...)
	return out, err
}

// SessionEvents returns what happened in a session in order of time, at most
// limit of it: the gaps alone, or everything but the gaps.
func (s *Store) SessionEvents(ctx context.Context, v Visible, session string, gaps bool, limit int) ([]SessionEvent, error) {
	var out []SessionEvent
	args := append(sessionArgs(session), named("gaps", gaps), named("limit", limit))
	err := s.each(ctx, "read_events", func(rows driver.Rows) error {
		var e SessionEvent
		var document string
		if err := rows.Scan(&document, &e.At, &e.Kind, &e.Path, &e.Name, &e.Value, &e.Data); err != nil {
			return err
		}
		e.Document = hexID(document)
		out = append(out, e)
		return nil
	}, v.Args(args...)...)
	return out, err
}

// DocumentBatches calls each for every batch of a session, by document and
// sequence.
func (s *Store) DocumentBatches(ctx context.Context, v Visible, session string, each func(DocumentBatch) error) error {
	return s.each(ctx, "read_batches", func(rows driver.Rows) error {
		var b DocumentBatch
		var document string
		var tab uint64
		var offset int64
		if err := rows.Scan(&document, &tab, &b.Sequence, &b.FirstAt, &b.LastAt, &offset, &b.ReplayEvents); err != nil {
			return err
		}
		b.Document, b.Tab = hexID(document), tabID(tab)
		b.ClockOffset = time.Duration(offset) * time.Millisecond
		return each(b)
	}, v.Args(sessionArgs(session)...)...)
}

// tabID is the text form of a tab: its 8 bytes in the order of the frame.
func tabID(tab uint64) string {
	return hex.EncodeToString(binary.LittleEndian.AppendUint64(nil, tab))
}
