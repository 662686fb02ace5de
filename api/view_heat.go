package api

import (
	"hindsight/internal/heatmap"
	"hindsight/internal/store"
)

type heatView struct {
	Path     string        `json:"path"`
	Kind     string        `json:"kind"`
	Band     bandView      `json:"band"`
	Bands    []bandView    `json:"bands"`
	Counts   countsView    `json:"counts"`
	Points   []pointView   `json:"points"`
	Scroll   []reachView   `json:"scroll"`
	Fold     *int          `json:"fold"`
	Elements []elementView `json:"elements"`
	Snapshot *snapshotView `json:"snapshot"`
}

type bandView struct {
	Min   int    `json:"min"`
	Max   *int   `json:"max"`
	Count uint64 `json:"count"`
}

// countsView will also say how many points were placed, and how.
type countsView struct {
	Total    uint64 `json:"total"`
	Sessions uint64 `json:"sessions"`
}

type pointView struct {
	Element   *int     `json:"element"`
	FX        *float64 `json:"fx,omitempty"`
	FY        *float64 `json:"fy,omitempty"`
	X         int      `json:"x"`
	Y         int      `json:"y"`
	Weight    uint64   `json:"weight"`
	Fixed     bool     `json:"fixed,omitempty"`
	OtherBand bool     `json:"other_band,omitempty"`
}

type reachView struct {
	From    int     `json:"from"`
	To      int     `json:"to"`
	Reached uint64  `json:"reached"`
	Share   float64 `json:"share"`
}

type elementView struct {
	Selector string  `json:"selector"`
	Count    uint64  `json:"count"`
	Sessions uint64  `json:"sessions"`
	Share    float64 `json:"share"`
}

type snapshotView struct {
	Session  string `json:"session"`
	Document string `json:"document"`
	Sequence uint32 `json:"sequence"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	At       stamp  `json:"at"`
}

func newHeatView(q store.HeatQuery, drawn heatmap.BandCount, bands []heatmap.BandCount) *heatView {
	view := &heatView{
		Path: q.Path, Kind: q.Kind, Band: viewBand(drawn), Bands: []bandView{},
		Points: []pointView{}, Scroll: []reachView{}, Elements: []elementView{},
	}
	for _, b := range bands {
		view.Bands = append(view.Bands, viewBand(b))
	}
	return view
}

func viewBand(b heatmap.BandCount) bandView {
	view := bandView{Min: b.Min, Count: b.Count}
	if b.Max > 0 {
		view.Max = &b.Max
	}
	return view
}

func (h *heatView) setPoints(points []heatmap.Point) {
	for _, p := range points {
		view := pointView{X: p.X, Y: p.Y, Weight: p.Weight, Fixed: p.Fixed, OtherBand: p.OtherBand}
		if p.Element >= 0 {
			view.Element, view.FX, view.FY = &p.Element, &p.FX, &p.FY
		}
		h.Points = append(h.Points, view)
	}
}

func (h *heatView) setReach(bands []heatmap.ReachBand) {
	for _, b := range bands {
		h.Scroll = append(h.Scroll, reachView(b))
	}
}

func (h *heatView) setElements(elements []heatmap.Element) {
	for _, e := range elements {
		h.Elements = append(h.Elements, elementView{e.Selector, e.Count, e.Sessions, e.Share})
	}
}
