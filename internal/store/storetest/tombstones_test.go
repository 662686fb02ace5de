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

const flagDemo = 2

// TestDeletedStaysAway: what was deleted does not come back, whoever stores its
// records again: who deleted it, a process that starts afterwards, one that had
// looked for tombstones before, one that was killed before it could look. What
// was generated after the generated was taken away is stored.
func TestDeletedStaysAway(t *testing.T) {
	t.Parallel()
	s, cfg := storetest.OpenConfig(t)
	ctx := context.Background()
	records := randomRecords(rand.New(rand.NewPCG(8, 9)), 30)
	records = slices.DeleteFunc(records, func(r *store.Record) bool { return !r.Day().Equal(randomDay) }) // each day is deleted by itself
	now := time.Now().UnixMilli()
	sessions := map[[16]byte]bool{} // of site0
	for _, r := range records {
		r.Batch.ReceivedAt, r.Batch.Flags = now-1000, r.Batch.Flags&^flagDemo
		if r.Site == "site0" {
			sessions[r.Session] = true
		}
	}
	var gone [][16]byte // a session by its name, and two that were generated
	for id := range sessions {
		gone = append(gone, id)
	}
	if len(gone) < 4 {
		t.Fatalf("%d sessions of site0: the test proves nothing", len(gone))
	}
	gone = gone[:3]
	for _, r := range records {
		if r.Site == "site0" && slices.Contains(gone[1:], r.Session) {
			r.Batch.Flags |= flagDemo
		}
	}
	d := newDeriver(t, s, store.DeriverConfig{})
	slow := again(t, cfg) // has looked for tombstones when there were none
	write(t, s, records)
	write(t, slow, records[:1])
	drain(t, d)
	for _, statement := range []string{"CREATE TABLE late AS batches", "INSERT INTO late SELECT * FROM batches"} {
		if err := s.Conn().Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}

	if err := s.DeleteSessions(ctx, "site0", gone[:1]); err != nil {
		t.Fatal(err)
	}
	if n, err := s.DeleteDemo(ctx, "site0"); n != 2 || err != nil {
		t.Fatalf("%d generated sessions of 2 are taken away, %v", n, err)
	}
	if err := s.DeleteSite(ctx, "site1"); err != nil {
		t.Fatal(err)
	}
	left := slices.DeleteFunc(slices.Clone(records), func(r *store.Record) bool {
		return r.Site == "site1" || r.Site == "site0" && slices.Contains(gone, r.Session)
	})
	if len(left) == 0 {
		t.Fatal("nothing is left: the test proves nothing")
	}
	drain(t, d)
	checkLeft(t, s, left)
	for _, who := range []*store.Store{slow, again(t, cfg)} {
		write(t, who, records)
		drain(t, d)
		checkLeft(t, s, left)
	}

	if err := s.Conn().Exec(ctx, "INSERT INTO batches SELECT * FROM late"); err != nil {
		t.Fatal(err)
	}
	if n, err := again(t, cfg).Sweep(ctx); n < 4 || err != nil {
		t.Errorf("%d sessions that had risen are swept, %v", n, err)
	}
	drain(t, d)
	checkLeft(t, s, left)
	if n, err := s.Sweep(ctx); n != 0 || err != nil {
		t.Errorf("%d sessions are swept again, %v", n, err)
	}

	fresh := *records[slices.IndexFunc(records, func(r *store.Record) bool { return r.Site == "site0" })]
	fresh.Session[15]++
	fresh.Batch.Flags, fresh.Batch.ReceivedAt = flagDemo, time.Now().Add(time.Second).UnixMilli()
	if slices.ContainsFunc(records, func(r *store.Record) bool { return r.Session == fresh.Session }) {
		t.Fatal("the session is not new: the test proves nothing")
	}
	write(t, s, []*store.Record{&fresh})
	drain(t, d)
	checkLeft(t, s, append(left, &fresh))
}

// again is another process on the same store.
func again(t *testing.T, cfg store.Config) *store.Store {
	t.Helper()
	other, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	return other
}
