package store

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"
)

// recentRecord is a batch of the nth session of today.
func recentRecord(n int, sequence uint32) *Record {
	r := &Record{Identity: Identity{Site: "a", Sequence: sequence}, New: true}
	binary.BigEndian.PutUint16(r.Session[:], uint16(time.Now().Unix()/(24*60*60)))
	binary.BigEndian.PutUint32(r.Session[4:], uint32(n))
	return r
}

// heldOf tells how many batches of a record's session are held.
func (m *recent) heldOf(r *Record) uint64 {
	k := derivedKey{what: markSession, site: r.Site, day: r.Day(), key: string(r.Session[:])}
	marks := []mark{{k, 1}}
	m.wrote(nil, nil, marks, time.Now())
	return m.derived(m.generation, marks)[k].batches
}

// TestClickPlace: what is read at a glance is what is read as JSON.
func TestClickPlace(t *testing.T) {
	for _, data := range []string{
		`{"fx":0.25,"fy":1e-7,"x":12,"y":-3,"ptr":"mouse"}`, `{"fx":1,"fy":0,"x":16777215,"y":0,"ptr":"touch","t":12.5,"able":1}`,
		`{"fx":1,"fy":0,"x":12,"y":3}`, `{"x":12,"y":3}`, `{"ptr":"mouse","fx":1,"fy":0,"x":12,"y":3}`, `{}`,
		`{"fx":1,"fy":0,"x":1.5,"y":3,"ptr":""}`, `{"fx":1,"fy":0,"x":1e3,"y":3,"ptr":""}`, `{"fx":1,"fy":0,"x":,"y":3,"ptr":""}`, `{"fx":1,"fy":0,"x":99999999999999999999,"y":3,"ptr":""}`, `{"fx":`, ``,
	} {
		var want struct{ X, Y int64 }
		valid := json.Unmarshal([]byte(data), &want) == nil
		if x, y, ok := clickPlace(data); ok != valid || ok && (x != want.X || y != want.Y) {
			t.Errorf("%s: %d, %d, %v, want %d, %d, %v", data, x, y, ok, want.X, want.Y, valid)
		}
	}
}

// TestClickPlaceAtAGlance: what the processor writes costs no reading of JSON.
func TestClickPlaceAtAGlance(t *testing.T) {
	const data = `{"fx":0.25,"fy":0.5,"x":12,"y":3,"ptr":"mouse","t":12.5,"able":1}`
	if n := testing.AllocsPerRun(100, func() { clickPlace(data) }); n > 0 {
		t.Errorf("%v allocations for a click", n)
	}
}

// TestRecentHoldsWholeSessions: a session that had to go, for whatever reason, is
// not held again, also when a batch of it says that it is new; or else a part of
// it would be taken for all.
func TestRecentHoldsWholeSessions(t *testing.T) {
	var m recent
	first := recentRecord(0, 1)
	m.wrote([]*Record{first}, nil, nil, time.Now())
	if m.heldOf(first) != 0 {
		t.Error("a session is held before anybody has said which are new")
	}
	for _, c := range []struct {
		why  string
		gone func(*recent)
	}{
		{"it was pushed out", func(m *recent) {
			least := int(unsafe.Sizeof(recentBatch{}))
			for n := range 3*maxRecentBytes/(100*least) + 3 {
				for s := range uint32(100) {
					m.wrote([]*Record{recentRecord(n+1, s)}, nil, nil, time.Now())
				}
			}
			if len(m.sessions)+len(m.previous) > 2*maxRecentBytes/(100*least)+2 {
				t.Errorf("%d sessions are held", len(m.sessions)+len(m.previous))
			}
		}},
		{"it has too many batches", func(m *recent) {
			for s := range uint32(maxRecentSession) {
				m.wrote([]*Record{recentRecord(0, s+10)}, nil, nil, time.Now())
			}
		}},
		{"it takes too much", func(m *recent) {
			r := recentRecord(0, 6)
			r.Views = make([]ViewRow, 200)
			for i := range r.Views {
				r.Views[i].Referrer = strings.Repeat("a", 8000)
			}
			m.wrote([]*Record{r}, nil, nil, time.Now())
		}},
		{"a record of it was rejected", func(m *recent) { m.wrote(nil, []Rejected{{Record: recentRecord(0, 7)}}, nil, time.Now()) }},
		{"a write failed", func(m *recent) { m.dropAll() }},
		{"something was erased", func(m *recent) { m.derived(m.generation+1, nil) }},
		{"a click cannot be read", func(m *recent) {
			r := recentRecord(0, 8)
			r.Events = []EventRow{{Kind: "click", Data: `{"x":1.5,"y":2}`}}
			m.wrote([]*Record{r}, nil, nil, time.Now())
		}},
	} {
		m.begin(0)
		m.wrote([]*Record{first, recentRecord(0, 2)}, nil, nil, time.Now())
		if n := m.heldOf(first); n != 2 {
			t.Fatalf("%d batches are held, want 2", n)
		}
		c.gone(&m)
		m.wrote([]*Record{recentRecord(0, 3)}, nil, nil, time.Now())
		if n := m.heldOf(first); n != 0 {
			t.Errorf("though %s, %d batches are held of it", c.why, n)
		}
		m.begin(0)
		again := recentRecord(0, 4)
		again.New = false
		m.wrote([]*Record{again}, nil, nil, time.Now())
		if m.heldOf(first) != 0 {
			t.Error("a session that was there before is held")
		}
	}
}

