package storetest_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

func TestDeleteSessions(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t)
	ctx := context.Background()
	records := randomRecords(rand.New(rand.NewPCG(2, 9)), 20)
	d := newDeriver(t, s, store.DeriverConfig{})
	write(t, s, records)
	drain(t, d)

	// Half of the sessions of one site go; their pages count less afterwards.
	gone := map[[16]byte]bool{}
	for i, r := range records {
		if r.Site == "site0" && i%2 == 0 {
			gone[r.Session] = true
		}
	}
	var ids [][16]byte
	for id := range gone {
		ids = append(ids, id)
	}
	for range 2 { // the same call again is harmless
		if err := s.DeleteSessions(ctx, "site0", ids); err != nil {
			t.Fatal(err)
		}
	}
	drain(t, d)
	left := slices.DeleteFunc(slices.Clone(records), func(r *store.Record) bool { return gone[r.Session] })
	checkLeft(t, s, left)

	if err := s.DeleteSite(ctx, "site1"); err != nil {
		t.Fatal(err)
	}
	drain(t, d)
	left = slices.DeleteFunc(left, func(r *store.Record) bool { return r.Site == "site1" })
	checkLeft(t, s, left)

	// What comes after an erasure counts as before one.
	more := randomRecords(rand.New(rand.NewPCG(4, 9)), 5)
	write(t, s, more)
	drain(t, d)
	more = slices.DeleteFunc(more, func(r *store.Record) bool { return r.Site == "site1" }) // which is gone for ever
	checkLeft(t, s, append(left, more...))
}

// TestDeleteManyDays: a deletion looks at every part of its table, whatever it finds
// there; so sessions of many days are deleted together.
func TestDeleteManyDays(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t)
	records := onDays(rand.New(rand.NewPCG(6, 6)), 8)
	write(t, s, records)
	drain(t, newDeriver(t, s, store.DeriverConfig{}))
	var ids [][16]byte
	for _, r := range records[2:] {
		ids = append(ids, r.Session)
	}
	if err := s.DeleteSessions(t.Context(), "s", ids); err != nil {
		t.Fatal(err)
	}
	drain(t, newDeriver(t, s, store.DeriverConfig{}))
	checkLeft(t, s, records[:2])
	var tables, deletions uint64
	err := s.Conn().QueryRow(t.Context(), `SELECT uniq(table), count() FROM system.mutations
		WHERE database = currentDatabase() AND command LIKE '%_row_exists%'`).Scan(&tables, &deletions)
	if err != nil {
		t.Fatal(err)
	}
	if tables < 10 || deletions != tables {
		t.Errorf("sessions of %d days: %d deletions in %d tables; want one in each of ten or more", len(ids), deletions, tables)
	}
}

// TestLateDerivationShowsNothingDeleted: a derivation that read a session before
// it was deleted writes its row after that. Nobody sees it, also before the marks
// are worked off.
func TestLateDerivationShowsNothingDeleted(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	records := randomRecords(rand.New(rand.NewPCG(3, 9)), 6)
	write(t, s, records)
	drain(t, newDeriver(t, s, store.DeriverConfig{}))
	for _, statement := range []string{"CREATE TABLE late AS sessions", "INSERT INTO late SELECT * FROM sessions FINAL"} {
		if err := s.Conn().Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	gone := records[0]
	if err := s.DeleteSessions(ctx, gone.Site, [][16]byte{gone.Session}); err != nil {
		t.Fatal(err)
	}
	if err := s.Conn().Exec(ctx, "INSERT INTO sessions SELECT * FROM late"); err != nil {
		t.Fatal(err)
	}
	rows, err := storetest.Dump(ctx, s, "sessions")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row["site"] == gone.Site && row["session"] == hexID(gone.Session) {
			t.Error("the deleted session shows again")
		}
	}
	if len(rows) != len(bruteSessions(records))-1 {
		t.Errorf("%d sessions show, want all but one of %d", len(rows), len(bruteSessions(records)))
	}
}

