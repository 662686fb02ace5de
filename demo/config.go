package demo

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Config says what Generate makes and where it sends it. Start from
// DefaultConfig.
type Config struct {
	// Collector is the collector's address: http(s) or ws(s), host and port.
	Collector string
	// SiteKey and Origin are those of the site that takes the visits; Origin
	// (scheme and host) is what the visitors' browsers name, and where the
	// recorded pages claim to be.
	SiteKey, Origin string
	// Sessions is how many visits to make.
	Sessions int
	// Seed decides all that is drawn. The same seed at the same Now makes the
	// same sessions, ids included; at another Now it makes others, with the
	// same visitors.
	Seed uint64
	// Now is the end of the time that the visits fill; zero: the present.
	Now time.Time
	// Days is how far back they go: 1 to 7, which is what a collector takes.
	Days int
	// Connections is how many visits are sent at a time.
	Connections int
	// SampleRate is the share of sessions with a recording, 0…1. The site's own
	// rate holds when it is lower.
	SampleRate float64
}

// DefaultConfig makes 200 visits of the last seven days, all with recordings.
func DefaultConfig() Config {
	return Config{Sessions: 200, Seed: 1, Days: 7, Connections: 6, SampleRate: 1}
}

// streamURL is the address of the collector's websocket for the site.
func (c Config) streamURL() (string, error) {
	u, err := url.Parse(c.Collector)
	if err != nil {
		return "", fmt.Errorf("read the collector's address: %w", err)
	}
	switch u.Scheme {
	case "http", "ws":
		u.Scheme = "ws"
	case "https", "wss":
		u.Scheme = "wss"
	default:
		return "", fmt.Errorf("the collector's address %q is no http, https, ws or wss address", c.Collector)
	}
	if u.Host == "" {
		return "", fmt.Errorf("the collector's address %q names no host", c.Collector)
	}
	u.Path = strings.TrimSuffix(u.Path, "/") + "/v1/stream"
	u.RawQuery = url.Values{"site": {c.SiteKey}}.Encode()
	return u.String(), nil
}

func (c Config) validate() error {
	origin, err := url.Parse(c.Origin)
	switch {
	case c.SiteKey == "":
		return errors.New("the site key is missing")
	case err != nil || origin.Host == "" || origin.Path != "" || origin.Scheme != "http" && origin.Scheme != "https":
		return fmt.Errorf("the origin %q is not a scheme and a host", c.Origin)
	}
	return c.Validate()
}

// Validate says what is wrong with how much is to be made; it needs no site.
func (c Config) Validate() error {
	switch {
	case c.Sessions < 1:
		return fmt.Errorf("%d sessions are too few", c.Sessions)
	case c.Days < 1 || c.Days > 7:
		return fmt.Errorf("a collector takes visits of the last 7 days, not %d", c.Days)
	case c.Connections < 1:
		return fmt.Errorf("%d connections are too few", c.Connections)
	case !(c.SampleRate >= 0 && c.SampleRate <= 1):
		return fmt.Errorf("sample rate %v is not between 0 and 1", c.SampleRate)
	}
	return nil
}
