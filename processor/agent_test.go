package processor

import "testing"

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
