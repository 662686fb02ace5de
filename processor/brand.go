package processor

import (
	"strconv"
	"strings"

	"hindsight/internal/wire"
)

// browserOf picks the brand that names the browser. The list is in no order:
// one brand is made up so that nobody relies on the list, one is the engine,
// and what a browser is built upon may stand beside its own name.
func browserOf(brands []wire.Brand) (name, version string) {
	best := 0
	for _, b := range brands {
		rank := brandRank(b.Name)
		if rank > best || rank == best && rank > 0 && b.Name < name {
			best, name, version = rank, b.Name, b.Version
		}
	}
	if name == "Google Chrome" {
		name = "Chrome" // as User-Agent headers have it
	}
	return name, version
}

func brandRank(name string) int {
	letters := strings.TrimLeft(strings.ToLower(name), " \t()-./:;=?_\"")
	rest, not := strings.CutPrefix(letters, "not")
	switch {
	case letters == "" || not && (rest == "" || rest[0] < 'a' || rest[0] > 'z'):
		return 0 // made up: "Not:A-Brand", " Not A;Brand", "(Not(A:Brand"
	case letters == "chromium":
		return 1
	case letters == "google chrome" || letters == "android webview":
		return 2
	}
	return 3
}

// systemVersion says what a platform version means: Windows counts its releases
// there otherwise than in their names.
// Source: https://learn.microsoft.com/microsoft-edge/web-platform/how-to-detect-win11
func systemVersion(system, version string) string {
	if system != "Windows" {
		return version
	}
	first, _, _ := strings.Cut(version, ".")
	switch major, err := strconv.Atoi(first); {
	case err != nil:
		return version
	case major >= 13:
		return "11"
	case major > 0:
		return "10"
	}
	return "" // 7, 8 or 8.1
}
