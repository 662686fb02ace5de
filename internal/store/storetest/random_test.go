package storetest_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"hindsight/internal/store"
)

// randomDay is where random sessions begin.
var randomDay = time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)

// randomRecords makes batches of some sessions on some days and sites, full of
// equal times, missing sequences, wild ones, hints, countries and pages that several
// sessions share: whatever a derivation could get wrong.
func randomRecords(rng *rand.Rand, sessions int) []*store.Record {
	var out []*store.Record
	for range sessions {
		site := fmt.Sprintf("site%d", rng.IntN(2))
		session := randomID(rng)
		day := randomDay.AddDate(0, 0, rng.IntN(3))
		binary.BigEndian.PutUint16(session[:], uint16(day.Unix()/86400))
		var visitor [16]byte
		if rng.IntN(3) > 0 {
			visitor[0] = byte(1 + rng.IntN(4))
		}
		for range 1 + rng.IntN(3) {
			out = append(out, randomDocument(rng, site, session, visitor, day.UnixMilli())...)
		}
	}
	return out
}

func randomDocument(rng *rand.Rand, site string, session, visitor [16]byte, start int64) []*store.Record {
	var out []*store.Record
	document := randomID(rng)
	at, tab := start+rng.Int64N(5)*1000, uint64(rng.IntN(2))
	for sequence := range uint32(1 + rng.IntN(6)) {
		if rng.IntN(5) == 0 {
			continue // lost on the way
		}
		path := fmt.Sprintf("/p%d", rng.IntN(4))
		if sequence == 5 { // a client's own number
			sequence = math.MaxUint32 - 1 - rng.Uint32N(2)
		}
		r := &store.Record{Identity: store.Identity{Site: site, Session: session, Document: document, Sequence: sequence + 1}}
		r.Batch = store.BatchRow{
			Tab: tab, Visitor: visitor, Flags: uint16(rng.IntN(8)), Path: path,
			FirstAt: at, LastAt: at + rng.Int64N(3)*1000, OffsetSource: store.OffsetHandshake,
			ReceivedAt: at, SentAt: at, Via: "ws", Browser: pick(rng, "Firefox", "Chrome"), BrowserVersion: "1", OS: "Linux", OSVersion: "2",
			Device: pick(rng, "desktop", "mobile"), Country: pick(rng, "", "FR"),
			Clicks: uint32(rng.IntN(3)), Scrolls: uint32(rng.IntN(3)), Keystrokes: uint32(rng.IntN(9)),
			Errors: uint32(rng.IntN(2)), Custom: uint32(rng.IntN(2)), Gaps: uint16(rng.IntN(2)),
			Moves: uint32(rng.IntN(2)), ReplayState: int8(rng.IntN(3)),
			ReplayEvents: uint32(rng.IntN(100)), ReplayBytes: uint32(rng.IntN(10000)),
		}
		for range rng.IntN(4) {
			addView(rng, r, fmt.Sprintf("/p%d", rng.IntN(3)))
		}
		addFacts(rng, r, path)
		addReplay(rng, r, path)
		out = append(out, r)
		at += []int64{0, 1000, 2000, 9999, 10_001, 28_000, 30_000, 30_001}[rng.IntN(8)] // about what counts as active and as quick
	}
	return out
}

// addFacts adds what the marks of a session are made of: clicks close to each
// other and not, some at the very borders, dead ones, gaps with reasons.
func addFacts(rng *rand.Rand, r *store.Record, path string) {
	at, x, y := r.Batch.FirstAt, rng.IntN(50), rng.IntN(50)
	index := uint16(100)
	if r.Sequence%4 == 3 {
		index = 505 // up to and past what is looked at for rages
	}
	add := func(kind, name string, value float64, data string) {
		r.Events = append(r.Events, store.EventRow{Index: index, At: at, Kind: kind, Path: path, Name: name, Value: value, Data: data})
		index++
	}
	for range rng.IntN(8) {
		at += []int64{0, 100, 999, 1000, 1001}[rng.IntN(5)]
		x, y = x+[]int{0, -30, 30, 31}[rng.IntN(4)], y+[]int{0, 0, 0, -31}[rng.IntN(4)]
		add("click", "button", 0, fmt.Sprintf(`{"fx":0.5,"fy":0.5,"x":%d,"y":%d}`, x, y))
		if rng.IntN(4) == 0 {
			add("dead", "", 12.5, "{}")
		}
	}
	for range rng.IntN(3) {
		ms := []float64{0, 100.25, 4000.5, 0.1, -3}[rng.IntN(5)]
		if rng.IntN(30) == 0 { // a client's own number, too
			ms = 5e12
		}
		add("gap", pick(rng, "memory", "paused"), ms, "{}")
	}
	add("visible", "", 1, "{}")
}

