package api

import (
	"context"
	"fmt"
	"slices"

	"hindsight/internal/site"
	"hindsight/internal/store"
)

// SiteSeed describes a site that must be there when the program runs: the first
// one of `hindsight all --site-key`, or the demo's.
type SiteSeed struct {
	Key     string
	Name    string // default: the key
	Origins []string
	Consent site.Mode // default: ask
}

// EnsureSite makes a site of this key unless there is one. To one that is there
// it adds the origins that are missing, and changes nothing else: what people
// set stays set. Call it after Start.
func (a *API) EnsureSite(ctx context.Context, seed SiteSeed) (site.Site, error) {
	origins := make([]string, 0, len(seed.Origins))
	for _, text := range seed.Origins {
		origin, err := site.NormalizeOrigin(text)
		if err != nil {
			return site.Site{}, fmt.Errorf("site %s: origin %q %w", seed.Name, text, err)
		}
		origins = append(origins, origin)
	}
	// Nothing is written where nothing changes: a store whose disk is full still starts.
	missing := func(o string) bool { return !slices.Contains(a.sites.seeded(seed).Origins, o) }
	if s, known := a.sites.Site(seed.Key); known && !slices.ContainsFunc(origins, missing) {
		return s, nil
	}
	r, err := a.sites.change(ctx, func() (store.SiteRecord, error) {
		r := a.sites.seeded(seed)
		for _, origin := range origins {
			if !slices.Contains(r.Origins, origin) {
				r.Origins = append(slices.Clip(r.Origins), origin)
			}
		}
		// Who starts on any free port gathers one each time: the oldest make room.
		r.Origins = r.Origins[max(0, len(r.Origins)-site.MaxOrigins):]
		return r, r.Validate()
	})
	if err != nil {
		return site.Site{}, fmt.Errorf("make sure of site %q: %w", seed.Name, err)
	}
	return r.Site, nil
}

// seeded is the site of the seed's key, or a new one.
func (s *Sites) seeded(seed SiteSeed) store.SiteRecord {
	for _, r := range s.All() {
		if r.Key == seed.Key {
			return r
		}
	}
	fresh := site.New(seed.Name)
	fresh.Key = seed.Key
	if fresh.Name == "" {
		fresh.Name = seed.Key
	}
	if seed.Consent != "" {
		fresh.Consent = seed.Consent
	}
	return store.SiteRecord{Site: fresh, CreatedAt: s.now().UTC()}
}
