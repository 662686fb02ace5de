package store

import (
	"hash/maphash"
	"sync"
	"time"

	"hindsight/internal/native"
)

const (
	// maxRecentBytes bounds each half of the memory. A batch takes some 500 bytes, but
	// 20 KB where it holds as many clicks as are looked at, and more where texts are long.
	maxRecentBytes = 16 << 20
	// maxRecentSession bounds the batches of one session: finding one among them
	// looks at all. maxSessionBytes bounds what they hold, which is sorted each time
	// that the session is derived.
	maxRecentSession = 1000
	maxSessionBytes  = 1 << 20
	// recentSessionBytes is what a session takes beside its batches.
	recentSessionBytes = 200
	// maxDropped bounds the sessions that are known as not held, at some 20 bytes.
	maxDropped = 1_000_000
	// maxRecentMarks bounds each half of the marks, at some 20 bytes. Another
	// process crosses them out as well, and nobody tells of that.
	maxRecentMarks = 100_000
	// maxRecentSheets bounds the style sheets, at some 100 bytes.
	maxRecentSheets = 20_000
)

// recent holds what derivations need of the sessions of which this process has
// written every batch itself, so that nothing has to be asked for them (docs/adr/
// 0020-derived-from-memory.md). It never holds a part of a session: one that was
// there before (Record.New), that does not fit, or of which something may be
// stored in another way is not held again, and is asked for.
//
// It knows as well which texts of style sheets this process has stored.
type recent struct {
	mu         sync.Mutex
	begun      bool   // see begin
	generation uint64 // of erasures: what was written before a later one may be gone
	seed       maphash.Seed
	sessions   map[siteSession]*recentSession
	previous   map[siteSession]*recentSession // the older half
	bytes      int                            // of the newer half
	since      native.Day                     // sessions of earlier days are not held
	dropped    map[native.Day]map[uint64]struct{}
	marks      map[uint64]struct{} // of sessions, written by this process and not crossed out
	olderMarks map[uint64]struct{} // the older half
	sheets     map[siteSheet]native.Day
}

// siteSheet names a style sheet's text.
type siteSheet struct {
	site string
	hash [32]byte
}

// begin forgets everything: what is written from now on is told by Record.New to
// be of a session that was there before, or not.
func (m *recent) begin(generation uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.begun, m.generation, m.seed = true, generation, maphash.MakeSeed()
	m.sessions, m.previous, m.bytes = map[siteSession]*recentSession{}, nil, 0
	m.since, m.dropped = 0, map[native.Day]map[uint64]struct{}{}
	m.marks, m.olderMarks = map[uint64]struct{}{}, nil
	m.sheets = map[siteSheet]native.Day{}
}

// hasSheet tells whether this process has stored a style sheet's text, as one of
// this day or a later one: each session of a site defines the same ones, and an
// insert of nothing else costs the store as much as any.
func (m *recent) hasSheet(sheet siteSheet, day native.Day) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	stored, ok := m.sheets[sheet]
	return ok && day <= stored
}

// wrote takes in records whose rows are in every table, and the marks that will
// announce them. rejected are records of which rows may lie in some tables.
func (m *recent) wrote(records []*Record, rejected []Rejected, marks []mark, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.begun {
		return
	}
	for _, r := range rejected {
		m.drop(siteSession{r.Record.Site, r.Record.Session})
	}
	m.letPass(native.DayOf(now) - earlierDays)
	for _, r := range records {
		if dayNumber(r.Session) >= m.since {
			m.add(r)
		}
		for i := range r.Sheets {
			m.addSheet(siteSheet{r.Site, r.Sheets[i].Hash}, dayNumber(r.Session))
		}
	}
	for i := range marks {
		if marks[i].what == markSession {
			m.marks[marks[i].number] = struct{}{}
		}
	}
	if len(m.marks) > maxRecentMarks {
		m.marks, m.olderMarks = map[uint64]struct{}{}, m.marks
	}
}

// letPass lets the sessions of days before since go: what comes late of them is
// not taken in any more, so what is held is not all. A clock that is set back
// brings no day back.
func (m *recent) letPass(since native.Day) {
	if since <= m.since {
		return
	}
	m.since = since
	for key, s := range m.sessions {
		if dayNumber(key.session) < since {
			m.bytes -= s.bytes
			delete(m.sessions, key)
		}
	}
	for key := range m.previous {
		if dayNumber(key.session) < since {
			delete(m.previous, key)
		}
	}
	for day := range m.dropped {
		if day < since {
			delete(m.dropped, day)
		}
	}
}

