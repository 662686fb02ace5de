package api

import (
	"errors"
	"net/http"

	"hindsight/internal/store"
)

// maxSessionEvents is how much of what happened one answer holds.
const maxSessionEvents = 5_000

// sessionOf reads the session that a path names.
func (a *API) sessionOf(r *http.Request) (store.Visible, store.Session, error) {
	v, err := a.visibleOf(r)
	if err != nil {
		return v, store.Session{}, err
	}
	id, err := pathID(r, "session")
	if err != nil {
		return v, store.Session{}, err
	}
	s, err := a.store.Session(r.Context(), v, id)
	if errors.Is(err, store.ErrNotFound) {
		err = notFound.says("This site has no such session.")
	}
	return v, s, err
}

// pathID is an id in the path.
func pathID(r *http.Request, name string) (string, error) {
	id := r.PathValue(name)
	if !store.ValidID(id) {
		return "", invalidParameter.says("%s must be 32 lower-case hexadecimal digits.", name).about(name)
	}
	return id, nil
}

func (a *API) getSession(w http.ResponseWriter, r *http.Request) error {
	v, s, err := a.sessionOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	views, err := a.store.PageViews(ctx, v, s.ID)
	if err != nil {
		return err
	}
	gaps, err := a.store.SessionEvents(ctx, v, s.ID, true, maxSessionEvents)
	if err != nil {
		return err
	}
	events, err := a.store.SessionEvents(ctx, v, s.ID, false, maxSessionEvents)
	if err != nil {
		return err
	}
	var documents documentList
	if err := a.store.DocumentBatches(ctx, v, s.ID, documents.add); err != nil {
		return err
	}
	return respond(w, http.StatusOK, viewDetail(s, a.cfg.Now(), views, documents.done(), gaps, events))
}
