package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"hindsight/internal/eventlog"
	"hindsight/internal/store/storetest"
	"hindsight/internal/wire"
	"hindsight/internal/wire/wiretest"
)

const (
	siteID = "shop"
	agent  = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
)

// sessions of the input; each has one document or two with two to five batches each.
const sessions = 60

// input is what every suite sends. Only the order in which documents take turns, and the moments of the faults, are
// drawn from a suite's own seed.
var input = sync.OnceValues(func() ([][]byte, error) {
	return wiretest.Visits(rand.New(rand.NewPCG(7, 7)), wire.DayOf(time.Now())-2, sessions)
})

// frames gives a suite the input: copies, since sent_at is written anew at each sending.
func frames(t testing.TB) [][]byte {
	t.Helper()
	all, err := input()
	if err != nil {
		t.Fatal(err)
	}
	out := make([][]byte, len(all))
	for i := range all {
		out[i] = slices.Clone(all[i])
	}
	return out
}

// seed draws and prints the seed of a suite.
func seed(t testing.TB) *rand.Rand {
	t.Helper()
	n := uint64(time.Now().UnixNano())
	t.Logf("seed %d", n)
	return rand.New(rand.NewPCG(n, 1))
}

// parts cuts frames into n parts of about one size; none is empty.
func parts(frames [][]byte, n int) [][][]byte {
	out := make([][][]byte, n)
	for i := range out {
		out[i] = frames[len(frames)*i/n : len(frames)*(i+1)/n]
	}
	return out
}

// inTurns puts frames in the order of their sequence numbers: documents take turns.
func inTurns(t testing.TB, frames [][]byte) [][]byte {
	t.Helper()
	slices.SortStableFunc(frames, func(a, b []byte) int { return int(sequence(t, a)) - int(sequence(t, b)) })
	return frames
}

// feeder appends frames to the log as a collector does.
type feeder struct {
	p     *eventlog.Producer
	agent string // whose frames these are; empty: agent's
}

func (s *stack) feeder(t testing.TB) *feeder {
	t.Helper()
	p, err := eventlog.NewProducer(s.log(t), eventlog.ProducerConfig{}, nil, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	if err := eventlog.EnsureTopics(t.Context(), s.log(t)); err != nil {
		t.Fatal(err)
	}
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = p.Close(ctx)
	})
	return &feeder{p: p}
}

// feed appends frames with a pause after each, and returns when the log has acknowledged them all.
func (f *feeder) feed(ctx context.Context, frames [][]byte, pause time.Duration) error {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var failed error
	for _, frame := range frames {
		rec, err := record(frame)
		if err != nil {
			return err
		}
		if f.agent != "" {
			rec.Agent = f.agent
		}
		wg.Add(1)
		err = f.p.Append(ctx, rec, func(err error) {
			mu.Lock()
			if err != nil {
				failed = err
			}
			mu.Unlock()
			wg.Done()
		})
		if err != nil {
			return fmt.Errorf("append: %w", err)
		}
		time.Sleep(pause)
	}
	wg.Wait()
	return failed
}

func (f *feeder) mustFeed(t testing.TB, frames [][]byte) {
	t.Helper()
	if err := f.feed(t.Context(), frames, 0); err != nil {
		t.Fatal(err)
	}
}

// append appends one record and waits for its ack.
func (f *feeder) append(t testing.TB, rec *eventlog.Record) {
	t.Helper()
	done := make(chan error, 1)
	err := f.p.Append(t.Context(), rec, func(err error) { done <- err })
	if err == nil {
		err = <-done
	}
	if err != nil {
		t.Fatal(err)
	}
}

// feedUntil appends frames one by one, slowly until somebody has enough, then the rest at once. When all are appended
// and nobody has enough yet it begins again with them: a tracker that resends.
func (f *feeder) feedUntil(ctx context.Context, frames [][]byte, enough <-chan struct{}) error {
	for {
		for i := range frames {
			select {
			case <-enough:
				return f.feed(ctx, frames, 0)
			case <-time.After(10 * time.Millisecond):
			}
			if err := f.feed(ctx, frames[i:i+1], 0); err != nil {
				return err
			}
		}
	}
}

func record(frame []byte) (*eventlog.Record, error) {
	h, err := wire.ParseHeader(frame)
	if err != nil {
		return nil, err
	}
	return &eventlog.Record{
		Site: siteID, Session: h.Session, Document: h.Document, Sequence: h.Sequence, Consent: uint8(h.Consent),
		Received: time.UnixMilli(int64(h.SentAt) + 20), Via: eventlog.ViaWebSocket, Agent: agent, Frame: frame,
	}, nil
}

// undisturbed is what the store holds after a run of the input in which nothing happens.
var undisturbed struct {
	sync.Mutex
	dump map[string][]storetest.Row
}

func baseline(t testing.TB) map[string][]storetest.Row {
	t.Helper()
	undisturbed.Lock()
	defer undisturbed.Unlock()
	if undisturbed.dump != nil {
		return undisturbed.dump
	}
	s := newStack(t)
	s.feeder(t).mustFeed(t, frames(t))
	p := s.processor(t, "")
	s.settled(t)
	dump := s.dump(t)
	for _, table := range storetest.Tables() {
		if len(dump[table]) == 0 {
			t.Fatalf("the undisturbed run leaves %s empty: a comparison would prove nothing about it", table)
		}
	}
	if n, want := len(dump["batches"]), len(frames(t)); n != want {
		t.Fatalf("the undisturbed run has %d batches of %d", n, want)
	}
	s.stop(t, p)
	undisturbed.dump = dump
	return dump
}

func (s *stack) dump(t testing.TB) map[string][]storetest.Row {
	t.Helper()
	db, err := s.store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	dump, err := storetest.DumpAll(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return dump
}

// compare waits until all is settled and holds every table, raw and derived, against the undisturbed run. What may
// differ is listed, with reasons, by store.VolatileColumns: how and when a batch arrived, and what follows from that.
func (s *stack) compare(t testing.TB) {
	t.Helper()
	s.settled(t)
	compare(t, s.dump(t))
}

// compareBut is compare without the rows of one session that the undisturbed run does not have.
func (s *stack) compareBut(t testing.TB, session wire.SessionID) {
	t.Helper()
	s.settled(t)
	dump := s.dump(t)
	for table, rows := range dump {
		dump[table] = slices.DeleteFunc(rows, func(r storetest.Row) bool { return r["session"] == upper(session) })
	}
	compare(t, dump)
}

// upper is how a dump writes a session's id.
func upper(session wire.SessionID) string { return strings.ToUpper(session.String()) }

func compare(t testing.TB, got map[string][]storetest.Row) {
	t.Helper()
	if diff := storetest.Compare(baseline(t), got); len(diff) > 0 {
		t.Fatalf("%d differences to the undisturbed run, such as\n%s", len(diff), strings.Join(diff[:min(len(diff), 20)], "\n"))
	}
	rows := 0
	for _, table := range got {
		rows += len(table)
	}
	t.Logf("%d rows of %d tables are those of the undisturbed run", rows, len(got))
}
