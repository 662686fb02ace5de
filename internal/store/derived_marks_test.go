package store

import "testing"

// What the random sessions of the brute-force comparison hardly come upon: bounds, ties, and what lies in two documents.
func TestSumFacts(t *testing.T) {
	click := func(document string, at int64, index uint16, x, y int64) derivedFact {
		return derivedFact{place: place{at: at, document: document, sequence: 1, index: index}, kind: "click", x: x, y: y}
	}
	gap := func(document string, ms float64) derivedFact {
		return derivedFact{place: place{document: document}, kind: "gap", name: "paused", value: ms}
	}
	for name, c := range map[string]struct {
		facts []derivedFact
		rages uint32
		gapMS uint64
	}{
		"nothing":                     {nil, 0, 0},
		"at the bounds":               {[]derivedFact{click("a", 0, 1, 0, 0), click("a", 1000, 2, 30, -30), click("a", 2000, 3, 0, 0)}, 1, 0},
		"too far":                     {[]derivedFact{click("a", 0, 1, 0, 0), click("a", 1, 2, 31, 0), click("a", 2, 3, 31, 0)}, 0, 0},
		"too late":                    {[]derivedFact{click("a", 0, 1, 0, 0), click("a", 1001, 2, 0, 0), click("a", 1002, 3, 0, 0)}, 0, 0},
		"six in a row are one":        {[]derivedFact{click("a", 0, 1, 0, 0), click("a", 1, 2, 0, 0), click("a", 2, 3, 0, 0), click("a", 3, 4, 0, 0), click("a", 4, 5, 0, 0), click("a", 5, 6, 0, 0)}, 1, 0},
		"two documents":               {[]derivedFact{click("a", 0, 1, 0, 0), click("a", 1, 2, 0, 0), click("b", 2, 1, 0, 0), click("b", 3, 2, 0, 0)}, 0, 0},
		"read in another order":       {[]derivedFact{click("a", 2, 3, 0, 0), click("b", 1, 1, 0, 0), click("a", 0, 1, 0, 0), click("a", 1, 2, 0, 0)}, 1, 0},
		"between them something else": {[]derivedFact{click("a", 0, 1, 0, 0), gap("a", 5), click("a", 1, 2, 0, 0), click("a", 2, 3, 0, 0)}, 1, 5},
		"halves of ms, by document":   {[]derivedFact{gap("a", 0.25), gap("a", 0.25), gap("b", 1.5), gap("c", -7)}, 0, 2},
		"more than a number holds":    {[]derivedFact{gap("a", 1e300)}, 0, maxGapMS},
	} {
		if got := sumFacts(c.facts); got.rages != c.rages || got.gapMS != c.gapMS {
			t.Errorf("%s: %d rages, %d ms; want %d, %d", name, got.rages, got.gapMS, c.rages, c.gapMS)
		}
	}
}
