package doctor

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
)

// Exposure is how a service is to be reached.
type Exposure struct {
	Listen    []string
	PublicURL string // as browsers reach it; may be empty
	TLS       bool   // it serves with a certificate of its own
	// Proxied tells whether proxies are named whose word about a client's
	// address is taken; Addresses, whether anything is made of that address.
	Proxied, Addresses bool
}

// Encryption looks whether visits and logins would cross a network readable by
// all.
func (r *Report) Encryption(check string, e Exposure) {
	u, err := url.Parse(e.PublicURL)
	secure := err == nil && u.Scheme == "https"
	const advice = "give --tls-cert and --tls-key, or put a proxy with TLS in front and name the address that browsers use: --public-url https://… (browsers let no https page talk to this server otherwise)"
	if e.PublicURL != "" && !secure && err == nil && !local(u.Hostname()) {
		r.Warn(check, fmt.Sprintf("browsers are to use %s: what visitors do and who logs in can be read on the way", e.PublicURL), advice)
		return
	}
	for _, address := range e.Listen {
		host, _, err := net.SplitHostPort(address)
		if err == nil && !local(host) && !e.TLS && !secure {
			r.Warn(check, address+" can be reached from other machines, and without TLS", advice+"; or listen on 127.0.0.1")
			return
		}
	}
	if secure && !e.TLS && !e.Proxied && e.Addresses {
		r.Warn(check, "a proxy with TLS must be in front, and none is named: every visitor seems to come from its address", "name its network by --trusted-proxies, so that its X-Forwarded-For is believed")
		return
	}
	r.OK(check, "nothing crosses a network without TLS, as far as this configuration says")
}

// local tells whether a host can mean this machine alone.
func local(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}
