package api

import (
	"html"
	"net/http"

	"hindsight/internal/site"
	"hindsight/internal/store"
)

type siteView struct {
	site.Site
	CreatedAt stamp  `json:"created_at"`
	Snippet   string `json:"snippet"`
}

func (a *API) viewSite(r store.SiteRecord) siteView {
	view := siteView{Site: r.Site, CreatedAt: stamp(r.CreatedAt), Snippet: a.Snippet(r.Site)}
	if view.Origins == nil {
		view.Origins = []string{}
	}
	return view
}

func (a *API) viewSites() []siteView {
	all := a.sites.All()
	views := make([]siteView, len(all))
	for i, r := range all {
		views[i] = a.viewSite(r)
	}
	return views
}

// Snippet is what the owner of a site pastes into its pages.
func (a *API) Snippet(s site.Site) string {
	return `<script defer src="` + html.EscapeString(a.cfg.TrackerURL) + `/t.js" data-site="` + html.EscapeString(s.Key) +
		`" data-consent="` + html.EscapeString(string(s.Consent)) + `"></script>`
}

// siteOf finds the site that a path names.
func (a *API) siteOf(r *http.Request) (store.SiteRecord, error) {
	found, ok := a.sites.byIDOf(r.PathValue("site"))
	if !ok {
		return found, notFound.says("There is no site of this id.")
	}
	return found, nil
}

// visibleOf is what may be read of the site that a path names: every read of
// sessions goes by it.
func (a *API) visibleOf(r *http.Request) (store.Visible, error) {
	s, err := a.siteOf(r)
	if err != nil {
		return store.Visible{}, err
	}
	keep := store.Retention{RecordingsDays: s.Retention.RecordingsDays, DataDays: s.Retention.DataDays}
	return store.NewVisible(s.ID, keep, a.cfg.Now()), nil
}