// TestRecentCountsWhatItHolds: what goes is not counted for ever.
func TestRecentCountsWhatItHolds(t *testing.T) {
	var m recent
	m.begin(0)
	for n := range 100 {
		m.wrote([]*Record{recentRecord(n, 1), recentRecord(n, 2), recentRecord(n, 2)}, nil, nil, time.Now())
	}
	bytes := 0
	for _, s := range m.sessions {
		bytes += recentSessionBytes
		for i := range s.batches {
			bytes += s.batches[i].bytes()
		}
	}
	if m.bytes != bytes || bytes < 200*int(unsafe.Sizeof(recentBatch{})) {
		t.Errorf("%d bytes are counted, want %d", m.bytes, bytes)
	}
	if m.dropAll(); m.bytes != 0 {
		t.Errorf("%d bytes are counted of none", m.bytes)
	}
}

// TestRecentIsBounded: whatever batches hold, what is held of them takes no more
// memory than it may.
func TestRecentIsBounded(t *testing.T) {
	const signals = 2000 // in a frame at most
	events := func(kind string) []EventRow {
		out := make([]EventRow, signals)
		for i := range out {
			out[i] = EventRow{Index: uint16(i), Kind: kind, Name: []string{"memory", "budget", "too_large", "paused"}[i%4], Data: `{"fx":0.5,"fy":0.5,"x":1,"y":2,"ptr":"mouse"}`}
		}
		return out
	}
	dead, clicks, gaps := events("dead"), events("click"), events("gap")[:8]
	for name, add := range map[string]func(r *Record, n int){
		"nothing": func(*Record, int) {},
		"dead":    func(r *Record, _ int) { r.Events = dead },
		"clicks":  func(r *Record, _ int) { r.Events = clicks },
		"gaps":    func(r *Record, _ int) { r.Events = gaps },
		"views": func(r *Record, n int) {
			for i := range uint16(16) {
				r.Views = append(r.Views, ViewRow{Index: i, Path: fmt.Sprint("/", n), Referrer: strings.Repeat("a", 500) + fmt.Sprint(n, i)})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var m recent
			m.begin(0)
			inUse := func() int {
				var s runtime.MemStats
				runtime.GC()
				runtime.GC() // texts that were shared go with the second
				runtime.ReadMemStats(&s)
				return int(s.HeapAlloc)
			}
			before, n := inUse(), 0
			for ; len(m.previous) == 0 || m.bytes < maxRecentBytes*9/10; n++ {
				r := recentRecord(n, 1)
				add(r, n)
				m.wrote([]*Record{r}, nil, nil, time.Now())
				if n == 1_000_000 {
					t.Fatal("the memory is never full")
				}
			}
			took := inUse() - before
			t.Logf("%d batches, %d bytes each", n, took/n)
			if most := maxRecentBytes * 5 / 2; took > most {
				t.Errorf("%d sessions take %d bytes, want no more than %d", n, took, most)
			}
			if least := maxRecentBytes / 2; took < least {
				t.Errorf("%d sessions take %d bytes: far less than there is room for", n, took)
			}
			runtime.KeepAlive(&m)
		})
	}
}

