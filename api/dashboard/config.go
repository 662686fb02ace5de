package dashboard

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// Config is where the dashboard and the replay frame are reached.
type Config struct {
	// PublicURL is the dashboard's address as browsers see it: "http://127.0.0.1:8080".
	PublicURL string
	// ReplayOrigin is the address of the replay frame. It must have another host:
	// cookies do not keep ports apart. "http://localhost:8080" beside the above.
	ReplayOrigin string
	// Version and Demo are shown by the dashboard.
	Version string
	Demo    bool
}

// place is an origin, split.
type place struct {
	origin string // scheme://host[:port], lower case, without the scheme's own port
	host   string // host[:port], the same way
	name   string // host alone
}

func parsePlace(address string) (place, error) {
	u, err := url.Parse(strings.ToLower(address))
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return place{}, errors.New(`must be like "https://hindsight.example.com"`)
	}
	host := stripPort(u.Host, u.Scheme)
	return place{origin: u.Scheme + "://" + host, host: host, name: u.Hostname()}, nil
}

// stripPort takes the scheme's own port off, as browsers do in Host and Origin.
func stripPort(host, scheme string) string {
	name, port, err := net.SplitHostPort(host)
	if err != nil || !(scheme == "http" && port == "80" || scheme == "https" && port == "443") {
		return host
	}
	if strings.Contains(name, ":") {
		return "[" + name + "]"
	}
	return name
}

func (c Config) places() (public, replay place, err error) {
	if public, err = parsePlace(c.PublicURL); err != nil {
		return public, replay, fmt.Errorf("public URL: %w", err)
	}
	if replay, err = parsePlace(c.ReplayOrigin); err != nil {
		return public, replay, fmt.Errorf("replay origin: %w", err)
	}
	if public.name == replay.name {
		return public, replay, fmt.Errorf("the replay origin must have another host name than the public URL (%s), so that no cookie of the dashboard reaches the replay frame", public.name)
	}
	return public, replay, nil
}
