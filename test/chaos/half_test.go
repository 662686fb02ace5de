package chaos

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hindsight/internal/fault"
	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
	"hindsight/internal/wire"
)

// TestDeletedWhileHalfStored kills a processor between the inserts of a batch with visits of three sites. Before the
// next one reads the log again, the visits of one, which were generated, are taken away, and another site is deleted.
// Afterwards no table has anything of what is gone, and the third site is as if the others had never been.
func TestDeletedWhileHalfStored(t *testing.T) {
	t.Parallel()
	const closed, other = "closed", "other"
	sites := map[wire.SessionID]string{}
	feed := func(s *stack, wanted ...string) {
		in := s.feeder(t)
		for _, frame := range frames(t) {
			rec, err := record(frame)
			if err != nil {
				t.Fatal(err)
			}
			if sites[rec.Session] == "" {
				sites[rec.Session] = []string{siteID, closed, other}[len(sites)%3]
			}
			if rec.Site = sites[rec.Session]; rec.Site == siteID {
				frame[2] |= 2 // generated (docs/wire-protocol.md, section 3)
			}
			if slices.Contains(wanted, rec.Site) {
				in.append(t, rec)
			}
		}
	}
	calm := newStack(t)
	feed(calm, other)
	p := calm.processor(t, "")
	calm.settled(t)
	want := calm.dump(t)
	calm.stop(t, p)

	s := newStack(t)
	feed(s, siteID, closed, other)
	order := fmt.Sprintf("%s:%d:kill", fault.AfterInsert, rawTables/2)
	s.processor(t, order).AwaitKilled(t, order)
	// Which inserts are done is chance. That of the batches, which tell what was generated, shall not be.
	s.exec(t, "DELETE FROM batches WHERE site != ''")
	half := map[string]int{}
	for _, rows := range s.dump(t) {
		for _, row := range rows {
			if row["session"] != "" {
				half[row["site"]]++
			}
		}
	}
	if half[siteID] == 0 || half[closed] == 0 {
		t.Fatalf("rows of visits that are stored by half: %v; the test proves nothing", half)
	}
	s.with(t, func(db *store.Store) error {
		if _, err := db.DeleteDemo(t.Context(), siteID); err != nil {
			return err
		}
		return db.DeleteSite(t.Context(), closed)
	})
	p = s.processor(t, "")
	s.settled(t)
	s.with(t, func(db *store.Store) error {
		_, err := db.Sweep(t.Context())
		return err
	})
	s.settled(t)
	got := s.dump(t)
	for _, table := range []string{"consents", "style_sheets"} { // those of a site that is there name nobody
		got[table] = slices.DeleteFunc(got[table], func(r storetest.Row) bool { return r["site"] == siteID })
	}
	for _, dump := range []map[string][]storetest.Row{want, got} {
		for _, row := range dump["page_days"] {
			delete(row, "version") // it counts erasures
		}
	}
	if diff := storetest.Compare(want, got); len(diff) > 0 {
		t.Errorf("%d differences to a run without the deleted, such as\n%s", len(diff), strings.Join(diff[:min(len(diff), 20)], "\n"))
	}
	t.Logf("stored by half, by site: %v; %d batches are left", half, len(got["batches"]))
	s.stop(t, p)
}
