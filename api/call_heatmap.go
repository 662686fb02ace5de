package api

import (
	"context"
	"errors"
	"net/http"

	"hindsight/internal/heatmap"
	"hindsight/internal/store"
)

const maxWidth = 20_000

func (a *API) getHeatmap(w http.ResponseWriter, r *http.Request) error {
	v, err := a.visibleOf(r)
	if err != nil {
		return err
	}
	p := queryOf(r)
	q := store.HeatQuery{
		Period: p.period(a.cfg.Now()),
		Path:   p.text("path"),
		Kind:   p.oneOf("kind", "click", "click", "move", "scroll"),
		Device: p.oneOf("device", "", devices(false)...),
	}
	width := p.integer("width", 0, 1, maxWidth)
	if q.Path == "" {
		p.refuse("path", "path is required: the path of a page, such as /checkout.")
	}
	if p.problem != nil {
		return p.problem
	}
	view, err := a.heat(r.Context(), v, q, width)
	if err != nil {
		return err
	}
	return respond(w, http.StatusOK, view)
}

// heat answers for the band of a width or, at 0, for all widths, drawn in the
// band in which most was counted.
func (a *API) heat(ctx context.Context, v store.Visible, q store.HeatQuery, width int) (*heatView, error) {
	read := heatRead{store: a.store, v: v, q: q}
	if err := read.widths(ctx); err != nil {
		return nil, err
	}
	bands := heatmap.CountBands(read.counted)
	drawn, any := heatmap.Fullest(bands)
	switch {
	case width > 0:
		drawn = bandCount(bands, heatmap.BandOf(width))
		if drawn.Width == 0 {
			drawn.Width = width
		}
	case !any:
		drawn = heatmap.BandCount{Band: heatmap.BandOf(defaultWidth), Width: defaultWidth}
	}
	// Movement and reach are those of one width alone, and so are their counts: a figure over all widths beside a
	// picture of one would mislead. Clicks are counted, and ranked by their elements, over all.
	oneBand := width > 0 || q.Kind != "click"
	if oneBand {
		read.q.Band = drawn.Band
	}
	view := newHeatView(q, drawn, bands)
	if err := read.fill(ctx, view, drawn.Band, oneBand); err != nil {
		return nil, err
	}
	return view, a.heatSnapshot(ctx, v, q, drawn, view)
}

// defaultWidth is drawn where nothing was counted.
const defaultWidth = 1280

func bandCount(bands []heatmap.BandCount, band heatmap.Band) heatmap.BandCount {
	for _, b := range bands {
		if b.Band == band {
			return b
		}
	}
	return heatmap.BandCount{Band: band}
}

func (a *API) heatSnapshot(ctx context.Context, v store.Visible, q store.HeatQuery, drawn heatmap.BandCount, view *heatView) error {
	q.Band = drawn.Band
	snapshot, err := a.store.SnapshotFor(ctx, v, q, drawn.Width)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil // the answer says so by null
	case err != nil:
		return err
	}
	view.Snapshot = &snapshotView{
		Session: snapshot.Session, Document: snapshot.Document, Sequence: snapshot.Sequence,
		Width: snapshot.Viewport.W, Height: snapshot.Viewport.H, At: stamp(snapshot.At),
	}
	return nil
}
