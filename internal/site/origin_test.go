package site

import (
	"net/url"
	"strings"
	"testing"
)

func TestAllowsOrigin(t *testing.T) {
	cases := []struct {
		origin, header string
		want           bool
	}{
		{"https://example.com", "https://example.com", true},
		{"https://Example.COM", "https://example.com", true},
		{"https://example.com:443", "https://example.com", true},
		{"http://example.com", "http://example.com:80", true},
		{"https://example.com", "http://example.com", false},
		{"https://example.com", "https://example.com:8443", false},
		{"https://example.com:8443", "https://example.com:8443", true},
		{"https://example.com", "https://www.example.com", false},
		{"https://example.com", "https://example.com.evil.net", false},
		{"https://example.com", "https://evilexample.com", false},
		{"https://example.com", "https://example.com/", false},
		{"https://example.com", "https://user@example.com", false},
		{"https://example.com", "https://evil.net#https://example.com", false},
		{"https://example.com", "null", false},
		{"https://example.com", "", false},
		{"https://example.com", "*", false},
		{"https://*.example.com", "https://shop.example.com", true},
		{"https://*.example.com", "https://a.b.example.com", true},
		{"https://*.example.com", "https://example.com", false},
		{"https://*.example.com", "https://.example.com", false},
		{"https://*.example.com", "https://evilexample.com", false},
		{"https://*.example.com", "https://example.com.evil.net", false},
		{"https://*.example.com", "https://*.example.com", false},
		{"https://*.example.com", "http://shop.example.com", false},
		{"https://*.example.com:8443", "https://shop.example.com:8443", true},
		{"https://*.example.com:8443", "https://shop.example.com", false},
		{"http://*.localhost", "http://shop.localhost", true},
		{"http://*.localhost:3000", "http://shop.localhost:3000", true},
		{"http://127.0.0.1:8080", "http://127.0.0.1:8080", true},
		{"http://127.0.0.1:8080", "http://localhost:8080", false},
		{"http://[::1]:8080", "http://[::1]:8080", true},
		{"http://[::1]", "http://[::1]", true},
		{"https://xn--mller-kva.example", "https://xn--mller-kva.example", true},
	}
	for _, c := range cases {
		s := Site{Origins: []string{"https://other.example", c.origin}}
		if got := s.AllowsOrigin(c.header); got != c.want {
			t.Errorf("origin %s, header %q: %v", c.origin, c.header, got)
		}
	}
	if (&Site{}).AllowsOrigin("https://example.com") {
		t.Error("a site without origins allows one")
	}
}

func TestNormalizeOrigin(t *testing.T) {
	for text, want := range map[string]string{
		" HTTPS://Example.com:443/ ": "https://example.com",
		"http://example.com:443":     "http://example.com:443",
		"https://*.Example.com":      "https://*.example.com",
		"http://[::1]:80":            "http://[::1]",
	} {
		if got, err := NormalizeOrigin(text); err != nil || got != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "example.com", "*", "https://*", "https://*.com", "https://*.1.2.3.4", "https://a.*.com", "https://*a.example.com",
		"https://*.*.example.com", "ftp://example.com", "https://", "https://example.com/path", "https://example.com?x", "https://example.com:", "https://example.com:0",
		"https://example.com:99999", "https://example.com:+80", "https://a..b", "https://müller.example", "https://[::1", "https://[1.2.3.4]", "https://[::1]x",
		"https://*.[::1]", "https://" + strings.Repeat("a", 64), "https://" + strings.Repeat("a.", 130) + "a", "https://a b", "null"} {
		if got, err := NormalizeOrigin(text); err == nil {
			t.Errorf("%q passes as %q", text, got)
		}
	}
}

func FuzzOrigin(f *testing.F) {
	f.Add("https://*.example.com", "https://shop.example.com")
	f.Add("http://[::1]:8080", "http://[::1]:8080")
	f.Add("https://example.com:443", "https://example.com")
	f.Fuzz(func(t *testing.T, text, header string) {
		normal, err := NormalizeOrigin(text)
		if err == nil {
			if again, err := NormalizeOrigin(normal); err != nil || again != normal {
				t.Fatalf("%q became %q and then %q (%v)", text, normal, again, err)
			}
		}
		s := Site{Origins: []string{text}}
		if !s.AllowsOrigin(header) {
			return
		}
		// What is allowed is an origin to net/url too, and its host is the
		// site's or ends in it behind a dot.
		u, err := url.Parse(header)
		if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
			t.Fatalf("%q is no origin and is allowed by %q", header, text)
		}
		want, err := parseOrigin(text, true)
		if err != nil {
			t.Fatalf("%q is no origin and allows %q", text, header)
		}
		host := strings.ToLower(u.Hostname())
		site := strings.Trim(want.host, "[]")
		if host != site && !(want.wildcard && strings.HasSuffix(host, "."+site)) {
			t.Fatalf("%q allows %q", text, header)
		}
	})
}
