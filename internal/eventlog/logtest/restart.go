package logtest

import (
	"context"
	"testing"
	"time"

	"hindsight/internal/eventlog"
)

// restartWhileProducing: nothing acknowledged is lost, nothing is told twice,
// order holds, and health says what goes on.
func (b Broker) restartWhileProducing(t *testing.T) {
	const sessions, each = 10, 300
	p := b.producer(t)
	a := newAcks()
	restarted := make(chan struct{})
	for seq := uint32(1); seq <= each; seq++ {
		if seq == each/3 {
			go func() {
				defer close(restarted)
				b.Restart(t)
			}()
		}
		for s := range sessions {
			if err := p.Append(t.Context(), record("restart", s, seq, 700), a.expect(int(seq)*1000+s)); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Millisecond) // spreads the records over the restart; decides nothing
	}
	<-restarted
	a.wait(t, nil)
	if err := p.Healthy(); err != nil {
		t.Fatalf("not healthy after everything was acknowledged: %v", err)
	}
	closeProducer(t, p)

	next := map[[16]byte]uint32{}
	complete := 0
	b.consume(t, newGroup(t), false, func(f eventlog.Fetched) bool {
		r, err := eventlog.DecodeRecord(&f)
		if err != nil {
			t.Fatal(err)
		}
		if r.Site != "restart" {
			return false
		}
		switch want := next[r.Session] + 1; {
		case r.Sequence == want:
			next[r.Session] = want
		case r.Sequence > want:
			t.Fatalf("session %x: %d came where %d is missing", r.Session, r.Sequence, want)
		} // lower: stored twice by a retry, which is allowed
		if r.Sequence == each && next[r.Session] == each {
			next[r.Session]++ // count it once
			complete++
		}
		return complete == sessions
	})
}

// restartWhileConsuming: a member comes back by itself and misses nothing.
func (b Broker) restartWhileConsuming(t *testing.T) {
	group := newGroup(t)
	b.produce(t, record("again", 3, 1, 100))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	seen := map[uint32]bool{}
	restart := make(chan struct{})
	go func() {
		select {
		case <-restart:
		case <-ctx.Done():
			return
		}
		b.Restart(t)
		b.produce(t, record("again", 3, 2, 100))
	}()
	err := b.consumer(t, group).Run(ctx, func(gctx context.Context, g *eventlog.Generation) error {
		for {
			got, err := g.Fetch(gctx, 100, 1<<20, 100*time.Millisecond)
			if err != nil {
				return nil
			}
			for _, f := range got {
				r, err := eventlog.DecodeRecord(&f)
				if err != nil {
					return err
				}
				if r.Site != "again" {
					continue
				}
				if r.Sequence == 1 && !seen[1] {
					close(restart)
				}
				if seen[r.Sequence] = true; r.Sequence == 2 {
					cancel()
				}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !seen[1] || !seen[2] {
		t.Fatalf("seen: %v", seen)
	}
}
