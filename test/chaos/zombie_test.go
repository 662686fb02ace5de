package chaos

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"hindsight/internal/fault"
	"hindsight/test/process"
)

// TestTwoProcessors lets one join and one leave, and freezes one past its session's time-out in the middle of an
// insert, before a commit and in the middle of a derivation. The other takes over meanwhile; then the frozen one wakes
// as a zombie and goes on with what it was about to do.
func TestTwoProcessors(t *testing.T) {
	t.Parallel()
	baseline(t)
	for i, points := range [][]string{
		{fmt.Sprint(fault.BeforeInsert, ":", rawTables/2), fault.BeforeCommit + ":1"},
		{fault.BetweenTables + ":1", fault.BeforeCross + ":1"},
	} {
		t.Run(fmt.Sprint(i+1), func(t *testing.T) {
			t.Parallel()
			twoProcessors(t, points)
		})
	}
}

func twoProcessors(t *testing.T, points []string, brokers ...string) {
	s := newStack(t, brokers...)
	in := s.feeder(t)
	// Every piece has batches of most sessions: what the zombie derives is old when it wakes.
	pieces := parts(inTurns(t, frames(t)), 4*len(points)+2)
	next := func() {
		in.mustFeed(t, pieces[0])
		pieces = pieces[1:]
	}
	other := s.processor(t, "").AwaitReady(t, 200)
	next()
	for _, point := range points {
		next()
		// It joins: the partitions are divided. It freezes with its first batch in hand.
		zombie := s.processor(t, point+":stop")
		frozen := make(chan struct{})
		fed := make(chan error, 1)
		go func() { fed <- in.feedUntil(t.Context(), pieces[0], frozen) }()
		zombie.AwaitFrozen(t, point)
		close(frozen)
		if err := <-fed; err != nil {
			t.Fatal(err)
		}
		pieces = pieces[1:]
		// The other one is given its partitions, stores all that it had in hand, and more of the same sessions.
		s.settled(t)
		next()
		s.settled(t)
		before := generations(zombie)
		zombie.Signal(t, syscall.SIGCONT)
		eventually(t, "the zombie finds out that it was given up, and joins anew", func() error {
			if generations(zombie) == before {
				return process.ErrNotYet
			}
			return nil
		})
		next()
		zombie.Terminate(t) // it leaves
	}
	for len(pieces) > 0 {
		next()
	}
	s.compare(t)
	s.stop(t, other)
}

// generations is how often it was given partitions.
func generations(p *process.Process) int {
	return strings.Count(p.Out.String(), "generation of the consumer group begins")
}
