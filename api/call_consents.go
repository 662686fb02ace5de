package api

import (
	"errors"
	"net/http"

	"hindsight/internal/store"
)

const (
	consentsDefault = 100
	consentsMax     = 1000
)

func (a *API) getConsents(w http.ResponseWriter, r *http.Request) error {
	v, err := a.visibleOf(r)
	if err != nil {
		return err
	}
	p := queryOf(r)
	q := store.ConsentQuery{Period: p.period(a.cfg.Now()), Limit: p.integer("limit", consentsDefault, 1, consentsMax)}
	if p.has("cursor") {
		place, ok := readCursor(p.values.Get("cursor"))
		if !ok {
			p.refuse("cursor", "cursor must be a next_cursor of this call.")
		}
		q.After = &store.ConsentPlace{At: place.StartedAt, Key: place.Session}
	}
	if p.problem != nil {
		return p.problem
	}
	limit := q.Limit
	q.Limit++ // one more tells whether there is a next page
	found, err := a.store.ListConsents(r.Context(), v, q)
	if err != nil {
		return err
	}
	answer := struct {
		Consents   []consentView `json:"consents"`
		NextCursor *string       `json:"next_cursor"`
	}{Consents: []consentView{}}
	if len(found) > limit {
		found = found[:limit]
		last := found[limit-1]
		cursor := writeCursor(store.SessionPlace{StartedAt: last.At, Session: last.Key})
		answer.NextCursor = &cursor
	}
	for _, c := range found {
		answer.Consents = append(answer.Consents, viewConsent(c))
	}
	return respond(w, http.StatusOK, answer)
}

func (a *API) getConsent(w http.ResponseWriter, r *http.Request) error {
	v, err := a.visibleOf(r)
	if err != nil {
		return err
	}
	key, err := pathID(r, "key")
	if err != nil {
		return err
	}
	c, err := a.store.Consent(r.Context(), v, key)
	if errors.Is(err, store.ErrNotFound) {
		return notFound.says("This site has no proof of consent with this key, or it is older than twelve months.")
	}
	if err != nil {
		return err
	}
	return respond(w, http.StatusOK, viewConsent(c))
}

type consentView struct {
	Key        string `json:"key"`
	At         stamp  `json:"at"`
	ValidUntil stamp  `json:"valid_until"`
	State      string `json:"state"`
	Version    string `json:"version"`
	URL        string `json:"url"`
}

func viewConsent(c store.Consent) consentView {
	return consentView{
		Key: c.Key, At: stamp(c.At), ValidUntil: stamp(c.At.AddDate(store.ConsentYears, 0, 0)),
		State: c.State, Version: c.Version, URL: c.URL,
	}
}
