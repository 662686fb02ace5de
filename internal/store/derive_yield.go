package store

import (
	"sync"
	"time"
)

// maxOwn bounds how many of its own marks a store knows: twice as many. Of others it
// thinks that another process wrote them.
const maxOwn = 200_000

// ownMarks are the numbers of the marks that this process wrote, the latest of them.
type ownMarks struct {
	mu        sync.Mutex
	now, last map[uint64]struct{}
}

func (o *ownMarks) add(marks []mark) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.now)+len(marks) > maxOwn || o.now == nil {
		o.now, o.last = make(map[uint64]struct{}, len(marks)), o.now
	}
	for i := range marks {
		o.now[marks[i].number] = struct{}{}
	}
}

func (o *ownMarks) crossed(marks []mark) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range marks {
		delete(o.now, marks[i].number)
		delete(o.last, marks[i].number)
	}
}

func (o *ownMarks) has(number uint64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, now := o.now[number]
	_, last := o.last[number]
	return now || last
}

// yielding is what a deriver leaves to others: keys of which another process wrote
// the mark with the lowest number. So of several processors one derives a key, as a
// rule the one that holds the session in memory, and one of them a page that all of
// them have marked. Whoever is killed leaves its marks; they are taken on when they
// have waited for long enough.
type yielding struct {
	mu   sync.Mutex
	seen map[uint64]time.Time // marks of such keys, and when they were seen first
}

// count is how many marks were left.
func (y *yielding) count() int {
	y.mu.Lock()
	defer y.mu.Unlock()
	return len(y.seen)
}

// since is when the first of the marks that wait was seen, or now.
func (y *yielding) since(now time.Time) time.Time {
	y.mu.Lock()
	defer y.mu.Unlock()
	for _, at := range y.seen {
		if at.Before(now) {
			now = at
		}
	}
	return now
}

// take gives those marks of all that are pending which are to be worked off here.
func (y *yielding) take(marks []mark, own func(number uint64) bool, now time.Time, patience time.Duration) (taken []mark) {
	y.mu.Lock()
	defer y.mu.Unlock()
	before := y.seen
	y.seen = map[uint64]time.Time{}
	ofKey := map[derivedKey][]mark{}
	for _, m := range marks {
		ofKey[m.derivedKey] = append(ofKey[m.derivedKey], m)
	}
	for _, of := range ofKey {
		lowest, overdue := of[0].number, false
		for _, m := range of {
			lowest = min(lowest, m.number)
			at, known := before[m.number]
			overdue = overdue || known && now.Sub(at) >= patience
		}
		if overdue || own(lowest) {
			taken = append(taken, of...)
			continue
		}
		for _, m := range of {
			at, known := before[m.number]
			if !known {
				at = now
			}
			y.seen[m.number] = at
		}
	}
	return taken
}
