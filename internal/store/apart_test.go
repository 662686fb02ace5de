package store

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func pageKey(path string) derivedKey { return derivedKey{markPage, "shop", time.Unix(0, 0), path} }

// TestApartRests: a key apart is derived again after a multiple of what it took,
// one that fails after ever longer, and one that has become cheap with the others.
func TestApartRests(t *testing.T) {
	var a apart
	now := time.Unix(1_000_000, 0)
	slow, failing := pageKey("/slow"), pageKey("/failing")
	marks := func(k derivedKey) []mark { return freshMarks([]derivedKey{k}) }
	wantNext := func(want ...derivedKey) {
		t.Helper()
		var got []derivedKey
		if k, _, ok := a.next(now); ok {
			got = append(got, k)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("next is %v, want %v", got, want)
		}
	}

	a.slow(slow, now)
	wantNext() // nothing marks it
	first := marks(slow)
	a.wait(slow, first, now)
	wantNext(slow)
	a.wait(slow, slices.Concat(first, marks(slow)), now.Add(time.Second)) // while it is derived
	now = now.Add(2 * time.Second)
	a.derived(slow, first, 2*time.Second, now)
	a.wait(slow, first, now.Add(-time.Second)) // read before they were crossed out
	wantNext()
	now = now.Add(30*time.Second - 1)
	wantNext()
	now = now.Add(1)
	if _, left, _ := a.next(now); len(left) != 1 || left[0].number == first[0].number {
		t.Errorf("%v wait, want the one mark that came meanwhile", left)
	}
	if c := a.counts(now); c.oldest != 30*time.Second || c.slow != 1 {
		t.Errorf("counts are %+v, want one slow key that waits for 30 s", c)
	}
	a.derived(slow, nil, time.Millisecond, now)
	if a.has(slow) {
		t.Error("a key that takes a millisecond is still apart")
	}

	for n, backOff := range []time.Duration{5, 10, 20, 40, 80, 160, 300, 300} {
		if got := a.failed(failing, 0, now); got != n+1 {
			t.Errorf("failed %d times in a row, want %d", got, n+1)
		}
		a.wait(failing, marks(failing), now)
		now = now.Add(backOff*time.Second - 1)
		wantNext()
		now = now.Add(1)
		wantNext(failing)
	}
	if c := a.counts(now); c.failing != 1 || c.slow != 0 {
		t.Errorf("counts are %+v, want one failing key", c)
	}

	for n := range 2 * maxApart {
		a.slow(pageKey(fmt.Sprint(n)), now)
	}
	if c := a.counts(now); c.slow+c.failing != maxApart {
		t.Errorf("%d keys are apart, want the most there may be", c.slow+c.failing)
	}
	now = now.Add(idleApart + 1)
	a.next(now)
	if c := a.counts(now); c.slow != 0 {
		t.Errorf("%d keys are apart that nothing marks, want none", c.slow)
	}
}

// TestApartTakeTurns: a key whose marks stay though it was derived rests like any
// other, and lets those behind it have their turn.
func TestApartTakeTurns(t *testing.T) {
	var a apart
	now := time.Unix(1_000_000, 0)
	first, second := pageKey("/first"), pageKey("/second")
	for i, k := range []derivedKey{first, second} {
		a.slow(k, now.Add(time.Duration(i)))
		a.wait(k, freshMarks([]derivedKey{k}), now)
	}
	now = now.Add(time.Second)
	for i, want := range []derivedKey{first, second} {
		k, marks, ok := a.next(now)
		if !ok || k != want || len(marks) != 1 {
			t.Fatalf("turn %d is that of %v with %d marks", i, k, len(marks))
		}
		now = now.Add(1)
		a.rested(k, time.Second, now)
		a.release(k)
	}
	if k, _, ok := a.next(now.Add(restShare*time.Second - 2)); ok {
		t.Errorf("%v does not rest", k)
	}
	if k, _, ok := a.next(now.Add(restShare * time.Second)); !ok || k != first {
		t.Errorf("%v, %v after the rest", k, ok)
	}
}

func TestHeaviest(t *testing.T) {
	rows := map[derivedKey]uint64{pageKey("/a"): 600, pageKey("/b"): 300, pageKey("/c"): 90, pageKey("/d"): 10}
	for _, c := range []struct {
		share float64
		least uint64
		want  int
	}{{1, 1, 0}, {0.5, 1, 1}, {0.3, 1, 2}, {0.01, 1, 3}, {0, 1, 4}, {0, 100, 2}, {0.5, 1000, 0}} {
		got := heaviest(rows, c.share, c.least)
		want := []derivedKey{pageKey("/a"), pageKey("/b"), pageKey("/c"), pageKey("/d")}[:c.want]
		if !slices.Equal(got, want) {
			t.Errorf("of share %g and least %d: %v, want %v", c.share, c.least, got, want)
		}
	}
}

// TestDeriveState: not ready is whose rounds have failed for half a minute, whole.
func TestDeriveState(t *testing.T) {
	var s deriveState
	began := time.Now()
	failed := fmt.Errorf("no")
	later := began.Add(standstill)
	s.round(began, 0, false, failed)
	if s.ready(later.Add(-1)) != nil {
		t.Error("not ready before half a minute")
	}
	s.round(began.Add(time.Second), 0, false, failed)
	if s.ready(later) == nil {
		t.Error("ready though nothing can be derived")
	}
	s.round(later, 0, false, nil) // nothing to derive but keys apart
	if err := s.ready(later.Add(time.Hour)); err != nil {
		t.Errorf("not ready though nothing fails: %v", err)
	}
	s.round(later, 0, false, failed)
	s.round(later, 1, false, failed)
	if err := s.ready(later.Add(time.Hour)); err != nil {
		t.Errorf("not ready though something was derived: %v", err)
	}
}
