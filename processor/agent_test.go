package processor

import (
	"fmt"
	"testing"
)

// FuzzAgent: a User-Agent header is a stranger's text, and a library's work; what comes of it is short text.
func FuzzAgent(f *testing.F) {
	for _, text := range []string{"", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Mozilla/5.0 (", "(((;;;)))/", "\xff\xfe/1 (é; \x00)"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if len(header) > 512 {
			return // the collector cuts it
		}
		got := parseAgent(header)
		for _, text := range []string{got.browser, got.browserVersion, got.os, got.osVersion} {
			if len(text) > maxAgentText {
				t.Errorf("%q is %d bytes long", text, len(text))
			}
		}
	})
}

func TestAgents(t *testing.T) {
	a := newAgents()
	for header, want := range map[string]agent{
		"": {},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1": {"Safari", "17.5", "iOS", "17.5", "mobile"},
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":                         {"Chrome", "140.0.0.0", "Windows", "10.0", "desktop"},
		"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)":                                                                {"Googlebot", "2.1", "", "", "bot"},
	} {
		for range 2 { // the second time from memory
			if got := a.read(header); got != want {
				t.Errorf("%q: %+v, want %+v", header, got, want)
			}
		}
	}
	for i := range 2 * maxAgents {
		a.read(fmt.Sprint("agent ", i))
	}
	if len(a.known) > maxAgents {
		t.Errorf("%d agents in memory", len(a.known))
	}
}
