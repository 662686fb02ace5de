package processor

import (
	"slices"
	"testing"

	"hindsight/internal/wire"
)

// TestBrowserOf: whatever the order of the list.
func TestBrowserOf(t *testing.T) {
	for _, c := range []struct {
		brands        []string
		name, version string
	}{
		{[]string{"Not:A-Brand", "Chromium", "Google Chrome"}, "Chrome", "3"},
		{[]string{" Not A;Brand", "Chromium", "Microsoft Edge"}, "Microsoft Edge", "3"},
		{[]string{"(Not(A:Brand", "Chromium", "Brave"}, "Brave", "3"},
		{[]string{"Not)A;Brand", "Chromium", "Opera"}, "Opera", "3"},
		{[]string{"Not_A Brand", "Chromium", "YaBrowser", "Yowser"}, "YaBrowser", "3"},
		{[]string{"Not/A)Brand", "Chromium", "Google Chrome", "Samsung Internet"}, "Samsung Internet", "4"},
		{[]string{"Not.A/Brand", "Chromium", "Android WebView"}, "Android WebView", "3"},
		{[]string{";Not A Brand", "Chromium"}, "Chromium", "2"},
		{[]string{"Not A;Brand", "Chromium", "HeadlessChrome"}, "HeadlessChrome", "3"},
		{[]string{"Notable Browser", "Chromium"}, "Notable Browser", "1"},
		{[]string{"Not:A-Brand"}, "", ""},
		{[]string{"", "  "}, "", ""},
		{nil, "", ""},
	} {
		var brands []wire.Brand
		for i, name := range c.brands {
			brands = append(brands, wire.Brand{Name: name, Version: string(rune('1' + i))})
		}
		for range 2 {
			if name, version := browserOf(brands); name != c.name || version != c.version {
				t.Errorf("%v: %q %q, want %q %q", brands, name, version, c.name, c.version)
			}
			slices.Reverse(brands)
		}
	}
}

func TestSystemVersion(t *testing.T) {
	for _, c := range []struct{ system, version, want string }{
		{"Windows", "15.0.0", "11"}, {"Windows", "13.0.0", "11"}, {"Windows", "10.0.0", "10"}, {"Windows", "1.0.0", "10"},
		{"Windows", "0.3.0", ""}, {"Windows", "", ""}, {"Windows", "x", "x"}, {"macOS", "15.6.1", "15.6.1"}, {"Linux", "", ""}, {"Android", "16.0.0", "16.0.0"},
	} {
		if got := systemVersion(c.system, c.version); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.system, c.version, got, c.want)
		}
	}
}
