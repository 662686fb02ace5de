package api

import (
	"net/http"
	"time"

	"hindsight/internal/store"
)

type pageView struct {
	Path      string   `json:"path"`
	Views     uint64   `json:"views"`
	Sessions  uint64   `json:"sessions"`
	Clicks    uint64   `json:"clicks"`
	Loads     uint64   `json:"loads"`
	LoadAvgMS *float64 `json:"load_avg_ms"`
	LoadP50MS *float64 `json:"load_p50_ms"`
}

type dayView struct {
	Day      string `json:"day"`
	Views    uint64 `json:"views"`
	Sessions uint64 `json:"sessions"`
}

const (
	pagesDefault = 200
	pagesMax     = 1_000
)

func (a *API) getPages(w http.ResponseWriter, r *http.Request) error {
	v, err := a.visibleOf(r)
	if err != nil {
		return err
	}
	p := queryOf(r)
	period := p.period(a.cfg.Now())
	limit := p.integer("limit", pagesDefault, 1, pagesMax)
	if p.problem != nil {
		return p.problem
	}
	pages, err := a.store.Pages(r.Context(), v, period, limit)
	if err != nil {
		return err
	}
	days, err := a.store.Days(r.Context(), v, period)
	if err != nil {
		return err
	}
	answer := struct {
		Pages []pageView `json:"pages"`
		Days  []dayView  `json:"days"`
	}{make([]pageView, len(pages)), make([]dayView, len(days))}
	for i, page := range pages {
		answer.Pages[i] = viewPage(page)
	}
	for i, d := range days {
		answer.Days[i] = dayView{Day: d.Day.Format(time.DateOnly), Views: d.Views, Sessions: d.Sessions}
	}
	return respond(w, http.StatusOK, answer)
}

func viewPage(p store.Page) pageView {
	view := pageView{Path: p.Path, Views: p.Views, Sessions: p.Sessions, Clicks: p.Clicks, Loads: p.Loads}
	if p.Loads > 0 {
		view.LoadAvgMS, view.LoadP50MS = &p.LoadAvg, &p.LoadP50
	}
	return view
}
