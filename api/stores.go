package api

import (
	"context"

	"hindsight/internal/heatmap"
	"hindsight/internal/store"
)

// SessionStore reads sessions.
type SessionStore interface {
	ListSessions(ctx context.Context, v store.Visible, q store.SessionQuery) ([]store.Session, error)
	Session(ctx context.Context, v store.Visible, session string) (store.Session, error)
}

// DetailStore reads what one session consists of.
type DetailStore interface {
	PageViews(ctx context.Context, v store.Visible, session string) ([]store.SessionPageView, error)
	SessionEvents(ctx context.Context, v store.Visible, session string, gaps bool, limit int) ([]store.SessionEvent, error)
	DocumentBatches(ctx context.Context, v store.Visible, session string, each func(store.DocumentBatch) error) error
}

// ReplayStore reads recordings.
type ReplayStore interface {
	Chunks(ctx context.Context, v store.Visible, session, document string) ([]store.ReplayChunk, error)
	Payloads(ctx context.Context, v store.Visible, session, document string, first, last uint32) ([]store.ReplayPayload, error)
	SessionSheets(ctx context.Context, v store.Visible, session string) (map[string]store.SheetName, error)
	Sheets(ctx context.Context, v store.Visible, hashes []string) ([]store.SheetText, error)
}

// PageStore reads the figures of pages and days.
type PageStore interface {
	Pages(ctx context.Context, v store.Visible, p store.Period, limit int) ([]store.Page, error)
	Days(ctx context.Context, v store.Visible, p store.Period) ([]store.Day, error)
	Status(ctx context.Context, v store.Visible) (store.Status, error)
}

// ClickStore reads clicks of a page.
type ClickStore interface {
	HeatClicks(ctx context.Context, v store.Visible, q store.HeatQuery, each func(heatmap.Click)) error
	HeatElements(ctx context.Context, v store.Visible, q store.HeatQuery) ([]heatmap.ElementCount, error)
}

// HeatStore reads everything else that a heatmap is made of.
type HeatStore interface {
	ClickStore
	HeatWidths(ctx context.Context, v store.Visible, q store.HeatQuery) ([]heatmap.WidthCount, error)
	HeatSessions(ctx context.Context, v store.Visible, q store.HeatQuery) (uint64, error)
	HeatMoves(ctx context.Context, v store.Visible, q store.HeatQuery, limit int) ([]heatmap.Dwell, error)
	HeatScroll(ctx context.Context, v store.Visible, q store.HeatQuery) ([]store.ScrolledViews, error)
	SnapshotFor(ctx context.Context, v store.Visible, q store.HeatQuery, near int) (store.PageSnapshot, error)
}

// ConsentStore reads proofs of consent.
type ConsentStore interface {
	ListConsents(ctx context.Context, v store.Visible, q store.ConsentQuery) ([]store.Consent, error)
	Consent(ctx context.Context, v store.Visible, key string) (store.Consent, error)
}

// Store is all that the API needs; *store.Store is one.
type Store interface {
	SiteStore
	TokenStore
	SessionStore
	DetailStore
	ReplayStore
	PageStore
	HeatStore
	ConsentStore
	EraseStore
	Ping(ctx context.Context) error
}

// EraseStore takes sessions away.
type EraseStore interface {
	DeleteSite(ctx context.Context, site string) error
	DeleteDemo(ctx context.Context, site string) (sessions int, err error)
}
