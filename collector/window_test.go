package collector

import (
	"math/rand/v2"
	"testing"
)

// Against the plain way: a set of what is settled.
func TestWindow(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var w window
		settled := map[uint64]bool{}
		var open []uint64
		for step := 0; step < 500; step++ {
			if w.unacked() < maxWindow && (len(open) == 0 || random.IntN(2) == 0) {
				open = append(open, w.open())
			} else if len(open) > 0 {
				i := random.IntN(len(open))
				w.settle(open[i])
				settled[open[i]] = true
				open = append(open[:i], open[i+1:]...)
			}
			want := uint64(0)
			for settled[want+1] {
				want++
			}
			if w.base != want {
				t.Fatalf("base %d, not %d", w.base, want)
			}
		}
	}
}

func TestWindowFull(t *testing.T) {
	var w window
	for range maxWindow {
		w.open()
	}
	for n := uint64(maxWindow); n >= 1; n-- {
		if w.base != 0 {
			t.Fatalf("base %d before the first is settled", w.base)
		}
		w.settle(n)
	}
	if w.base != maxWindow || w.later != 0 || w.unacked() != 0 {
		t.Errorf("%+v", w)
	}
}
