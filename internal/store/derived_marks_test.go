package store

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// What the random sessions of the brute-force comparison hardly come upon: bounds, ties, and what lies in two documents.
func TestRages(t *testing.T) {
	click := func(at int64, index uint16, x, y int32) derivedClick {
		return derivedClick{at: at, index: index, sequence: 1, x: x, y: y}
	}
	for name, c := range map[string]struct {
		clicks []derivedClick
		want   uint64
	}{
		"nothing":                  {nil, 0},
		"at the bounds":            {[]derivedClick{click(0, 1, 0, 0), click(1000, 2, 30, -30), click(2000, 3, 0, 0)}, 1},
		"too far":                  {[]derivedClick{click(0, 1, 0, 0), click(1, 2, 31, 0), click(2, 3, 31, 0)}, 0},
		"as far as a number holds": {[]derivedClick{click(0, 1, -1<<31, 0), click(1, 2, 1<<31-1, 0), click(2, 3, -1<<31, 0)}, 0},
		"too late":                 {[]derivedClick{click(0, 1, 0, 0), click(1001, 2, 0, 0), click(1002, 3, 0, 0)}, 0},
		"six in a row are one":     {[]derivedClick{click(0, 1, 0, 0), click(1, 2, 0, 0), click(2, 3, 0, 0), click(3, 4, 0, 0), click(4, 5, 0, 0), click(5, 6, 0, 0)}, 1},
		"read in another order":    {[]derivedClick{click(2, 3, 0, 0), click(0, 1, 0, 0), click(1, 2, 0, 0)}, 1},
	} {
		if got := rages(c.clicks); got != c.want {
			t.Errorf("%s: %d rages, want %d", name, got, c.want)
		}
	}
}

// TestFactScan: two documents' clicks are never one run, nor are two sessions' of one document; batches of one document are.
func TestFactScan(t *testing.T) {
	at := func(times ...int64) *batchFacts {
		b := &batchFacts{facts: uint32(len(times))}
		for i, at := range times {
			b.clicks = append(b.clicks, derivedClick{at: at, index: uint16(i)})
		}
		return b
	}
	var one, two factSums
	var scan factScan
	scan.add(&one, "a", at(0, 1))
	scan.add(&one, "a", at(2, 3))
	scan.add(&one, "b", at(0, 1))
	scan.add(&one, "c", at(2, 3))
	scan.add(&two, "c", at(4))
	scan.end()
	if one.rages != 1 || one.facts != 8 || two.rages != 0 || two.facts != 1 {
		t.Errorf("%d rages of %d, %d of %d; want 1 of 8, 0 of 1", one.rages, one.facts, two.rages, two.facts)
	}
}

// TestClicksOfADocument: what is looked at does not depend on the order within a batch, and is bounded; all is counted.
func TestClicksOfADocument(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	batch := func(n int) *batchFacts {
		b := &batchFacts{facts: 300}
		for i := range 300 { // three at one place, then one elsewhere
			b.clicks = append(b.clicks, derivedClick{at: int64(300*n+i) * 500, x: int32(i % 4 / 3 * 100), index: uint16(i)})
		}
		rng.Shuffle(len(b.clicks), func(i, j int) { b.clicks[i], b.clicks[j] = b.clicks[j], b.clicks[i] })
		return b
	}
	var seen []uint64
	for range 3 {
		var sums factSums
		var scan factScan
		for n := range 2 * maxRageClicks / 300 {
			scan.add(&sums, "a", batch(n))
		}
		if len(scan.clicks) != maxRageClicks {
			t.Errorf("%d clicks are held, want %d", len(scan.clicks), maxRageClicks)
		}
		scan.end()
		if sums.facts != 2*maxRageClicks/300*300 {
			t.Errorf("%d facts are counted", sums.facts)
		}
		seen = append(seen, sums.rages)
	}
	if seen = slices.Compact(seen); len(seen) != 1 || seen[0] != maxRageClicks/4 {
		t.Errorf("%v rages, want %d", seen, maxRageClicks/4)
	}
}

func TestGapUS(t *testing.T) {
	for ms, want := range map[float64]uint64{0: 0, -7: 0, 0.25: 250, 100.1: 100_100, 1e300: maxGapMS * 1000} {
		if got := gapUS(ms); got != want {
			t.Errorf("%v ms count %d µs, want %d", ms, got, want)
		}
	}
	if got := (&factSums{gapUS: 1500}).gapMS(); got != 2 {
		t.Errorf("1,500 µs are %d ms", got)
	}
}
