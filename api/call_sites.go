package api

import (
	"hindsight/internal/erasures"
	"net/http"

	"hindsight/internal/store"
)

func (a *API) getSites(w http.ResponseWriter, _ *http.Request) error {
	return respond(w, http.StatusOK, map[string]any{"sites": a.viewSites()})
}

func (a *API) getCollectorSites(w http.ResponseWriter, _ *http.Request) error {
	return respond(w, http.StatusOK, map[string]any{"sites": a.viewSites()})
}

func (a *API) getSite(w http.ResponseWriter, r *http.Request) error {
	s, err := a.siteOf(r)
	if err != nil {
		return err
	}
	return respond(w, http.StatusOK, a.viewSite(s))
}

func (a *API) getStatus(w http.ResponseWriter, r *http.Request) error {
	v, err := a.visibleOf(r)
	if err != nil {
		return err
	}
	status, err := a.store.Status(r.Context(), v)
	if err != nil {
		return err
	}
	return respond(w, http.StatusOK, viewStatus(status))
}

func (a *API) deleteSite(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.NoBody
	s, err := a.siteOf(r)
	if err != nil {
		return err
	}
	// First the settings: from here on collectors take nothing in for it. What is
	// on its way still is not stored.
	_, err = a.sites.change(r.Context(), func() (store.SiteRecord, error) {
		s, err := a.siteOf(r)
		s.Deleted = true
		return s, err
	})
	if err != nil {
		return err
	}
	if err := a.store.DeleteSite(r.Context(), s.ID); err != nil {
		return err
	}
	a.metrics.erasures.WithLabelValues(erasures.Site).Inc()
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *API) deleteDemo(w http.ResponseWriter, r *http.Request) error {
	s, err := a.siteOf(r)
	if err != nil {
		return err
	}
	sessions, err := a.store.DeleteDemo(r.Context(), s.ID)
	if err != nil {
		return err
	}
	if sessions > 0 {
		a.metrics.erasures.WithLabelValues(erasures.Demo).Inc()
	}
	return respond(w, http.StatusOK, map[string]int{"sessions": sessions})
}
