package demo

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// policy is the shop's Content-Security-Policy: nothing but its own files and
// the tracker's.
type policy struct {
	origin string // the tracker's origin; empty when it is the shop's own
	socket string // the same with ws or wss
}

func newPolicy(trackerURL string) (policy, error) {
	u, err := url.Parse(trackerURL)
	if err != nil {
		return policy{}, fmt.Errorf("read the tracker's address: %w", err)
	}
	switch {
	case u.Scheme == "" && u.Host == "":
		return policy{}, nil
	case u.Host != "" && u.Scheme == "http":
		return policy{origin: "http://" + u.Host, socket: "ws://" + u.Host}, nil
	case u.Host != "" && u.Scheme == "https":
		return policy{origin: "https://" + u.Host, socket: "wss://" + u.Host}, nil
	}
	return policy{}, fmt.Errorf("the tracker's address %q is neither a path nor an http(s) address", trackerURL)
}

// plainHost keeps a Host header from writing policy of its own.
var plainHost = regexp.MustCompile(`^[A-Za-z0-9.\-]+(:[0-9]+)?$|^\[[0-9a-fA-F:.]+\](:[0-9]+)?$`)

// header is the policy for a page asked for at that host. Not every browser
// counts a websocket of the page's own origin as 'self', so it is spelled out.
func (p policy) header(host string) string {
	scripts, connect := []string{"'self'"}, []string{"'self'"}
	switch {
	case p.origin != "":
		scripts = append(scripts, p.origin)
		connect = append(connect, p.origin, p.socket)
	case plainHost.MatchString(host):
		connect = append(connect, "ws://"+host, "wss://"+host)
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src " + strings.Join(scripts, " "),
		"connect-src " + strings.Join(connect, " "),
		"worker-src " + strings.Join(scripts, " "),
		"style-src 'self'",
		"img-src 'self' data:",
		"form-action 'self'",
		"base-uri 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}
