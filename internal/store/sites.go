package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"hindsight/internal/site"
)

// SiteRecord is a site as it is kept.
type SiteRecord struct {
	site.Site
	CreatedAt time.Time
	Deleted   bool
}

// siteSettings are the members of a site that have no column of their own.
type siteSettings struct {
	Origins    []string       `json:"origins"`
	Retention  site.Retention `json:"retention"`
	Consent    site.Mode      `json:"consent"`
	SampleRate float64        `json:"sample_rate"`
	Closed     bool           `json:"closed"`
}

// Sites returns every site there ever was, oldest first; deleted ones are
// marked.
func (s *Store) Sites(ctx context.Context) ([]SiteRecord, error) {
	var out []SiteRecord
	err := s.each(ctx, "site_all", func(rows driver.Rows) error {
		var r SiteRecord
		var text string
		var deleted uint8
		if err := rows.Scan(&r.ID, &r.Key, &r.Name, &text, &deleted, &r.CreatedAt); err != nil {
			return err
		}
		var settings siteSettings
		if err := json.Unmarshal([]byte(text), &settings); err != nil {
			return fmt.Errorf("settings of site %s: %w", r.ID, err)
		}
		r.Origins, r.Retention, r.Consent = settings.Origins, settings.Retention, settings.Consent
		r.SampleRate, r.Closed, r.Deleted = settings.SampleRate, settings.Closed, deleted == 1
		out = append(out, r)
		return nil
	})
	return out, err
}

// PutSite stores a site, new or changed; the newest version of an id wins. Who
// calls validates.
func (s *Store) PutSite(ctx context.Context, r SiteRecord) error {
	settings, err := json.Marshal(siteSettings{
		Origins: r.Origins, Retention: r.Retention, Consent: r.Consent, SampleRate: r.SampleRate, Closed: r.Closed,
	})
	if err != nil {
		return fmt.Errorf("settings of site %s: %w", r.ID, err)
	}
	return s.exec(ctx, "site_put",
		named("id", r.ID), named("key", r.Key), named("name", r.Name), named("settings", string(settings)),
		named("deleted", flag(r.Deleted)), named("created_at", r.CreatedAt.UnixMilli()), named("version", newVersion()))
}
