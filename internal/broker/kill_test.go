package broker

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"hindsight/internal/eventlog"
)

func childConfig(dir string) eventlog.Config {
	return eventlog.Config{
		Brokers:        []string{"unix:" + filepath.Join(dir, "log.sock")},
		SessionTimeout: 2 * time.Second, HeartbeatInterval: 100 * time.Millisecond,
	}
}

func testRecord(seq uint32, size int) *eventlog.Record {
	return &eventlog.Record{
		Site: "kill", Session: [16]byte{15: byte(seq % 5)}, Document: [16]byte{1}, Sequence: seq,
		Received: time.Now(), Via: eventlog.ViaWebSocket, Frame: make([]byte, size),
	}
}

func startProducer(t *testing.T, dir string) *eventlog.Producer {
	t.Helper()
	p, err := eventlog.NewProducer(childConfig(dir), eventlog.ProducerConfig{RequestTimeout: 5 * time.Second}, nil, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

// produce writes records from..to and returns when all are acknowledged.
func produce(t *testing.T, dir string, from, to uint32, size int) {
	t.Helper()
	p := startProducer(t, dir)
	var wg sync.WaitGroup
	for seq := from; seq <= to; seq++ {
		wg.Add(1)
		err := p.Append(t.Context(), testRecord(seq, size), func(err error) {
			if err != nil {
				t.Errorf("record %d: %v", seq, err)
			}
			wg.Done()
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := p.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

// consume reads with the processor's group until all of from..to were seen, and
// commits everything it read.
func consume(t *testing.T, dir string, from, to uint32) map[uint32]int {
	t.Helper()
	c, err := eventlog.NewConsumer(childConfig(dir), DefaultGroup, nil, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	seen := map[uint32]int{}
	missing := func() (n int) {
		for seq := from; seq <= to; seq++ {
			if seen[seq] == 0 {
				n++
			}
		}
		return n
	}
	err = c.Run(ctx, func(gctx context.Context, g *eventlog.Generation) error {
		next := map[int]int64{}
		for missing() > 0 {
			got, err := g.Fetch(gctx, 0, 1<<20, 100*time.Millisecond)
			if err != nil {
				return nil
			}
			for i := range got {
				r, err := eventlog.DecodeRecord(&got[i])
				if err != nil {
					return err
				}
				seen[r.Sequence]++
				next[got[i].Partition] = got[i].Offset + 1
			}
		}
		if err := g.Commit(gctx, next); err != nil {
			return err
		}
		cancel()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := missing(); n > 0 {
		t.Fatalf("%d of the records %d to %d were not seen", n, from, to)
	}
	return seen
}

// TestTrimThenKill: whatever the size of the log, trimming and a kill make the
// group miss nothing that is acknowledged afterwards, and nothing comes twice.
func TestTrimThenKill(t *testing.T) {
	for _, n := range []uint32{1, 2, 7, 20, 33, 50, 51, 52, 53, 100, 150, 333} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			dir := t.TempDir()
			c := startChild(t, dir)
			// In several requests: a segment ends at a batch's end only.
			for from := uint32(1); from <= n; from += 5 {
				produce(t, dir, from, min(n, from+4), 300)
			}
			consume(t, dir, 1, n)
			c.do(t, "trim")
			c.kill(t)
			c = startChild(t, dir)
			if n >= 100 {
				if left := segmentCount(t, dir); left > 2*3 { // per partition: two kept, one begun
					t.Errorf("%d segments are left", left)
				}
			}
			produce(t, dir, n+1, n+20, 300)
			for seq, times := range consume(t, dir, n+1, n+20) {
				if seq <= n || times != 1 {
					t.Errorf("record %d came %d times", seq, times)
				}
			}
			if log := c.kill(t); strings.Contains(log, "outside the embedded log") {
				t.Errorf("the log lost its place: %s", log)
			}
		})
	}
}

func segmentCount(t *testing.T, dir string) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "data", "partitions", eventlog.TopicEvents+"-*", "*.dat"))
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

// TestTrimmedToTheEnd is the trap itself: a partition trimmed to its end begins
// at 0 after a kill. The start has to notice it, before anybody may write, and
// to say so.
func TestTrimmedToTheEnd(t *testing.T) {
	dir := t.TempDir()
	c := startChild(t, dir)
	produce(t, dir, 1, 100, 300)
	consume(t, dir, 1, 100)
	c.do(t, "trim to the end")
	c.kill(t)
	c = startChild(t, dir)
	produce(t, dir, 101, 200, 300)
	consume(t, dir, 101, 200)
	if log := c.kill(t); !strings.Contains(log, "a commit lies outside the embedded log") {
		t.Errorf("the start said nothing of it: %s", log)
	}
}

// TestKillLosesNothing kills the broker again and again while records come.
func TestKillLosesNothing(t *testing.T) {
	dir := t.TempDir()
	c := startChild(t, dir)
	p := startProducer(t, dir)
	var (
		mu    sync.Mutex
		acked = map[uint32]int{}
		step  = make(chan struct{}, 1)
	)
	const rounds, perRound = 5, 400
	appended := make(chan error, 1)
	go func() {
		for seq := uint32(1); seq <= rounds*perRound; seq++ {
			err := p.Append(t.Context(), testRecord(seq, 500), func(err error) {
				mu.Lock()
				if err == nil {
					acked[seq]++
				}
				n := len(acked)
				mu.Unlock()
				if n%perRound == perRound/2 {
					select {
					case step <- struct{}{}:
					default:
					}
				}
			})
			if err != nil {
				appended <- err
				return
			}
			if seq%20 == 0 {
				time.Sleep(time.Millisecond) // spreads the kills over requests; decides nothing
			}
		}
		appended <- nil
	}()
	for range 3 {
		select {
		case <-step:
		case <-time.After(time.Minute):
			t.Fatal("no record is acknowledged any more")
		}
		c.kill(t)
		c = startChild(t, dir)
	}
	if err := <-appended; err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := p.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if len(acked) != rounds*perRound {
		t.Fatalf("%d records of %d were acknowledged", len(acked), rounds*perRound)
	}
	for seq, times := range acked {
		if times != 1 {
			t.Errorf("record %d was acknowledged %d times", seq, times)
		}
	}
	c.kill(t)
	startChild(t, dir)
	consume(t, dir, 1, rounds*perRound)
}
