package api

import (
	"net/http"
	"time"

	"hindsight/internal/store"
)

const (
	sessionsDefault = 50
	sessionsMax     = 500
	durationMax     = 7 * 24 * 3600 * 1000 // ms; a session ends after 24 hours
)

func (a *API) getSessions(w http.ResponseWriter, r *http.Request) error {
	v, err := a.visibleOf(r)
	if err != nil {
		return err
	}
	q, err := a.sessionQuery(queryOf(r))
	if err != nil {
		return err
	}
	limit := q.Limit
	q.Limit++ // one more tells whether there is a next page
	found, err := a.store.ListSessions(r.Context(), v, q)
	if err != nil {
		return err
	}
	answer := struct {
		Sessions   []sessionView `json:"sessions"`
		NextCursor *string       `json:"next_cursor"`
	}{Sessions: []sessionView{}}
	if len(found) > limit {
		found = found[:limit]
		last := found[limit-1]
		cursor := writeCursor(store.SessionPlace{StartedAt: last.StartedAt, Session: last.ID})
		answer.NextCursor = &cursor
	}
	for _, s := range found {
		answer.Sessions = append(answer.Sessions, viewSession(s, a.cfg.Now()))
	}
	return respond(w, http.StatusOK, answer)
}

func (a *API) sessionQuery(p *params) (store.SessionQuery, error) {
	has := p.someOf("has", "error", "recording", "gap", "click", "rage", "dead", "quick_back")
	q := store.SessionQuery{
		Period:      p.period(a.cfg.Now()),
		Limit:       p.integer("limit", sessionsDefault, 1, sessionsMax),
		Path:        p.text("path"),
		Device:      p.oneOf("device", "", devices(true)...),
		Browser:     p.text("browser"),
		Country:     p.country("country"),
		Visitor:     p.id("visitor"),
		MinDuration: time.Duration(p.integer("min_duration", 0, 0, durationMax)) * time.Millisecond,
		HasError:    has["error"], HasRecording: has["recording"], HasGap: has["gap"], HasClick: has["click"],
		HasRage: has["rage"], HasDead: has["dead"], HasQuickBack: has["quick_back"],
	}
	if p.has("cursor") {
		place, ok := readCursor(p.values.Get("cursor"))
		if !ok {
			p.refuse("cursor", "cursor must be a next_cursor of this call.")
		}
		q.After = &place
	}
	if p.problem != nil {
		return q, p.problem
	}
	return q, nil
}

func devices(bots bool) []string {
	out := []string{"desktop", "tablet", "mobile"}
	if bots {
		out = append(out, "bot")
	}
	return out
}

func (p *params) country(name string) string {
	v := p.values.Get(name)
	if p.has(name) && (len(v) != 2 || v[0] < 'A' || v[0] > 'Z' || v[1] < 'A' || v[1] > 'Z') {
		p.refuse(name, "%s must be two capital letters (ISO 3166-1 alpha-2).", name)
	}
	return v
}