func (m *recent) add(r *Record) {
	key := siteSession{r.Site, r.Session}
	s := m.sessions[key]
	if s == nil {
		if s = m.previous[key]; s != nil {
			delete(m.previous, key)
		} else if !r.New || m.isDropped(key) {
			return
		} else {
			s = &recentSession{bytes: recentSessionBytes}
		}
		m.sessions[key] = s
		m.bytes += s.bytes
	}
	before := s.bytes
	readable := s.put(r)
	m.bytes += s.bytes - before
	if !readable || len(s.batches) > maxRecentSession || s.bytes > maxSessionBytes {
		m.drop(key)
	}
	if m.bytes > maxRecentBytes {
		for old := range m.previous {
			m.drop(old)
		}
		m.previous, m.sessions, m.bytes = m.sessions, map[siteSession]*recentSession{}, 0
	}
}

func (m *recent) addSheet(sheet siteSheet, day native.Day) {
	if stored, ok := m.sheets[sheet]; ok && day <= stored {
		return
	}
	if len(m.sheets) >= maxRecentSheets {
		clear(m.sheets) // what is in use comes back
	}
	m.sheets[sheet] = day
}

// drop lets a session go, for as long as it may be written to.
func (m *recent) drop(key siteSession) {
	if s := m.sessions[key]; s != nil {
		m.bytes -= s.bytes
	}
	delete(m.sessions, key)
	delete(m.previous, key)
	day := dayNumber(key.session)
	if m.dropped[day] == nil {
		m.dropped[day] = map[uint64]struct{}{}
	}
	m.dropped[day][maphash.Comparable(m.seed, key)] = struct{}{}
}

// isDropped tells also of sessions that cannot be told apart from one that was,
// and of all when too many were.
func (m *recent) isDropped(key siteSession) bool {
	_, gone := m.dropped[dayNumber(key.session)][maphash.Comparable(m.seed, key)]
	if gone {
		return true
	}
	n := 0
	for _, sessions := range m.dropped {
		n += len(sessions)
	}
	return n >= maxDropped
}

// dropSessions lets the sessions of these keys go: somebody else than wrote them has
// changed their rows.
func (m *recent) dropSessions(keys []derivedKey) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.begun {
		return
	}
	for _, k := range keys {
		m.drop(siteSession{k.site, [16]byte([]byte(k.key))})
	}
}

// dropAll lets every session go: something failed, or was deleted.
func (m *recent) dropAll() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget()
}

func (m *recent) forget() {
	for key := range m.sessions {
		m.drop(key)
	}
	for key := range m.previous {
		m.drop(key)
	}
	clear(m.marks)
	m.olderMarks = nil
	clear(m.sheets)
}

// derived gives what those of the marked sessions come to that are held, if all
// of their marks are of this process: what somebody else announces was written
// by somebody else. The marks were read after the generation.
func (m *recent) derived(generation uint64, marks []mark) map[derivedKey]derivedSession {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.begun {
		return nil
	}
	if generation != m.generation {
		m.forget()
		m.generation = generation
		return nil
	}
	foreign := map[derivedKey]struct{}{}
	for i := range marks {
		if !m.wroteMark(marks[i].number) {
			foreign[marks[i].derivedKey] = struct{}{}
		}
	}
	out := map[derivedKey]derivedSession{}
	for i := range marks {
		k := marks[i].derivedKey
		if _, theirs := foreign[k]; theirs || k.what != markSession || len(k.key) != 16 {
			continue
		}
		if _, done := out[k]; done {
			continue
		}
		key := siteSession{k.site, [16]byte([]byte(k.key))}
		s := m.sessions[key]
		if s == nil {
			s = m.previous[key]
		}
		if s != nil {
			out[k] = s.derive()
		}
	}
	return out
}

// wroteMark tells whether a mark is of this process. Of one that it has forgotten
// it is not sure.
func (m *recent) wroteMark(number uint64) bool {
	_, ours := m.marks[number]
	if !ours {
		_, ours = m.olderMarks[number]
	}
	return ours
}

// crossed forgets marks that are crossed out.
func (m *recent) crossed(marks []mark) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range marks {
		delete(m.marks, marks[i].number)
		delete(m.olderMarks, marks[i].number)
	}
}
