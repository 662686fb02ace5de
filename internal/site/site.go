// Package site is what the services agree on about a site: its settings, which
// pages may send for it, and which consent it asks for. It does no input or
// output.
package site

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Site is one site's settings.
type Site struct {
	// ID names the site inside, for ever; Key is what its pages send and may
	// be read by anyone.
	ID   string `json:"id"`
	Key  string `json:"key"`
	Name string `json:"name"`
	// Origins are the origins of the site's pages (see AllowsOrigin).
	Origins   []string  `json:"origins"`
	Retention Retention `json:"retention"`
	Consent   Mode      `json:"consent"`
	// SampleRate is the share of sessions that also send replays, 0…1.
	SampleRate float64 `json:"sample_rate"`
	// Closed: the site takes nothing in at the moment.
	Closed bool `json:"closed"`
}

// Retention says how many days, counted by the day of the session, things are
// kept.
type Retention struct {
	RecordingsDays int `json:"recordings_days"`
	// DataDays is for everything else, and at least RecordingsDays.
	DataDays int `json:"data_days"`
}

// DefaultRetention keeps recordings for 90 days and nothing beyond 12 months.
func DefaultRetention() Retention { return Retention{RecordingsDays: 90, DataDays: 365} }

// MaxRetentionDays is the longest retention that can be set: ten years.
const MaxRetentionDays = 3650

// New is a site with a random id and key and the defaults of everything else.
func New(name string, origins ...string) Site {
	return Site{
		ID: NewID(), Key: NewKey(), Name: name, Origins: origins,
		Retention: DefaultRetention(), Consent: ModeAsk, SampleRate: 1,
	}
}

// NewID makes a random site id of 16 characters (80 bits).
func NewID() string { return random(10) }

// NewKey makes a random site key of 24 characters (120 bits).
func NewKey() string { return random(15) }

func random(bytes int) string {
	b := make([]byte, bytes)
	// crypto/rand.Read is documented never to fail.
	_, _ = rand.Read(b)
	return strings.ToLower(base32.StdEncoding.EncodeToString(b))
}

// Limits of a site's settings.
const (
	// MaxOrigins is how many origins a site has at the most.
	MaxOrigins = 64
	maxName    = 200
	maxID      = 64
	minKey     = 4
)

// Validate says everything that is wrong with the settings, in sentences for
// the person who made them.
func (s *Site) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if !isToken(s.ID) {
		fault("id must be 1 to %d letters, digits, '-' or '_'", maxID)
	}
	if !isToken(s.Key) || len(s.Key) < minKey {
		fault("key must be %d to %d letters, digits, '-' or '_'", minKey, maxID)
	}
	if n := utf8.RuneCountInString(s.Name); strings.TrimSpace(s.Name) == "" || n > maxName || !utf8.ValidString(s.Name) {
		fault("name must be a text of 1 to %d characters", maxName)
	}
	if len(s.Origins) == 0 || len(s.Origins) > MaxOrigins {
		fault("origins must name 1 to %d origins, such as https://shop.example.com", MaxOrigins)
	}
	for i, origin := range s.Origins {
		if _, err := parseOrigin(origin, true); err != nil {
			fault("origin %q: %w", origin, err)
		} else if slices.Contains(s.Origins[:i], origin) {
			fault("origin %q stands twice", origin)
		}
	}
	if !s.Consent.valid() {
		fault("consent must be one of %s", strings.Join(modeNames(), ", "))
	}
	if !(s.SampleRate >= 0 && s.SampleRate <= 1) { // also catches NaN
		fault("sample_rate must be from 0 to 1")
	}
	if err := s.Retention.validate(); err != nil {
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

func (r Retention) validate() error {
	switch {
	case r.RecordingsDays < 1 || r.RecordingsDays > MaxRetentionDays:
		return fmt.Errorf("retention.recordings_days must be from 1 to %d", MaxRetentionDays)
	case r.DataDays < 1 || r.DataDays > MaxRetentionDays:
		return fmt.Errorf("retention.data_days must be from 1 to %d", MaxRetentionDays)
	case r.RecordingsDays > r.DataDays:
		return errors.New("retention.recordings_days must not be more than data_days: a recording is found by its session's data")
	}
	return nil
}

// isToken: what may stand in a URL, a file name and a record header as it is.
func isToken(s string) bool {
	if s == "" || len(s) > maxID {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}
