package collector

import (
	"net/netip"
	"net/url"

	"go.uber.org/zap"
)

// tellForeign says, not every time, that pages of another origin were turned away: the most usual reason why nothing
// arrives from a site. The page itself is told by a close code, which nobody reads.
func (c *Collector) tellForeign(siteID, origin string) {
	c.foreign.Do(func() {
		c.deps.Logger.Warn("a page whose origin is not one of the site's was turned away; if it belongs to the site, add its origin to the site's settings",
			zap.String("site", siteID), zap.String("origin", printableOrigin(origin)))
	})
}

// printableOrigin is an origin as a log may hold it: no address, nothing long, nothing else.
func printableOrigin(origin string) string {
	const most = 200
	u, err := url.Parse(origin)
	switch {
	case origin == "":
		return "(none)"
	case err != nil || u.Host == "" || len(origin) > most:
		return "(no origin)"
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return u.Scheme + "://(an IP address)"
	}
	return u.Scheme + "://" + u.Host
}
