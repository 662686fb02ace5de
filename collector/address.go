package collector

import (
	"net/http"
	"net/netip"
	"strings"
)

// clientAddr is the address of the client: the other end of the connection,
// or, where that is a trusted proxy, what the proxy says in X-Forwarded-For.
// The list is read from its end, where the proxies write, past every trusted
// one: what stands before may be the client's own invention. The zero Addr is
// an unknown address.
//
// The result must go nowhere but into the Sealer and what is counted by address.
func clientAddr(r *http.Request, trusted []netip.Prefix) netip.Addr {
	addr := parseAddr(r.RemoteAddr)
	if !isTrusted(addr, trusted) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := strings.TrimSpace(hops[i])
		if hop == "" && len(hops) == 1 {
			return addr // the proxy says nothing, so it speaks for itself
		}
		addr = parseAddr(hop)
		if !isTrusted(addr, trusted) {
			break
		}
	}
	return addr
}

func isTrusted(addr netip.Addr, trusted []netip.Prefix) bool {
	for _, prefix := range trusted {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// parseAddr takes an address with or without a port.
func parseAddr(text string) netip.Addr {
	if ap, err := netip.ParseAddrPort(text); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap().WithZone("")
}
