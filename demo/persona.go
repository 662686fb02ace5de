package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"time"

	"hindsight/internal/wire"
)

// persona is a visitor: the same one may come several times.
type persona struct {
	device  int // index in devices
	browser browser
	place   place
	hash    wire.VisitorHash
}

// place is where a visitor lives. Shift is the zone's distance from UTC in
// hours, good enough for the rhythm of a day.
type place struct {
	weight         int
	language, zone string
	shift          int
}

var places = []place{
	{24, "en-US", "America/New_York", -5},
	{9, "en-US", "America/Los_Angeles", -8},
	{14, "en-GB", "Europe/London", 0},
	{17, "de-DE", "Europe/Berlin", 1},
	{8, "fr-FR", "Europe/Paris", 1},
	{6, "nl-NL", "Europe/Amsterdam", 1},
	{6, "es-ES", "Europe/Madrid", 1},
	{5, "pt-BR", "America/Sao_Paulo", -3},
	{4, "ja-JP", "Asia/Tokyo", 9},
	{4, "en-IN", "Asia/Kolkata", 5},
	{3, "en-AU", "Australia/Sydney", 10},
}

// referrers are where visits come from; most tell nothing.
var referrers = []struct {
	weight int
	url    string
}{
	{46, ""},
	{28, "https://www.google.com/"},
	{6, "https://duckduckgo.com/"},
	{5, "https://www.bing.com/"},
	{8, "https://www.instagram.com/"},
	{7, "https://teablog.example/the-evening-cup"},
}

// rhythm is how busy each hour of a visitor's day is.
var rhythm = [24]int{3, 2, 1, 1, 1, 2, 5, 9, 12, 11, 10, 11, 13, 12, 10, 10, 11, 13, 16, 19, 21, 19, 13, 7}

// newPersona makes visitor number n of a seed; a number gives the same visitor
// in every run.
func newPersona(seed uint64, n int) persona {
	r := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15^uint64(n))) //nolint:gosec // not secret; see above
	var p persona
	p.device = choose(r, len(devices), func(i int) int { return devices[i].weight })
	list := browsers[devices[p.device].name]
	p.browser = list[choose(r, len(list), func(i int) int { return list[i].weight })]
	p.place = places[choose(r, len(places), func(i int) int { return places[i].weight })]
	var id [16]byte
	fill(r, id[:])
	sum := sha256.Sum256([]byte(hex.EncodeToString(id[:])))
	copy(p.hash[:], sum[:])
	return p
}

// arrival draws when a visit begins: within the window, more likely in the
// busy hours where the visitor lives.
func (p persona) arrival(r *rand.Rand, from, to time.Time) time.Time {
	window := to.Sub(from)
	for {
		at := from.Add(time.Duration(r.Int64N(int64(window))))
		hour := (at.UTC().Hour() + p.place.shift + 24) % 24
		if r.IntN(21) < rhythm[hour] {
			return at
		}
	}
}

// fill writes random bytes.
func fill(r *rand.Rand, b []byte) {
	for i := range b {
		b[i] = byte(r.Uint32())
	}
}
