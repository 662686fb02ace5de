package broker

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"hindsight/internal/eventlog"
)

func startBroker(t *testing.T, cfg Config) *Broker {
	t.Helper()
	b := newBroker(t, cfg)
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopBroker(t, b) })
	return b
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never came: %s", what)
		}
	}
}

// TestBrokersOwnLimit: a broker that takes less than it should refuses one
// record, and not those that shared its batch.
func TestBrokersOwnLimit(t *testing.T) {
	dir := t.TempDir()
	b := startBroker(t, Config{Dir: dir, Partitions: 1})
	if err := b.admin.configureTopic(t.Context(), eventlog.TopicEvents, map[string]string{"max.message.bytes": "3000"}); err != nil {
		t.Fatal(err)
	}
	p := startProducer(t, dir)
	var mu sync.Mutex
	var wg sync.WaitGroup
	told := map[uint32][]error{}
	for seq := uint32(1); seq <= 60; seq++ {
		size := 200
		if seq == 17 || seq == 40 {
			size = 5000
		}
		wg.Add(1)
		if err := p.Append(t.Context(), testRecord(seq, size), func(err error) {
			mu.Lock()
			told[seq] = append(told[seq], err)
			mu.Unlock()
			wg.Done()
		}); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for seq := uint32(1); seq <= 60; seq++ {
		var want error
		if seq == 17 || seq == 40 {
			want = eventlog.ErrTooLarge
		}
		if len(told[seq]) != 1 || !errors.Is(told[seq][0], want) {
			t.Errorf("record %d was told %v", seq, told[seq])
		}
	}
	seen := consume(t, dir, 41, 60)
	if len(seen) != 58 || seen[17] != 0 || seen[40] != 0 {
		t.Errorf("%d records are in the log", len(seen))
	}
}

// TestDiskFull: what a full disk looks like (UNKNOWN_SERVER_ERROR). Nothing is
// acknowledged, health says so, and everything goes on when there is room.
func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	b := startBroker(t, Config{Dir: dir, Partitions: 1})
	// A file where the partition's directory has to be made fails every write.
	partition := filepath.Join(b.dataDir(), "partitions", eventlog.TopicEvents+"-0")
	if err := os.MkdirAll(filepath.Dir(partition), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(partition); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(partition, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p := startProducer(t, dir)
	done := make(chan error, 10)
	for seq := uint32(1); seq <= 5; seq++ {
		if err := p.Append(t.Context(), testRecord(seq, 100), func(err error) { done <- err }); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "an unhealthy producer", func() bool { return p.Healthy() != nil })
	if len(done) != 0 {
		t.Fatal("a record that is not in the log was acknowledged")
	}
	if err := os.Remove(partition); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "a healthy producer", func() bool { return p.Healthy() == nil })
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	consume(t, dir, 1, 5)
}

// TestBound: Append blocks when too much is waiting, and Close tells those who
// wait and those whose records are left.
func TestBound(t *testing.T) {
	dir := t.TempDir()
	b := newBroker(t, Config{Dir: dir, Partitions: 1})
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err := eventlog.NewProducer(childConfig(dir), eventlog.ProducerConfig{MaxPendingBytes: 1}, nil, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	early, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := p.Append(early, testRecord(1, 1), func(error) { t.Error("told") }); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("before the start: %v", err)
	}
	if p.Healthy() == nil {
		t.Fatal("healthy before the log was reached")
	}
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the log", func() bool { return p.Healthy() == nil })
	stopBroker(t, b)

	told := make(chan error, 10)
	taken := 0
	for {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		err := p.Append(ctx, testRecord(1, 500_000), func(err error) { told <- err })
		cancel()
		if err != nil {
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
			break
		}
		taken++
	}
	if taken != 4 { // 2 MiB, the least bound
		t.Fatalf("%d records of 500,000 bytes were taken", taken)
	}
	blocked := make(chan error, 1)
	go func() {
		blocked <- p.Append(t.Context(), testRecord(1, 500_000), func(error) { t.Error("told") })
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := p.Close(ctx); !errors.Is(err, eventlog.ErrClosed) {
		t.Fatalf("close: %v", err)
	}
	for range taken {
		if err := <-told; !errors.Is(err, eventlog.ErrClosed) {
			t.Fatalf("told %v", err)
		}
	}
	if err := <-blocked; !errors.Is(err, eventlog.ErrClosed) {
		t.Fatalf("the one that waited: %v", err)
	}
}

// TestRetention: dead letters go by age, events never do.
func TestRetention(t *testing.T) {
	dir := t.TempDir()
	b := startBroker(t, Config{Dir: dir, Partitions: 1, TrimEvery: 20 * time.Millisecond, DeadLetterRetention: time.Millisecond})
	produce(t, dir, 1, 5, 100)
	d, err := eventlog.NewDeadLetter(childConfig(dir), nil, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	refused := eventlog.Refused{LogID: b.ID(), Record: &eventlog.Fetched{Offset: 1}, Reason: "test"}
	if err := d.Write(t.Context(), refused); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end of the dead letter", func() bool {
		info := b.cluster.PartitionInfo(eventlog.TopicDeadLetter, 0)
		return info.LogStartOffset == 1
	})
	if info := b.cluster.PartitionInfo(eventlog.TopicEvents, 0); info.LogStartOffset != 0 || info.HighWatermark != 5 {
		t.Fatalf("events: %+v", info)
	}
}

// TestSync: with fsync of every batch the log works the same, and what it wrote
// is read by a broker without.
func TestSync(t *testing.T) {
	dir := t.TempDir()
	b := newBroker(t, Config{Dir: dir, Partitions: 2, Sync: true})
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	produce(t, dir, 1, 200, 500)
	t.Logf("200 records with fsync: %v", time.Since(start))
	consume(t, dir, 1, 100)
	stopBroker(t, b)
	c := startChild(t, dir)
	produce(t, dir, 201, 210, 500)
	consume(t, dir, 201, 210)
	c.kill(t)
}
