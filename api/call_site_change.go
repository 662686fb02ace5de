package api

import (
	"net/http"
	"slices"
	"strings"

	"hindsight/internal/site"
	"hindsight/internal/store"
)

// siteChange is what a client may set; what it does not name stays.
type siteChange struct {
	Name      *string    `json:"name"`
	Origins   *[]string  `json:"origins"`
	Consent   *site.Mode `json:"consent"`
	Sample    *float64   `json:"sample_rate"`
	Closed    *bool      `json:"closed"`
	Retention *struct {
		Recordings *int `json:"recordings_days"`
		Data       *int `json:"data_days"`
	} `json:"retention"`
}

func (a *API) postSite(w http.ResponseWriter, r *http.Request) error {
	var change siteChange
	if err := readBody(r, &change); err != nil {
		return err
	}
	for name, given := range map[string]bool{"name": change.Name != nil, "origins": change.Origins != nil} {
		if !given {
			return invalidSite.says("%s is missing.", name).about(name)
		}
	}
	made, err := a.sites.change(r.Context(), func() (store.SiteRecord, error) {
		fresh := store.SiteRecord{Site: site.New(*change.Name), CreatedAt: a.cfg.Now().UTC()}
		if err := change.apply(&fresh.Site); err != nil {
			return fresh, err
		}
		return fresh, a.nameFree(fresh)
	})
	if err != nil {
		return err
	}
	w.Header().Set("Location", prefix+"/sites/"+made.ID)
	return respond(w, http.StatusCreated, a.viewSite(made))
}

func (a *API) patchSite(w http.ResponseWriter, r *http.Request) error {
	if _, err := a.siteOf(r); err != nil {
		return err
	}
	var change siteChange
	if err := readBody(r, &change); err != nil {
		return err
	}
	changed, err := a.sites.change(r.Context(), func() (store.SiteRecord, error) {
		s, err := a.siteOf(r)
		if err != nil {
			return s, err
		}
		if err := change.apply(&s.Site); err != nil {
			return s, err
		}
		return s, a.nameFree(s)
	})
	if err != nil {
		return err
	}
	return respond(w, http.StatusOK, a.viewSite(changed))
}

// nameFree refuses a second site of one name: nobody could tell them apart.
func (a *API) nameFree(s store.SiteRecord) error {
	for _, other := range a.sites.All() {
		if other.ID != s.ID && strings.EqualFold(other.Name, s.Name) {
			return conflict.says("There is a site of this name already.").about("name")
		}
	}
	return nil
}

func (c *siteChange) apply(s *site.Site) error {
	if c.Name != nil {
		s.Name = strings.TrimSpace(*c.Name)
	}
	if c.Origins != nil {
		s.Origins = make([]string, 0, len(*c.Origins))
		for _, text := range *c.Origins {
			origin, err := site.NormalizeOrigin(text)
			if err != nil {
				return invalidSite.says("The origin %q %s.", text, err.Error()).about("origins")
			}
			if !slices.Contains(s.Origins, origin) {
				s.Origins = append(s.Origins, origin)
			}
		}
	}
	if c.Consent != nil {
		s.Consent = *c.Consent
	}
	if c.Sample != nil {
		s.SampleRate = *c.Sample
	}
	if c.Closed != nil {
		s.Closed = *c.Closed
	}
	if c.Retention != nil && c.Retention.Recordings != nil {
		s.Retention.RecordingsDays = *c.Retention.Recordings
	}
	if c.Retention != nil && c.Retention.Data != nil {
		s.Retention.DataDays = *c.Retention.Data
	}
	if err := s.Validate(); err != nil {
		return invalidSite.says("%s.", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return nil
}
