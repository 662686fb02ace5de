// Package logtest is the conformance suite of internal/eventlog: what a broker
// must do, whichever it is. Tests of the embedded log and of Apache Kafka run
// the very same.
package logtest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap/zaptest"

	"hindsight/internal/eventlog"
)

// Broker is what the suite runs on. Its topics must be empty.
type Broker struct {
	Config eventlog.Config
	// Restart stops the broker and starts it again on the same data and the
	// same address; it returns when the broker has begun to start.
	Restart func(t *testing.T)
}

// patience is how long anything may take before a test fails. It decides
// nothing else.
const patience = 90 * time.Second

// Run runs the suite.
func Run(t *testing.T, b Broker) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for range 2 { // the second time it has nothing to do
		if err := eventlog.EnsureTopics(ctx, b.Config); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("LogID", b.logID)
	t.Run("OrderAndContent", b.orderAndContent)
	t.Run("LargestFrame", b.largestFrame)
	t.Run("SecondMember", b.secondMember)
	t.Run("FencedCommit", b.fencedCommit)
	t.Run("Resume", b.resume)
	t.Run("Rewind", b.rewind)
	t.Run("Lag", b.lag)
	t.Run("DeadLetter", b.deadLetter)
	t.Run("LetterMarks", b.letterMarks)
	t.Run("LettersTogether", b.lettersTogether)
	t.Run("Inspect", b.inspect)
	t.Run("RestartWhileProducing", b.restartWhileProducing)
	t.Run("RestartWhileConsuming", b.restartWhileConsuming)
}

var groupNumber atomic.Int64

func newGroup(t *testing.T) string {
	return fmt.Sprintf("group-%d-%d", time.Now().UnixNano(), groupNumber.Add(1))
}

func session(n int) (id [16]byte) {
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	binary.BigEndian.PutUint16(id[:], 20000)
	return id
}

// record makes the record that number seq of session s of a test is.
func record(site string, s int, seq uint32, size int) *eventlog.Record {
	frame := make([]byte, size)
	r := rand.New(rand.NewPCG(uint64(s), uint64(seq))) //nolint:gosec // the same bytes in every run
	for i := 0; i+8 <= len(frame); i += 8 {
		binary.LittleEndian.PutUint64(frame[i:], r.Uint64())
	}
	return &eventlog.Record{
		Site: site, Session: session(s), Document: session(s + 1_000_000), Sequence: seq, Consent: uint8(seq % 5),
		Received: time.Now().Truncate(time.Millisecond).UTC(), Via: eventlog.ViaWebSocket,
		Agent: "Mozilla/5.0 (X11) Ünïcode", Address: []byte{0, 1, 2, 255, byte(seq)}, Frame: frame,
	}
}

// acks counts what the producer told about each record.
type acks struct {
	mu    sync.Mutex
	times map[int]int
	errs  map[int]error
	wg    sync.WaitGroup
}

func newAcks() *acks { return &acks{times: map[int]int{}, errs: map[int]error{}} }

func (a *acks) expect(n int) func(error) {
	a.wg.Add(1)
	return func(err error) {
		a.mu.Lock()
		a.times[n]++
		a.errs[n] = err
		first := a.times[n] == 1
		a.mu.Unlock()
		if first {
			a.wg.Done()
		}
	}
}

// wait waits for all and fails the test unless each was told exactly once.
func (a *acks) wait(t *testing.T, want map[int]error) {
	t.Helper()
	done := make(chan struct{})
	go func() { a.wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("records were not acknowledged")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for n, times := range a.times {
		if times != 1 || !errors.Is(a.errs[n], want[n]) {
			t.Fatalf("record %d was told %d times, last %v (want %v)", n, times, a.errs[n], want[n])
		}
	}
}

func (b Broker) producer(t *testing.T) *eventlog.Producer {
	t.Helper()
	p, err := eventlog.NewProducer(b.Config, eventlog.ProducerConfig{}, prometheus.NewRegistry(), zaptest.NewLogger(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

func closeProducer(t *testing.T, p *eventlog.Producer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := p.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

// produce appends records 1..n of one session and waits for them.
func (b Broker) produce(t *testing.T, records ...*eventlog.Record) {
	t.Helper()
	p := b.producer(t)
	a := newAcks()
	for i, r := range records {
		if err := p.Append(t.Context(), r, a.expect(i)); err != nil {
			t.Fatal(err)
		}
	}
	a.wait(t, nil)
	closeProducer(t, p)
}

func (b Broker) consumer(t *testing.T, group string) *eventlog.Consumer {
	t.Helper()
	c, err := eventlog.NewConsumer(b.Config, group, prometheus.NewRegistry(), zaptest.NewLogger(t))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// consume reads with a group of its own goroutine until enough says so.
// enough is called for each record; commit says whether what was seen is
// committed at the end.
func (b Broker) consume(t *testing.T, group string, commit bool, enough func(eventlog.Fetched) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	finished := false
	err := b.consumer(t, group).Run(ctx, func(gctx context.Context, g *eventlog.Generation) error {
		next := map[int]int64{}
		for {
			got, err := g.Fetch(gctx, 100, 1<<20, 200*time.Millisecond)
			if err != nil {
				return nil
			}
			for _, f := range got {
				next[f.Partition] = f.Offset + 1
				if finished = finished || enough(f); finished {
					if commit {
						if err := g.Commit(gctx, next); err != nil {
							return err
						}
					}
					cancel()
					return nil
				}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !finished {
		t.Fatal("the records that were waited for did not come")
	}
}
