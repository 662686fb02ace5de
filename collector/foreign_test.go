package collector

import "testing"

func TestPrintableOriginHoldsNoAddress(t *testing.T) {
	for origin, want := range map[string]string{
		"https://shop.example":       "https://shop.example",
		"http://localhost:3000":      "http://localhost:3000",
		"http://203.0.113.9:8080":    "http://(an IP address)",
		"http://[2001:db8::1]":       "http://(an IP address)",
		"":                           "(none)",
		"null":                       "(no origin)",
		"https://a.example/path?q=1": "https://a.example",
	} {
		if got := printableOrigin(origin); got != want {
			t.Errorf("%q is logged as %q, want %q", origin, got, want)
		}
	}
}