// TestRecentLetsDaysPass: a batch that comes two days late, by a browser that
// slept, is not taken in, so its session is held no longer; nor again when the
// clock is set back.
func TestRecentLetsDaysPass(t *testing.T) {
	var m recent
	m.begin(0)
	now := time.Now()
	first, late, later := recentRecord(0, 1), recentRecord(0, 2), recentRecord(0, 3)
	m.wrote([]*Record{first}, nil, nil, now)
	m.wrote([]*Record{recentRecord(1, 1)}, nil, nil, now.AddDate(0, 0, 1))
	if n := m.heldOf(first); n != 1 {
		t.Fatalf("%d batches are held a day later, want 1", n)
	}
	m.wrote([]*Record{late}, nil, nil, now.AddDate(0, 0, 2))
	if n := m.heldOf(first); n != 0 {
		t.Errorf("%d of 2 batches are held two days later, want none", n)
	}
	m.wrote([]*Record{later}, nil, nil, now)
	if n := m.heldOf(first); n != 0 {
		t.Errorf("%d of 3 batches are held when the clock was set back, want none", n)
	}
	if m.bytes != 0 {
		t.Errorf("%d bytes are counted of none", m.bytes)
	}
}

// TestRecentForgetsOldMarks: marks that only others cross out do not gather for
// ever, and what is forgotten of them counts as another's.
func TestRecentForgetsOldMarks(t *testing.T) {
	var m recent
	m.begin(0)
	r := recentRecord(0, 1)
	k := derivedKey{what: markSession, site: r.Site, day: r.Day(), key: string(r.Session[:])}
	m.wrote([]*Record{r}, nil, []mark{{k, 1}}, time.Now())
	if got := m.derived(0, []mark{{k, 1}}); len(got) != 1 {
		t.Fatal("a session whose mark is this process's is not derived from memory")
	}
	for n := range uint64(5 * maxRecentMarks) {
		m.wrote(nil, nil, []mark{{k, n + 2}}, time.Now())
	}
	if n := len(m.marks) + len(m.olderMarks); n > 2*maxRecentMarks+1 {
		t.Errorf("%d marks are remembered", n)
	}
	if got := m.derived(0, []mark{{k, 1}}); len(got) != 0 {
		t.Error("a mark that was forgotten is taken for this process's")
	}
	if got := m.derived(0, []mark{{k, 5*maxRecentMarks + 1}}); len(got) != 1 {
		t.Error("the newest mark is forgotten")
	}
}

// TestRecentKnowsSheets: as stored counts what was written since anybody said that nobody else writes it, for its day and
// earlier ones, until something failed.
func TestRecentKnowsSheets(t *testing.T) {
	var m recent
	r := recentRecord(0, 1)
	r.Sheets = []SheetRow{{Hash: [32]byte{7}}}
	sheet, day := siteSheet{r.Site, r.Sheets[0].Hash}, dayNumber(r.Session)
	write := func() { m.wrote([]*Record{r}, nil, nil, time.Now()) }
	if write(); m.hasSheet(sheet, day) {
		t.Error("a sheet is known before anybody has said that what is written stays")
	}
	m.begin(0)
	if write(); !m.hasSheet(sheet, day) || !m.hasSheet(sheet, day-1) {
		t.Error("a sheet that was written is not known")
	}
	if m.hasSheet(sheet, day+1) || m.hasSheet(siteSheet{"b", sheet.hash}, day) || m.hasSheet(siteSheet{r.Site, [32]byte{8}}, day) {
		t.Error("a sheet of a later day, of another site or of another content is taken for one that was written")
	}
	for n := range 3 * maxRecentSheets {
		m.addSheet(siteSheet{"c", [32]byte{byte(n), byte(n >> 8), byte(n >> 16)}}, day)
	}
	if len(m.sheets) > maxRecentSheets {
		t.Errorf("%d sheets are remembered", len(m.sheets))
	}
	for why, forget := range map[string]func(){
		"a write failed": m.dropAll, "another generation began": func() { m.begin(0) },
		"something was deleted": func() { m.derived(m.generation+1, nil) },
	} {
		write()
		if forget(); m.hasSheet(sheet, day) {
			t.Errorf("a sheet is still known though %s", why)
		}
	}
}
