package api

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Config is what an operator sets.
type Config struct {
	// PublicURL is the address that people's browsers use, without a path:
	// "http://127.0.0.1:8080". Login links, snippets, cookies and the check of a
	// request's origin follow it.
	PublicURL string
	// TrackerURL is where browsers load the tracker from, without a path: the
	// collector's address when it runs apart. Default PublicURL.
	TrackerURL string
	// AdminToken and LocalToken are bootstrap tokens of scope admin, held in
	// memory only: one that the operator sets, and one that this program left for
	// commands on the same machine. CollectorToken is one of scope collector.
	// Empty: none.
	AdminToken, LocalToken, CollectorToken string
	// CookieKey signs the dashboard's cookies: 32 bytes or more. Empty: a random
	// one, so that logins end when the process does and count for it alone.
	CookieKey []byte
	// Refresh is how often sites and tokens are read anew, for what other
	// processes changed. Default 3 s.
	Refresh time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

const minCookieKey = 32

func (c Config) withDefaults() (Config, error) {
	origin, err := originOf(c.PublicURL)
	if err != nil {
		return c, fmt.Errorf("public URL: %w", err)
	}
	c.PublicURL = origin
	if c.TrackerURL == "" {
		c.TrackerURL = c.PublicURL
	}
	if c.TrackerURL, err = originOf(c.TrackerURL); err != nil {
		return c, fmt.Errorf("tracker URL: %w", err)
	}
	switch {
	case len(c.CookieKey) == 0:
		c.CookieKey = make([]byte, minCookieKey)
		rand.Read(c.CookieKey) // never fails
	case len(c.CookieKey) < minCookieKey:
		return c, fmt.Errorf("the cookie key must have %d bytes or more", minCookieKey)
	}
	if c.Refresh <= 0 {
		c.Refresh = 3 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, nil
}

// originOf is scheme, host and port of an address.
func originOf(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", errors.New(`must be like "https://hindsight.example.com"`)
	}
	return u.Scheme + "://" + u.Host, nil
}
