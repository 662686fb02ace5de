package storetest_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

// wholeRecord has a row in every table.
func wholeRecord(rng *rand.Rand, site string, flags uint16) *store.Record {
	session, at := randomID(rng), randomDay.Add(time.Hour).UnixMilli()
	binary.BigEndian.PutUint16(session[:], uint16(randomDay.Unix()/86400))
	r := &store.Record{Identity: store.Identity{Site: site, Session: session, Document: randomID(rng), Sequence: 1}}
	r.Batch = store.BatchRow{
		Path: "/p", Flags: flags, FirstAt: at, LastAt: at, OffsetSource: store.OffsetHandshake, ReceivedAt: at, SentAt: at,
		Via: "ws", ReplayState: 1, ReplayEvents: 3, ReplayBytes: 9,
	}
	addView(rng, r, "/p")
	r.Events = append(r.Events, store.EventRow{Index: 90, At: at, Kind: "visible", Path: "/p", Value: 1, Data: "{}"})
	r.HeatPoints = []store.HeatRow{{Path: "/p", Kind: store.HeatClick, ViewportW: 1440, Index: 60, At: at, Weight: 1}}
	r.Traces = []store.TraceRow{{Path: "/p", Kind: store.TraceMove, ViewportW: 1440, Index: 50, At: at, X: []int32{1}, Y: []int32{1}, Weight: []uint32{5}}}
	r.Chunk = &store.ChunkRow{Codec: store.ChunkZstd, FirstTS: at, LastTS: at, Events: 3, RawBytes: 9, Snapshots: 1, Payload: []byte{1}}
	r.Snapshots = []store.SnapshotRow{{Path: "/p", ViewportW: 1440, ViewportH: 900, At: at, Bytes: 7}}
	r.Sheets = []store.SheetRow{{TS: at, ID: "1", Hash: [32]byte{byte(len(site)), 1}, Bytes: 1, Payload: []byte{1}}}
	r.Protected = []int64{7}
	r.Consents = []store.ConsentRow{{Key: randomID(rng), At: at, State: "granted"}}
	return r
}

// halfTables are where a processor that was killed between its inserts may have left
// the only row of a session.
func halfTables() []string {
	return slices.DeleteFunc(storetest.Tables(), func(table string) bool {
		return slices.Contains([]string{"style_sheets", "consents", "page_days"}, table)
	})
}

// TestHalfStoredIsDeleted: of each session that goes, one table alone has rows, another
// table each time: of generated visits, of a site, of sessions that somebody names. All
// of it goes, and so does what comes to lie there after the deletion, by the next sweep,
// whatever the sweeps before it saw. Another site stays as it was.
func TestHalfStoredIsDeleted(t *testing.T) {
	t.Parallel()
	s, cfg := storetest.OpenConfig(t)
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(3, 4))
	exec := func(text string) {
		t.Helper()
		if err := s.Conn().Exec(ctx, text); err != nil {
			t.Fatal(err)
		}
	}
	var goes []*store.Record
	only := map[string]string{} // session: the table that keeps its row
	for _, table := range halfTables() {
		for site, flags := range map[string]uint16{"generated": flagDemo, "closed": 0, "named": 0} {
			r := wholeRecord(rng, site, flags)
			goes, only[hexID(r.Session)] = append(goes, r), table
		}
	}
	var stays []*store.Record
	for range 3 {
		stays = append(stays, wholeRecord(rng, "undisturbed", 0))
	}
	d := newDeriver(t, s, store.DeriverConfig{})
	write(t, s, append(slices.Clone(goes), stays...))
	drain(t, d)
	kept := func() map[string][]storetest.Row {
		t.Helper()
		dump, err := storetest.DumpAll(ctx, s)
		if err != nil {
			t.Fatal(err)
		}
		for table, rows := range dump {
			for _, row := range rows {
				delete(row, "version") // of pages: it counts erasures
			}
			dump[table] = slices.DeleteFunc(rows, func(row storetest.Row) bool { return row["site"] != "undisturbed" })
			if len(dump[table]) == 0 {
				t.Fatalf("%s has nothing of the other site: the test proves nothing", table)
			}
		}
		return dump
	}
	want := kept()

	// The tables as if the processor had been killed; and the same rows once more, for
	// a zombie to put them where they were.
	for _, table := range halfTables() {
		var ids string
		for id, where := range only {
			if where != table {
				ids += fmt.Sprintf("unhex('%s'),", id)
			}
		}
		exec(fmt.Sprintf("DELETE FROM %s WHERE session IN (%s)", table, ids[:len(ids)-1]))
		exec(fmt.Sprintf("CREATE TABLE late_%s AS %s", table, table))
		exec(fmt.Sprintf("INSERT INTO late_%s SELECT * FROM %s FINAL WHERE site != 'undisturbed'", table, table))
	}
	exec("CREATE TABLE late_style_sheets AS style_sheets")
	exec("INSERT INTO late_style_sheets SELECT * FROM style_sheets WHERE site = 'closed'")
	exec("DELETE FROM page_days WHERE site != 'undisturbed'")
	check := func(when string) {
		t.Helper()
		drain(t, d)
		checkLeft(t, s, stays)
		for _, table := range []string{"style_sheets", "consents", "page_days"} {
			rows, err := storetest.Dump(ctx, s, table)
			if err != nil {
				t.Fatal(err)
			}
			if slices.ContainsFunc(rows, func(r storetest.Row) bool { return r["site"] == "closed" }) {
				t.Errorf("%s: %s has rows of the deleted site", when, table)
			}
		}
		for table, rows := range kept() {
			if fmt.Sprint(rows) != fmt.Sprint(want[table]) {
				t.Errorf("%s: %s of the other site is\n%v, was\n%v", when, table, rows, want[table])
			}
		}
	}

	if _, err := s.DeleteDemo(ctx, "generated"); err != nil { // it finds those whose batches lie there
		t.Fatal(err)
	}
	if err := s.DeleteSite(ctx, "closed"); err != nil {
		t.Fatal(err)
	}
	var named [][16]byte
	for _, r := range goes {
		if r.Site == "named" {
			named = append(named, r.Session)
		}
	}
	if err := s.DeleteSessions(ctx, "named", named); err != nil {
		t.Fatal(err)
	}
	write(t, again(t, cfg), goes) // the next processor reads the log from where the killed one was
	check("deleted")

	for range 2 {
		if n, err := s.Sweep(ctx); n != 0 || err != nil {
			t.Errorf("%d sessions are swept, %v", n, err)
		}
		for _, table := range halfTables() {
			exec(fmt.Sprintf("INSERT INTO %s SELECT * FROM late_%s", table, table))
		}
		exec("INSERT INTO style_sheets SELECT * FROM late_style_sheets")
		// A derived session that rises is older than the empty row of its deletion.
		if n, err := s.Sweep(ctx); n != len(goes)-3 || err != nil {
			t.Errorf("%d sessions of %d that had risen are swept, %v", n, len(goes)-3, err)
		}
		check("swept")
	}
}
