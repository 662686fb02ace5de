package chaos

import (
	"fmt"
	"testing"
	"time"

	"hindsight/internal/deadletter"
	"hindsight/internal/eventlog"
	"hindsight/internal/fault"
	"hindsight/internal/store/storetest"
	"hindsight/internal/wire"
)

// rawTables is how many inserts a batch makes at once: into all tables but the two derived ones.
var rawTables = len(storetest.Tables()) - 2

// erasedTables is from how many tables an erasure deletes: all but page_days, consents and style_sheets.
var erasedTables = len(storetest.Tables()) - 3

// deaths are the fault points, each with the passings at which the process is killed there.
func deaths() []string {
	var all []string
	for _, point := range fault.Points() {
		passings := []int{1}
		switch {
		case point != fault.BeforeInsert && point != fault.AfterInsert:
		case long():
			passings = passings[:0]
			for n := range rawTables {
				passings = append(passings, n+1)
			}
		default:
			passings = []int{rawTables / 2}
		}
		for _, n := range passings {
			all = append(all, fmt.Sprintf("%s:%d:kill", point, n))
		}
	}
	return all
}

// TestProcessorKilledAtEveryPoint ends a processor at each named point between reading and crossing out, each time in
// the middle of new records, and compares.
func TestProcessorKilledAtEveryPoint(t *testing.T) {
	t.Parallel()
	baseline(t)
	all := deaths()
	// On two installations at once: most of the time goes by while the log waits for a sign of life of the dead.
	for i, orders := range [][]string{all[:len(all)/2], all[len(all)/2:]} {
		t.Run(fmt.Sprint(i+1), func(t *testing.T) {
			t.Parallel()
			killedAt(t, orders)
		})
	}
}

func killedAt(t *testing.T, orders []string, brokers ...string) {
	s := newStack(t, brokers...)
	in := s.feeder(t)
	pieces, before := parts(frames(t), len(orders)+1), len(s.letters(t))
	for i, order := range orders {
		in.mustFeed(t, pieces[i])
		// What no batch of the input has: a record that goes to the dead letters.
		in.broken(t, uint32(i+1))
		s.processor(t, order).AwaitKilled(t, order)
	}
	in.mustFeed(t, pieces[len(orders)])
	p := s.processor(t, "")
	s.compare(t)
	t.Logf("killed at %v", orders)

	if n := len(s.letters(t)) - before; n != len(orders) {
		t.Errorf("%d dead letters of %d broken records", n, len(orders))
	}
	s.stop(t, p)
}

// letters are the dead letters.
func (s *stack) letters(t testing.TB) []deadletter.Letter {
	t.Helper()
	var letters []deadletter.Letter
	// Apache Kafka has to find a leader for a topic that was just made.
	eventually(t, "the dead letters can be read", func() (err error) {
		letters, err = deadletter.Read(t.Context(), s.log(t))
		return err
	})
	return letters
}

// broken appends a record that cannot be decoded.
func (f *feeder) broken(t testing.TB, sequence uint32) {
	t.Helper()
	f.append(t, &eventlog.Record{
		Site: siteID, Session: wire.SessionID{1}, Document: wire.DocumentID{1}, Sequence: sequence, Received: time.Now(),
		Via: eventlog.ViaWebSocket, Agent: agent, Frame: append([]byte("H\x01"), make([]byte, 94)...),
	})
}

// TestProcessorKilledAtRandom kills processors at moments drawn from a printed seed while records keep coming.
func TestProcessorKilledAtRandom(t *testing.T) {
	t.Parallel()
	baseline(t)
	random := seed(t)
	kills := 5
	if long() {
		kills = 50
	}
	s := newStack(t)
	in := s.feeder(t)
	work := 0
	for _, part := range parts(frames(t), kills) {
		p := s.processor(t, "").AwaitReady(t, 200)
		enough, fed := make(chan struct{}), make(chan error, 1)
		go func() { fed <- in.feedUntil(t.Context(), part, enough) }()
		time.Sleep(time.Duration(random.IntN(700)) * time.Millisecond)
		p.Kill()
		if s.lag(t) > 0 {
			work++
		}
		close(enough)
		if err := <-fed; err != nil {
			t.Fatal(err)
		}
	}
	if work == 0 {
		t.Error("every kill came when all was committed: they prove nothing")
	}
	t.Logf("%d kills, %d of them with records on their way", kills, work)
	p := s.processor(t, "")
	s.compare(t)
	s.stop(t, p)
}
