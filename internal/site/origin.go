package site

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
)

// AllowsOrigin tells whether a page of the given origin (a browser's Origin
// header) may send for the site: scheme, host and port must be those of one of
// the site's origins. An origin of the site may begin its host with "*.", which
// stands for one or more labels: https://*.example.com is every subdomain of
// example.com and not example.com itself.
//
// There is no "*" for every origin: the site key can be read in the page, so
// the list of origins is what keeps other people's pages out. "null", the
// origin of sandboxed frames and local files, is never allowed for the same
// reason.
func (s *Site) AllowsOrigin(header string) bool {
	got, err := parseOrigin(header, false)
	if err != nil {
		return false
	}
	for _, text := range s.Origins {
		if want, err := parseOrigin(text, true); err == nil && want.matches(got) {
			return true
		}
	}
	return false
}

// NormalizeOrigin writes an origin as a browser would: lower case, without the
// scheme's own port and a closing slash. The error is a sentence for the person
// who typed it.
func NormalizeOrigin(text string) (string, error) {
	o, err := parseOrigin(strings.TrimSuffix(strings.TrimSpace(text), "/"), true)
	if err != nil {
		return "", err
	}
	return o.String(), nil
}

type origin struct {
	scheme, host string
	port         uint16
	wildcard     bool
}

func (o origin) matches(got origin) bool {
	if o.scheme != got.scheme || o.port != got.port {
		return false
	}
	if !o.wildcard {
		return o.host == got.host
	}
	head, ok := strings.CutSuffix(got.host, o.host)
	return ok && len(head) > 1 && strings.HasSuffix(head, ".")
}

func (o origin) String() string {
	text := o.scheme + "://"
	if o.wildcard {
		text += "*."
	}
	text += o.host
	if o.port != defaultPort(o.scheme) {
		text += ":" + strconv.Itoa(int(o.port))
	}
	return text
}

func defaultPort(scheme string) uint16 {
	if scheme == "https" {
		return 443
	}
	return 80
}

// parseOrigin takes scheme://host[:port] and nothing more.
func parseOrigin(text string, wildcard bool) (origin, error) {
	var o origin
	if len(text) > 300 {
		return o, errors.New("is too long")
	}
	scheme, rest, ok := strings.Cut(strings.ToLower(text), "://")
	if !ok || (scheme != "http" && scheme != "https") {
		return o, errors.New("must begin with https:// or http://")
	}
	if strings.ContainsAny(rest, "/?#@\\ \t\r\n") {
		return o, errors.New("must end after host and port: no path, no query, no user")
	}
	o.scheme, o.port = scheme, defaultPort(scheme)
	if rest, o.wildcard = strings.CutPrefix(rest, "*."); o.wildcard && !wildcard {
		return o, errors.New("must not hold a *")
	}
	host, port, err := splitPort(rest)
	if err != nil {
		return o, err
	}
	if port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 || port[0] == '+' {
			return o, errors.New("must have a port from 1 to 65535")
		}
		o.port = uint16(n)
	}
	o.host = host
	return o, checkHost(host, o.wildcard)
}

// splitPort takes the port off; an IPv6 address keeps its brackets.
func splitPort(rest string) (host, port string, err error) {
	if strings.HasPrefix(rest, "[") {
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			return "", "", errors.New("must close the bracket of its address")
		}
		host, rest = rest[:end+1], rest[end+1:]
		if rest != "" && rest[0] != ':' {
			return "", "", errors.New("must have a port or nothing after its address")
		}
	} else if colon := strings.IndexByte(rest, ':'); colon >= 0 {
		host, rest = rest[:colon], rest[colon:]
	} else {
		host, rest = rest, ""
	}
	if rest == ":" {
		return "", "", errors.New("must have a port after the colon")
	}
	return host, strings.TrimPrefix(rest, ":"), nil
}

func checkHost(host string, wildcard bool) error {
	if strings.HasPrefix(host, "[") {
		addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if err != nil || !addr.Is6() || addr.Zone() != "" || wildcard {
			return errors.New("must hold a host name or an address")
		}
		return nil
	}
	if wildcard {
		// One label under the star would open the site to a whole top-level
		// domain; localhost is nobody's.
		if _, err := netip.ParseAddr(host); err == nil || (!strings.Contains(host, ".") && host != "localhost") {
			return errors.New("must have a domain of at least two labels after the *")
		}
	}
	if host == "" || len(host) > 253 {
		return errors.New("must hold a host name of 1 to 253 characters")
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 {
			return errors.New("must hold a host name whose labels are 1 to 63 characters")
		}
		for i := range len(label) {
			c := label[i]
			if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
				return errors.New("must hold a host name of letters, digits and hyphens (write others in their xn-- form; a * only as *. in front)")
			}
		}
	}
	return nil
}