// checkLeft compares what is there with the brute-force answer, versions aside:
// they count erasures too.
func checkLeft(t *testing.T, s *store.Store, records []*store.Record) {
	t.Helper()
	for table, want := range map[string]map[string]storetest.Row{"sessions": bruteSessions(records), "page_days": brutePages(records)} {
		rows, err := storetest.Dump(context.Background(), s, table)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(want) {
			t.Errorf("%s: %d rows, want %d", table, len(rows), len(want))
		}
		for _, row := range rows {
			key := row["site"] + "/" + row["session"]
			if table == "page_days" {
				key = row["site"] + "/" + row["day"] + row["path"]
			}
			for name, value := range want[key] {
				if name != "version" && row[name] != value {
					t.Errorf("%s %s: %s is %s, want %s", table, key, name, row[name], value)
				}
			}
			if want[key] == nil {
				t.Errorf("%s: %s should be gone", table, key)
			}
		}
	}
	for _, table := range storetest.Tables() {
		rows, err := storetest.Dump(context.Background(), s, table)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if row["session"] != "" && !slices.ContainsFunc(records, func(r *store.Record) bool {
				return r.Site == row["site"] && hexID(r.Session) == row["session"]
			}) {
				t.Errorf("%s still has a row of a deleted session", table)
			}
		}
	}
}

// TestFrozenDays: what is past retention is neither derived nor rebuilt.
func TestFrozenDays(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	records := randomRecords(rand.New(rand.NewPCG(6, 9)), 20)
	write(t, s, records)
	cfg := store.DeriverConfig{}
	drain(t, newDeriver(t, s, cfg))
	checkDerived(t, s, records)

	// Retention takes the raw rows of the first day away.
	firstDay := func(r *store.Record) bool { return r.Day().Equal(randomDay) }
	for _, table := range []string{"batches", "page_views", "page_hits"} {
		if err := s.Conn().Exec(ctx, "ALTER TABLE "+table+" DROP PARTITION '"+randomDay.Format(time.DateOnly)+"'"); err != nil {
			t.Fatal(err)
		}
	}
	cfg.Retention = func(string) store.Retention { return store.Retention{DataDays: 30} }
	cfg.Now = func() time.Time { return randomDay.AddDate(0, 0, 31).Add(time.Hour) }
	frozen := newDeriver(t, s, cfg)
	late := slices.IndexFunc(records, firstDay)
	if late < 0 {
		t.Fatal("no session on the first day: the test proves nothing")
	}
	write(t, s, records[late:late+1]) // and a late batch of that day comes
	drain(t, frozen)
	checkOnlyDaysWait(t, s, 1)
	p, err := frozen.Rebuild(ctx, nil)
	if err != nil || p.Frozen == 0 || p.Frozen == p.Days {
		t.Errorf("Rebuild: %+v, %v; want some days frozen and some not", p, err)
	}
	checkDerived(t, s, records)
}

// checkOnlyDaysWait: no key is to be derived now, but at most so many days past
// retention should these come back.
func checkOnlyDaysWait(t *testing.T, s *store.Store, most uint64) {
	t.Helper()
	var keys, days uint64
	err := s.Conn().QueryRow(context.Background(), "SELECT countIf(key != ''), countIf(key = '') FROM"+
		" (SELECT key FROM derive_marks GROUP BY what, site, day, key, mark HAVING sum(sign) > 0)").Scan(&keys, &days)
	if err != nil || keys != 0 || days == 0 || days > most {
		t.Errorf("%d keys and %d days are marked, %v; want no key and at most %d days", keys, days, err, most)
	}
}

// TestLateBatchOfAFrozenDay: what comes for a day past retention is not derived
// while that day is hidden, however often it comes, and waits as one mark. When a
// longer retention brings the day back, its tables are as if it had never been away.
func TestLateBatchOfAFrozenDay(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t)
	records := randomRecords(rand.New(rand.NewPCG(8, 9)), 30)
	var early, late []*store.Record
	for _, r := range records {
		if r.Day().Equal(randomDay) && len(r.Views) > 0 && len(late) < 3 {
			late = append(late, r)
		} else {
			early = append(early, r)
		}
	}
	if len(late) < 3 {
		t.Fatal("too few batches of the first day: the test proves nothing")
	}
	days := 90
	d := newDeriver(t, s, store.DeriverConfig{
		MarksPerRound: 25,
		Retention:     func(string) store.Retention { return store.Retention{DataDays: days} },
		Now:           func() time.Time { return randomDay.AddDate(0, 0, 2).Add(time.Hour) },
	})
	write(t, s, early)
	drain(t, d)
	checkDerived(t, s, early)

	days = 1 // the first day is past it, the others are not
	for range 3 {
		write(t, s, late)
		drain(t, d)
	}
	checkOnlyDaysWait(t, s, 2) // of two sites
	checkDerived(t, s, early)

	days = 90
	drain(t, d)
	checkDerived(t, s, records)
	checkNoMarks(t, s)
}
