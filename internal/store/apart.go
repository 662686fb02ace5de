package store

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

const (
	// restShare is for how many times as long as a key took it then waits to be
	// derived apart again.
	restShare = 15
	// cheapAgain is what a key apart may take to be derived with the others again.
	cheapAgain = 50 * time.Millisecond
	// idleApart is how long a key that nothing marks is remembered as slow.
	idleApart = 10 * time.Minute
	// firstBackOff and lastBackOff bound the time between two tries of a key that
	// cannot be derived.
	firstBackOff = 5 * time.Second
	lastBackOff  = 5 * time.Minute
	// maxApart bounds the keys apart.
	maxApart = 5000
	// maxMarksApart of a key are kept in the store: one stands for any number.
	maxMarksApart = 8
)

// apart are the keys that are derived by themselves, beside the others: those
// that take long, and those that cannot be derived. It is only what a deriver
// has found out; that they are to be derived is told by their marks in the store.
type apart struct {
	mu   sync.Mutex
	keys map[derivedKey]*apartKey
}

type apartKey struct {
	failures int       // in a row
	due      time.Time // not before
	tried    time.Time // end of the last try, or when it was set apart
	derived  time.Time // when it last was
	since    time.Time // when marks were first seen waiting
	marks    []mark    // that wait
	hand     []mark    // of these, what is crossed out once the derivation that runs is over
}

// has tells whether a key is set apart.
func (a *apart) has(k derivedKey) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.keys[k] != nil
}

// entry gives a key's, made where there is none. Too many push out any other: it
// is found out again.
func (a *apart) entry(k derivedKey, now time.Time) *apartKey {
	if e := a.keys[k]; e != nil {
		return e
	}
	if a.keys == nil {
		a.keys = map[derivedKey]*apartKey{}
	}
	if len(a.keys) >= maxApart {
		for old := range a.keys {
			delete(a.keys, old)
			break
		}
	}
	e := &apartKey{due: now, tried: now}
	a.keys[k] = e
	return e
}

// slow sets a key apart that would keep the others waiting.
func (a *apart) slow(k derivedKey, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.entry(k, now)
}

// failed sets a key apart that could not be derived, which took so long to find
// out, and tells how often in a row that was so.
func (a *apart) failed(k derivedKey, took time.Duration, now time.Time) (failures int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e := a.entry(k, now)
	backOff := max(restShare*took, min(firstBackOff<<min(e.failures, 10), lastBackOff))
	e.failures++
	e.due, e.tried = now.Add(backOff), now
	return e.failures
}

// derived takes in that a key was derived: these marks no longer wait. It tells
// how often in a row that had failed before.
func (a *apart) derived(k derivedKey, marks []mark, took time.Duration, now time.Time) (failures int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e := a.keys[k]
	if e == nil {
		return 0
	}
	failures = e.failures
	e.failures, e.tried, e.derived, e.due = 0, now, now, now.Add(restShare*took)
	e.marks = without(e.marks, marks)
	e.since = now
	if took < cheapAgain {
		delete(a.keys, k)
	}
	return failures
}

// forget lets a key go: it is derived with the others, or no longer.
func (a *apart) forget(k derivedKey) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.keys, k)
}

// rested takes in that a key was derived and all its marks stay: it has had its
// turn all the same.
func (a *apart) rested(k derivedKey, took time.Duration, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if e := a.keys[k]; e != nil {
		e.tried, e.due = now, now.Add(restShare*took)
	}
}

// release takes in that the derivation of a key is over, however it ended.
func (a *apart) release(k derivedKey) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if e := a.keys[k]; e != nil {
		e.hand = nil
	}
}

// spare gives the marks of a key of which one would do in place of all, if there
// are too many: but none that a derivation now running crosses out itself. They were
// read at asked. The one
// in their place has to be written after these were read. One of these will not do:
// a derivation apart may have it in hand, of this process or of another, that read
// the rows before the others came; it would cross out the only mark that is left.
func (a *apart) spare(k derivedKey, marks []mark, asked time.Time) []mark {
	a.mu.Lock()
	defer a.mu.Unlock()
	if e := a.keys[k]; e != nil {
		if asked.Before(e.derived) { // they may be crossed out by now
			return nil
		}
		marks = without(marks, e.hand)
	}
	if len(marks) <= maxMarksApart {
		return nil
	}
	return marks
}

// wait takes in the marks of a key that were read at asked. What was read while the
// key was derived is left for the next reading: it may be crossed out by now.
func (a *apart) wait(k derivedKey, marks []mark, asked time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e := a.keys[k]
	if e == nil || asked.Before(e.derived) {
		return
	}
	if len(e.marks) == 0 {
		e.since = asked
	}
	e.marks = marks
}

// next is the key whose time has come for the longest, with its marks, which are in
// hand until release.
func (a *apart) next(now time.Time) (k derivedKey, marks []mark, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var first *apartKey
	for key, e := range a.keys {
		switch {
		case len(e.marks) == 0 && now.Sub(e.tried) > idleApart:
			delete(a.keys, key)
		case len(e.marks) > 0 && !e.due.After(now) && (first == nil || e.due.Before(first.due)):
			first, k = e, key
		}
	}
	if first == nil {
		return k, nil, false
	}
	first.hand = first.marks
	return k, slices.Clone(first.marks), true
}

// apartCounts is how many keys are apart, and for how long the oldest of them waits.
type apartCounts struct {
	slow, failing, marks int
	oldest               time.Duration
}

func (a *apart) counts(now time.Time) (c apartCounts) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range a.keys {
		if e.failures > 0 {
			c.failing++
		} else {
			c.slow++
		}
		if len(e.marks) > 0 {
			c.marks += len(e.marks)
			c.oldest = max(c.oldest, now.Sub(e.since))
		}
	}
	return c
}

// heaviest are the keys to set apart so that no more than this share of all rows
// is left, largest first. Those of fewer rows than least stay: alone they cost
// nobody anything.
func heaviest(rows map[derivedKey]uint64, share float64, least uint64) (out []derivedKey) {
	var all uint64
	keys := make([]derivedKey, 0, len(rows))
	for k, n := range rows {
		keys = append(keys, k)
		all += n
	}
	slices.SortFunc(keys, func(a, b derivedKey) int {
		return cmp.Or(cmp.Compare(rows[b], rows[a]), cmp.Compare(a.site, b.site), cmp.Compare(a.key, b.key))
	})
	left := float64(all)
	for _, k := range keys {
		if rows[k] < least || left <= share*float64(all) {
			break
		}
		out = append(out, k)
		left -= float64(rows[k])
	}
	return out
}

// without gives the marks that are not among gone.
func without(marks, gone []mark) []mark {
	numbers := make(map[uint64]struct{}, len(gone))
	for i := range gone {
		numbers[gone[i].number] = struct{}{}
	}
	return slices.DeleteFunc(slices.Clone(marks), func(m mark) bool { _, is := numbers[m.number]; return is })
}
