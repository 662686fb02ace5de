package logtest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"hindsight/internal/eventlog"
)

// member runs a consumer that tells its generations and keeps them until they
// end by themselves.
func (b Broker) member(t *testing.T, group string) (gens <-chan *eventlog.Generation, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ch := make(chan *eventlog.Generation, 16)
	done := make(chan error, 1)
	c := b.consumer(t, group)
	go func() {
		done <- c.Run(ctx, func(gctx context.Context, g *eventlog.Generation) error {
			ch <- g
			<-gctx.Done()
			return nil
		})
	}()
	return ch, func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(patience):
			t.Error("a member did not stop")
		}
	}
}

func nextGeneration(t *testing.T, gens <-chan *eventlog.Generation, ok func(*eventlog.Generation) bool) *eventlog.Generation {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case g := <-gens:
			if ok(g) {
				return g
			}
		case <-timeout:
			t.Fatal("the generation that was waited for did not come")
		}
	}
}

// secondMember: two members share the partitions, and the first has all again
// when the second leaves.
func (b Broker) secondMember(t *testing.T) {
	group := newGroup(t)
	first, stopFirst := b.member(t, group)
	defer stopFirst()
	all := nextGeneration(t, first, func(g *eventlog.Generation) bool { return len(g.Partitions()) > 1 }).Partitions()
	second, stopSecond := b.member(t, group)
	fewer := func(g *eventlog.Generation) bool { return len(g.Partitions()) > 0 && len(g.Partitions()) < len(all) }
	a := nextGeneration(t, first, fewer)
	c := nextGeneration(t, second, fewer)
	if a.ID != c.ID {
		t.Logf("generations %d and %d", a.ID, c.ID) // one of them has rejoined meanwhile
	}
	if both := slices.Sorted(slices.Values(append(a.Partitions(), c.Partitions()...))); !slices.Equal(both, all) {
		t.Fatalf("%v and %v do not make %v", a.Partitions(), c.Partitions(), all)
	}
	stopSecond()
	nextGeneration(t, first, func(g *eventlog.Generation) bool { return slices.Equal(g.Partitions(), all) })
}

// fencedCommit: a member of an older generation cannot commit any more.
func (b Broker) fencedCommit(t *testing.T) {
	group := newGroup(t)
	first, stopFirst := b.member(t, group)
	defer stopFirst()
	old := nextGeneration(t, first, func(g *eventlog.Generation) bool { return len(g.Partitions()) > 1 })
	p := old.Partitions()[0]
	if err := old.Commit(t.Context(), map[int]int64{p: 1}); err != nil {
		t.Fatalf("the living generation: %v", err)
	}
	second, stopSecond := b.member(t, group)
	defer stopSecond()
	nextGeneration(t, second, func(g *eventlog.Generation) bool { return len(g.Partitions()) > 0 })
	nextGeneration(t, first, func(g *eventlog.Generation) bool { return g.ID > old.ID })
	if err := old.Commit(t.Context(), map[int]int64{p: 2}); !errors.Is(err, eventlog.ErrFenced) {
		t.Fatalf("the old generation's commit: %v", err)
	}
}

// resume: a group goes on where it committed, also when it commits while it is
// being stopped.
func (b Broker) resume(t *testing.T) {
	group := newGroup(t)
	var records []*eventlog.Record
	for seq := uint32(1); seq <= 40; seq++ {
		records = append(records, record("resume", 1, seq, 50))
	}
	b.produce(t, records[:20]...)
	seen := map[uint32]int{}
	read := func(until uint32) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		err := b.consumer(t, group).Run(ctx, func(gctx context.Context, g *eventlog.Generation) error {
			next := map[int]int64{}
			for {
				got, err := g.Fetch(gctx, 3, 1<<20, 200*time.Millisecond)
				if err != nil { // stopped: commit what is done, as a draining processor does
					if len(next) > 0 && ctx.Err() != nil {
						return g.Commit(context.WithoutCancel(gctx), next)
					}
					return nil
				}
				for _, f := range got {
					next[f.Partition] = f.Offset + 1
					r, err := eventlog.DecodeRecord(&f)
					if err != nil {
						return err
					}
					if r.Site == "resume" {
						seen[r.Sequence]++
						if r.Sequence == until {
							cancel()
						}
					}
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	read(20)
	b.produce(t, records[20:]...)
	read(40)
	for seq := uint32(1); seq <= 40; seq++ {
		if seen[seq] != 1 {
			t.Fatalf("record %d was read %d times", seq, seen[seq])
		}
	}
}

// rewind: records of the last hour come again, a commit is never moved on.
func (b Broker) rewind(t *testing.T) {
	group := newGroup(t)
	var records []*eventlog.Record
	for seq := uint32(1); seq <= 10; seq++ {
		records = append(records, record("rewind", 2, seq, 50))
	}
	b.produce(t, records...)
	last := func(f eventlog.Fetched) bool {
		r, err := eventlog.DecodeRecord(&f)
		return err == nil && r.Site == "rewind" && r.Sequence == 10
	}
	b.consume(t, group, true, last)
	c := b.consumer(t, group)

	gens, stop := b.member(t, group)
	nextGeneration(t, gens, func(g *eventlog.Generation) bool { return len(g.Partitions()) > 0 })
	impatient := b
	impatient.Config.SessionTimeout = 100 * time.Millisecond // so long Rewind waits for killed members, twice
	if err := impatient.consumer(t, group).Rewind(t.Context(), time.Hour); !errors.Is(err, eventlog.ErrGroupActive) {
		t.Fatalf("set back under a running member: %v", err)
	}
	stop()

	if err := c.Rewind(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	again := map[uint32]bool{}
	b.consume(t, group, true, func(f eventlog.Fetched) bool {
		if r, err := eventlog.DecodeRecord(&f); err == nil && r.Site == "rewind" {
			again[r.Sequence] = true
		}
		return last(f)
	})
	if len(again) != 10 {
		t.Fatalf("came again: %v", slices.Sorted(maps.Keys(again)))
	}
	if err := c.Rewind(t.Context(), -time.Hour); err != nil { // the future: nothing to set back
		t.Fatal(err)
	}
	b.produce(t, record("rewind", 2, 11, 50))
	first := uint32(0)
	b.consume(t, group, false, func(f eventlog.Fetched) bool {
		r, err := eventlog.DecodeRecord(&f)
		if err != nil || r.Site != "rewind" {
			return false
		}
		first = r.Sequence
		return true
	})
	if first != 11 {
		t.Fatalf("goes on with %d, not 11", first)
	}
}

func (b Broker) lag(t *testing.T) {
	group := newGroup(t)
	gens, stop := b.member(t, group)
	g := nextGeneration(t, gens, func(g *eventlog.Generation) bool { return len(g.Partitions()) > 1 })
	total := func() (n int64) {
		for _, lag := range g.Lag() {
			n += lag
		}
		return n
	}
	if total() == 0 {
		t.Fatal("no lag, although nothing is committed")
	}
	next := map[int]int64{}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for read := int64(0); read < total(); {
		got, err := g.Fetch(ctx, 0, 1<<20, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range got {
			next[f.Partition] = f.Offset + 1
			read++
		}
	}
	if err := g.Commit(ctx, next); err != nil {
		t.Fatal(err)
	}
	if total() != 0 {
		t.Fatalf("lag %v after all is committed", g.Lag())
	}
	stop()
}
