package storetest_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

// TestVolatileColumns: of two documents without a handshake one is sent again, and now comes behind the other. Whatever that
// changes is listed; of a session with handshakes the same change is told, column by column, and so is any other.
func TestVolatileColumns(t *testing.T) {
	s := storetest.Open(t)
	d := newDeriver(t, s, store.DeriverConfig{})
	start := randomDay.UnixMilli()
	record := func(n int, late int64) *store.Record {
		at, name := start+int64(n)*20+late, string(rune('a'+n))
		r := &store.Record{Identity: store.Identity{Site: "s", Session: [16]byte{2: 1}, Document: [16]byte{byte(n)}, Sequence: 1}}
		binary.BigEndian.PutUint16(r.Session[:], uint16(start/(24*60*60*1000)))
		r.Batch = store.BatchRow{
			Tab: 1, Visitor: [16]byte{byte(1 + n)}, Path: "/" + name, FirstAt: at, LastAt: at, OffsetSource: store.OffsetSentAt, Views: 1, Clicks: 3,
			Browser: name, BrowserVersion: name, OS: name, OSVersion: name, Device: name, ReceivedAt: at, SentAt: at, Via: "ws",
		}
		w := uint16(100 + n)
		r.Views = []store.ViewRow{{Tab: 1, At: at, Path: "/" + name, Referrer: name, Language: name, TimeZone: name, ScreenW: w, ScreenH: w, ViewportW: w, ViewportH: w}}
		return r
	}
	dump := func(r ...*store.Record) map[string][]storetest.Row {
		write(t, s, r)
		drain(t, d)
		rows, err := storetest.DumpAll(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	before := dump(record(0, 0), record(1, 0))
	after := dump(record(0, 60_000))
	if diff := storetest.Compare(before, after); len(diff) > 0 {
		t.Errorf("not listed:\n%s", strings.Join(diff, "\n"))
	}
	changed := record(0, 60_000)
	changed.Batch.Clicks++
	if diff := strings.Join(storetest.Compare(before, dump(changed)), "\n"); !strings.Contains(diff, "sessions") || !strings.Contains(diff, "clicks") {
		t.Errorf("another number of clicks is not told: %q", diff)
	}
	for _, rows := range []map[string][]storetest.Row{before, after} {
		for _, row := range rows["batches"] {
			row["offset_source"] = "handshake"
		}
	}
	told := strings.Join(storetest.Compare(before, after), "\n")
	for _, column := range strings.Fields("entry_path exit_path visitor referrer language time_zone screen_w screen_h viewport_w viewport_h browser browser_version os os_version device") {
		if !strings.Contains(told, column) {
			t.Errorf("%s is listed and has not changed:\n%s", column, told)
		}
	}
}
