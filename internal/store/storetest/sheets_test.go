package storetest_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

// definition is one definition with where it stands.
type definition struct {
	store.Identity
	store.SheetRow
}

// bruteNames says what the ids of a session stand for.
func bruteNames(records []*store.Record, site string, session [16]byte) map[string]store.SheetName {
	first := map[string]definition{}
	for _, r := range records {
		for _, row := range r.Sheets {
			d, ok := first[row.ID]
			if r.Site == site && r.Session == session && (!ok || cmp.Or(
				cmp.Compare(row.TS, d.TS), bytes.Compare(r.Document[:], d.Document[:]),
				cmp.Compare(r.Sequence, d.Sequence), cmp.Compare(row.Index, d.Index)) < 0) {
				first[row.ID] = definition{r.Identity, row}
			}
		}
	}
	out := map[string]store.SheetName{}
	for id, d := range first {
		out[id] = store.SheetName{Hash: upper(d.Hash), Bytes: d.Bytes}
	}
	return out
}

func upper(hash [32]byte) string { return string(bytes.ToUpper([]byte(hex.EncodeToString(hash[:])))) }

func TestSheets(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	// All of one site on one day: to delete it takes as long as it has days.
	records := slices.DeleteFunc(randomRecords(rand.New(rand.NewPCG(3, 7)), 25), func(r *store.Record) bool {
		return r.Site == "site0" && !r.Day().Equal(randomDay)
	})
	write(t, s, records)
	write(t, s, records[len(records)/2:])

	now := randomDay.AddDate(0, 0, 4)
	check := func(what string, left []*store.Record, v func(site string) store.Visible, hidden func(*store.Record) bool) {
		t.Helper()
		named, texts := 0, 0
		visible := slices.DeleteFunc(slices.Clone(left), hidden)
		asked := map[[16]byte]bool{}
		for _, r := range records {
			if asked[r.Session] {
				continue
			}
			asked[r.Session] = true
			got, err := s.SessionSheets(ctx, v(r.Site), hex.EncodeToString(r.Session[:]))
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(bruteNames(visible, r.Site, r.Session), got); diff != "" {
				t.Errorf("%s: %s", what, diff)
			}
			named += len(got)
			var hashes []string
			for _, n := range got {
				if !slices.Contains(hashes, n.Hash) {
					hashes = append(hashes, n.Hash)
				}
			}
			sheets, err := s.Sheets(ctx, v(r.Site), append(hashes, upper([32]byte{9})))
			if err != nil || len(sheets) != len(hashes) {
				t.Fatalf("%s: %d texts of %d, %v", what, len(sheets), len(hashes), err)
			}
			for _, sheet := range sheets {
				content := sheet.Bytes[0]
				if sheet.Hash != upper([32]byte{7, content}) || sheet.Codec != "zstd" || sheet.Size != 100+uint32(content) || !bytes.Equal(sheet.Bytes, []byte{content, 0xff, 0}) {
					t.Errorf("%s: %+v", what, sheet)
				}
			}
			texts += len(sheets)
		}
		if named == 0 || texts == 0 {
			t.Errorf("%s: %d names, %d texts: the test proves nothing", what, named, texts)
		}
	}
	all := func(site string) store.Visible { return store.NewVisible(site, store.Retention{}, now) }
	none := func(*store.Record) bool { return false }
	check("all", records, all, none)

	// One text for a site, whatever the number of sessions that defined it.
	count := func(site string) int {
		rows, err := storetest.Dump(ctx, s, "style_sheets")
		if err != nil {
			t.Fatal(err)
		}
		return len(slices.DeleteFunc(rows, func(r storetest.Row) bool { return r["site"] != site }))
	}
	contents := map[[32]byte]bool{}
	for _, r := range records {
		for _, row := range r.Sheets {
			if r.Site == "site0" {
				contents[row.Hash] = true
			}
		}
	}
	if n := count("site0"); n != len(contents) || n == 0 {
		t.Errorf("%d texts of the %d that there are", n, len(contents))
	}

	// Retention hides the sheets of its days, and none that a later session needs.
	short := func(site string) store.Visible {
		return store.NewVisible(site, store.Retention{RecordingsDays: 2}, now)
	}
	old := func(r *store.Record) bool { return r.Day().Before(now.Truncate(24*time.Hour).AddDate(0, 0, -2)) }
	if !slices.ContainsFunc(records, old) {
		t.Fatal("no session is old: the test proves nothing")
	}
	check("retention", records, short, old)

	// The site takes its texts along, and no other site's.
	if err := s.DeleteSite(ctx, "site0"); err != nil {
		t.Fatal(err)
	}
	left := slices.DeleteFunc(slices.Clone(records), func(r *store.Record) bool { return r.Site == "site0" })
	check("site deleted", left, all, none)
	if n := count("site0"); n != 0 {
		t.Errorf("%d texts of a deleted site", n)
	}
}

// TestStoredSheetsStay: the text of a style sheet that this process has stored is not written again, until a later day's
// session defines it or a write fails, after which the store may be another.
func TestStoredSheetsStay(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	if _, err := s.Earlier(ctx); err != nil {
		t.Fatal(err)
	}
	written := func() (n uint64) {
		t.Helper()
		const parts = `SELECT max(max_block_number) FROM system.parts WHERE database = currentDatabase() AND table = 'style_sheets'`
		var last int64
		if err := s.Conn().QueryRow(ctx, parts).Scan(&last); err != nil {
			t.Fatal(err)
		}
		return uint64(last)
	}
	var definers []*store.Record
	for _, r := range randomRecords(rand.New(rand.NewPCG(3, 7)), 25) {
		if r.Site == "site0" && len(r.Sheets) > 0 {
			definers = append(definers, r)
		}
	}
	slices.SortStableFunc(definers, func(a, b *store.Record) int { return b.Day().Compare(a.Day()) })
	newest := definers[:1]
	first := *newest[0]
	first.Session[0]-- // 256 days earlier
	write(t, s, []*store.Record{&first})
	inserts := written()
	if write(t, s, []*store.Record{&first}); written() != inserts || inserts == 0 {
		t.Errorf("%d inserts of a sheet, then %d: once it is stored", inserts, written())
	}
	if write(t, s, newest); written() != inserts+1 {
		t.Errorf("%d inserts, want one more than %d: a later day defines it", written(), inserts)
	}
	over, stop := context.WithCancel(ctx)
	stop()
	if _, err := s.Write(over, newest); err == nil {
		t.Fatal("a write without time succeeds")
	}
	if write(t, s, newest); written() != inserts+2 {
		t.Errorf("%d inserts, want two more than %d: a write has failed", written(), inserts)
	}
}
