package chaos

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/internal/fault"
	"hindsight/test/process"
)

// TestLogTrimmedThenKilled kills the log's process again and again after it let go of records that the processor had
// committed: in the middle of new records, and when everything is committed and no more of the log may go, which is
// where a log that was trimmed too far begins anew at its first offset. It starts each time with segments of another
// size, from those that hold one record to those that hold a dozen.
func TestLogTrimmedThenKilled(t *testing.T) {
	t.Parallel()
	baseline(t)
	logs := 1
	if long() {
		logs = 8
	}
	for i := range logs {
		t.Run(fmt.Sprint(i+1), trimmedThenKilled)
	}
}

func trimmedThenKilled(t *testing.T) {
	random := seed(t)
	s := newStackWith(t, func(s *stack) *process.Process {
		p := s.embeddedCommand(t)
		p.Cmd.Env = append(p.Cmd.Env, logOf(random))
		return p
	})
	in := s.feeder(t)
	p := s.processor(t, "").AwaitReady(t, 200)
	const kills = 5
	pieces, trimmed := parts(frames(t), kills+1), 0
	for i, piece := range pieces[:kills] {
		atRest, away := i%2 == 1, i == kills-2
		enough, fed := make(chan struct{}), make(chan error, 1)
		go func() { fed <- in.feedUntil(t.Context(), piece, enough) }()
		letGo := func() {
			close(enough)
			if err := <-fed; err != nil {
				t.Fatal(err)
			}
		}
		s.awaitTrimmed(t, 1+random.IntN(40))
		if atRest {
			letGo()
			s.settled(t)
			s.awaitTrimmedToRest(t)
		}
		if away {
			p.Terminate(t)
		}
		trimmed += s.trimmed(t)
		s.embedded.Kill()
		s.embedded = s.embedded.Again(t, logOf(random)).AwaitReady(t, 200)
		if said := s.embedded.Out.String(); strings.Contains(said, "outside the embedded log") {
			t.Errorf("after kill %d the log had lost its place: %s", i+1, process.Tail(said, 2000))
		}
		if !atRest {
			letGo()
		}
		if away { // a log that had begun anew would be past what is committed before the processor looks
			in.mustFeed(t, pieces[kills])
			for range 2 {
				in.mustFeed(t, slices.Concat(pieces[:kills]...))
			}
			p = s.processor(t, "").AwaitReady(t, 200)
		}
	}
	t.Logf("%d kills; %d records were let go", kills, trimmed)
	s.compare(t)
	s.stop(t, p)
}

// logOf has the embedded log trimmed all the time, with segments of a size that is drawn.
func logOf(random *rand.Rand) string {
	return fmt.Sprintf("%s=%d:20ms", fault.LogVariable, 512<<random.IntN(6))
}

// trimmed is how many records the log has let go since its process began.
func (s *stack) trimmed(t testing.TB) int {
	t.Helper()
	return s.embedded.Metric(t, "hindsight_broker_trimmed_records_total")
}

func (s *stack) awaitTrimmed(t testing.TB, want int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d records are let go", want), func() error {
		if n := s.trimmed(t); n < want {
			return fmt.Errorf("%d are", n)
		}
		return nil
	})
}

// awaitTrimmedToRest waits until the log lets nothing go any more.
func (s *stack) awaitTrimmedToRest(t testing.TB) {
	t.Helper()
	before := -1
	eventually(t, "the log lets nothing go any more", func() error {
		now := s.trimmed(t)
		if now == before {
			return nil
		}
		before = now
		time.Sleep(200 * time.Millisecond) // ten rounds
		return fmt.Errorf("%d records, and more", now)
	})
}
