package dashboard

import (
	"net/http"
	"strings"
)

// dashboardPolicy lets the dashboard run its own scripts and show one frame.
// Styles may be inline: the player sizes things by style attributes.
func dashboardPolicy(replayOrigin string) string {
	return strings.Join([]string{
		"default-src 'self'",
		"frame-src " + replayOrigin,
		"img-src 'self' data:",
		"style-src 'self' 'unsafe-inline'",
		"connect-src 'self'",
		"frame-ancestors 'none'",
		"base-uri 'none'",
		"form-action 'self'",
		"object-src 'none'",
	}, "; ")
}

// framePolicy holds for the replayed page too, which inherits it: it fetches
// nothing from anywhere, but for pictures, fonts and styles when the analyst
// turned "load remote pictures" on.
func framePolicy(dashboardOrigin string, remote bool) string {
	also := ""
	if remote {
		also = " https: http:"
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self' 'unsafe-inline'" + also,
		"img-src 'self' data: blob:" + also,
		"font-src data:" + also,
		"media-src 'none'",
		"connect-src 'none'",
		"frame-src 'self'",
		"form-action 'none'",
		"base-uri 'none'",
		"frame-ancestors " + dashboardOrigin,
	}, "; ")
}

func setPolicy(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
}
