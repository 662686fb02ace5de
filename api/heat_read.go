package api

import (
	"context"

	"hindsight/internal/heatmap"
	"hindsight/internal/store"
)

// heatRead reads what one answer needs.
type heatRead struct {
	store HeatStore
	v     store.Visible
	q     store.HeatQuery

	counted  []heatmap.WidthCount
	scrolled []store.ScrolledViews // kind scroll
}

// widths counts by viewport width, whatever the band. Scrolling is counted in
// page views, not in rows: one page view reports its reach many times.
func (h *heatRead) widths(ctx context.Context) (err error) {
	if h.q.Kind != "scroll" {
		h.counted, err = h.store.HeatWidths(ctx, h.v, h.q)
		return err
	}
	h.scrolled, err = h.store.HeatScroll(ctx, h.v, h.q)
	for _, s := range h.scrolled {
		h.counted = append(h.counted, heatmap.WidthCount{Width: s.Width, Count: s.Count})
	}
	return err
}

// fill puts the figures into the answer. oneBand: the caller asked for a band,
// and everything is counted in it alone.
func (h *heatRead) fill(ctx context.Context, view *heatView, drawn heatmap.Band, oneBand bool) error {
	for _, c := range h.counted {
		if !oneBand || drawn.Contains(c.Width) {
			view.Counts.Total += c.Count
		}
	}
	sessions, err := h.store.HeatSessions(ctx, h.v, h.q)
	if err != nil {
		return err
	}
	view.Counts.Sessions = sessions
	switch h.q.Kind {
	case "click":
		return h.clicks(ctx, view, drawn)
	case "move":
		return h.moves(ctx, view, drawn)
	}
	h.reach(view, drawn)
	return nil
}

func (h *heatRead) clicks(ctx context.Context, view *heatView, drawn heatmap.Band) error {
	elements, err := h.store.HeatElements(ctx, h.v, h.q)
	if err != nil {
		return err
	}
	clicks := heatmap.NewClickMap(drawn)
	if err := h.store.HeatClicks(ctx, h.v, h.q, clicks.Add); err != nil {
		return err
	}
	ranking := heatmap.Rank(elements)
	points := clicks.Points(heatmap.MaxPoints, ranking.Index)
	view.setElements(ranking.Cut(heatmap.MaxElements, points))
	view.setPoints(points)
	return nil
}

// moves belong to no element: those of other bands have no place in the picture.
func (h *heatRead) moves(ctx context.Context, view *heatView, drawn heatmap.Band) error {
	q := h.q
	q.Band = drawn
	cells, err := h.store.HeatMoves(ctx, h.v, q, heatmap.MaxPoints)
	if err != nil {
		return err
	}
	view.setPoints(heatmap.Moves(cells, heatmap.MaxPoints))
	return nil
}

// reach is drawn for one band: how far down a page goes depends on its width.
func (h *heatRead) reach(view *heatView, drawn heatmap.Band) {
	var views []heatmap.Reached
	for _, s := range h.scrolled {
		if drawn.Contains(s.Width) {
			views = append(views, s.Reached)
		}
	}
	bands, _ := heatmap.Reach(views)
	view.setReach(bands)
	if fold, ok := heatmap.Fold(views); ok {
		view.Fold = &fold
	}
}