// addReplay fills the tables that nothing is derived from.
func addReplay(rng *rand.Rand, r *store.Record, path string) {
	if n := rng.IntN(3); n > 0 {
		t := store.TraceRow{Path: path, Kind: store.TraceMove, ViewportW: 1440, Index: 50, At: r.Batch.FirstAt}
		for range n {
			t.X, t.Y, t.Weight = append(t.X, rng.Int32N(100)), append(t.Y, 16), append(t.Weight, 5)
		}
		r.Traces = append(r.Traces, t)
	}
	if rng.IntN(2) == 0 {
		r.Chunk = &store.ChunkRow{Codec: store.ChunkZstd, FirstTS: r.Batch.FirstAt, LastTS: r.Batch.LastAt, Events: 3, RawBytes: 9, Snapshots: 1, Payload: []byte{1, 0, 0xff}}
		for i := range uint32(rng.IntN(3)) {
			content := byte(rng.IntN(5))
			r.Sheets = append(r.Sheets, store.SheetRow{
				Index: 2 * i, TS: r.Batch.FirstAt + rng.Int64N(3)*500, ID: fmt.Sprintf("0000000%d", rng.IntN(4)),
				Hash: [32]byte{7, content}, Bytes: 100 + uint32(content), Payload: []byte{content, 0xff, 0},
			})
		}
		if rng.IntN(2) == 0 {
			r.Protected = []int64{7, 1 << 40}
		}
		r.Snapshots = []store.SnapshotRow{{Path: path, ViewportW: 1440, ViewportH: 900, At: r.Batch.FirstAt, Bytes: 7}}
	}
}

func addView(rng *rand.Rand, r *store.Record, path string) {
	index := uint16(2 * len(r.Views))
	v := store.ViewRow{
		Index: index, Tab: r.Batch.Tab, At: r.Batch.FirstAt + rng.Int64N(2)*500, Path: path, Referrer: pick(rng, "", "https://a.example/"), Nav: "load",
		Language: pick(rng, "de", "en"), TimeZone: "Europe/Berlin", ScreenW: uint16(rng.IntN(3)), ScreenH: 5, ViewportW: uint16(rng.IntN(9)), ViewportH: 7,
	}
	if rng.IntN(3) == 0 {
		v.Browser, v.BrowserVersion, v.OS, v.OSVersion = "Hinted", "9", pick(rng, "", "HintOS"), "8"
	}
	r.Views = append(r.Views, v)
	r.Batch.Views++
	r.Hits = append(r.Hits, store.HitRow{Index: index, Path: path, Kind: store.HitView, Visitor: r.Batch.Visitor})
	if rng.IntN(2) == 0 {
		ms := float64(rng.IntN(40000)) / 10
		r.Hits = append(r.Hits, store.HitRow{Index: index + 1, Path: path, Kind: store.HitLoad, Visitor: r.Batch.Visitor, MS: ms})
		r.Events = append(r.Events, store.EventRow{Index: index + 1, At: v.At, Kind: "load", Path: path, Value: ms, Data: "{}"})
	}
}

func randomID(rng *rand.Rand) (id [16]byte) {
	binary.LittleEndian.PutUint64(id[:], rng.Uint64())
	binary.LittleEndian.PutUint64(id[8:], rng.Uint64())
	return id
}

func pick(rng *rand.Rand, words ...string) string { return words[rng.IntN(len(words))] }
