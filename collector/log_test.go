package collector

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hindsight/internal/broker"
	"hindsight/internal/eventlog"
	"hindsight/internal/wire"
)

// realLog is the embedded log and the producer of a collector.
type realLog struct {
	*eventlog.Producer
	broker *broker.Broker
	cfg    eventlog.Config
}

func startLog(t *testing.T) *realLog {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	b, err := broker.New(broker.Config{Dir: t.TempDir()}, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Start(ctx); err != nil {
		t.Fatal(err)
	}
	cfg := eventlog.Config{Brokers: []string{b.Addr()}, SessionTimeout: 2 * time.Second, HeartbeatInterval: 100 * time.Millisecond}
	if err := eventlog.EnsureTopics(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	p, err := eventlog.NewProducer(cfg, eventlog.ProducerConfig{}, prometheus.NewRegistry(), zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := p.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := b.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return &realLog{p, b, cfg}
}

// read reads n frames back as a processor does.
func (l *realLog) read(t *testing.T, n int) []eventlog.Record {
	t.Helper()
	var records []eventlog.Record
	for _, f := range l.fetch(t, n) {
		r, err := eventlog.DecodeRecord(&f)
		if err != nil {
			t.Error(err)
		}
		records = append(records, r)
	}
	return records
}

// fetch reads n records, in the order of each partition.
func (l *realLog) fetch(t *testing.T, n int) []eventlog.Fetched {
	t.Helper()
	consumer, err := eventlog.NewConsumer(l.cfg, "test", prometheus.NewRegistry(), zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var records []eventlog.Fetched
	err = consumer.Run(ctx, func(ctx context.Context, g *eventlog.Generation) error {
		for len(records) < n {
			fetched, err := g.Fetch(ctx, 1000, 8<<20, time.Second)
			if err != nil {
				return err
			}
			records = append(records, fetched...)
		}
		cancel()
		return nil
	})
	if len(records) < n {
		t.Fatalf("%d of %d records: %v", len(records), n, err)
	}
	return records
}

// Everything that was acknowledged is in the log, byte for byte, and a
// session's batches keep their order.
func TestAcknowledgedIsInTheLog(t *testing.T) {
	log := startLog(t)
	g := newRig(t, log, nil)
	const connections, frames = 4, 50
	sent := make([][][]byte, connections)
	var wg sync.WaitGroup
	for i := range connections {
		session, document := wire.NewSessionID(wire.DayOf(g.now())), wire.NewDocumentID()
		c := g.connect()
		for n := range frames {
			signals := fmt.Sprintf(`{"origin":1,"view":%d,"path":"/","signals":[]}`, n)
			frame, err := wire.EncodeFrame(wire.Header{Session: session, Document: document, Sequence: uint32(n + 1),
				Consent: wire.ConsentGranted}, []byte(signals), bytes.Repeat([]byte("r"), n*1000), wire.Codec(n%3))
			if err != nil {
				t.Fatal(err)
			}
			sent[i] = append(sent[i], frame)
		}
		wg.Go(func() {
			acked := uint64(0)
			for n, frame := range sent[i] {
				for uint64(n) >= acked+8 { // a tracker keeps to its window
					acked = c.next().Ack
				}
				c.send(frame)
			}
			for acked < frames {
				acked = c.next().Ack
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	got := map[wire.DocumentID][]eventlog.Record{}
	for _, r := range log.read(t, connections*frames) {
		got[r.Document] = append(got[r.Document], r)
	}
	for _, frames := range sent {
		h, _ := wire.ParseHeader(frames[0])
		records := got[h.Document]
		if len(records) != len(frames) {
			t.Fatalf("%d records of a document, not %d", len(records), len(frames))
		}
		for i, r := range records {
			if !bytes.Equal(r.Frame, frames[i]) || r.Sequence != uint32(i+1) || r.Session != h.Session || len(r.Address) == 0 {
				t.Fatalf("record %d is not the frame that was sent", i)
			}
		}
	}
}

func TestBeaconIsInTheLog(t *testing.T) {
	log := startLog(t)
	g := newRig(t, log, nil)
	one, two := g.frame(1, nil), g.frame(2, nil)
	if got := g.post(t, testKey, testOrigin, append(bytes.Clone(one), two...)); got.StatusCode != 204 {
		t.Fatalf("%d %s", got.StatusCode, got.body)
	}
	for _, r := range log.read(t, 2) {
		want := one
		if r.Sequence == 2 {
			want = two
		}
		if !bytes.Equal(r.Frame, want) || r.Via != eventlog.ViaBeacon {
			t.Errorf("%+v", r)
		}
	}
}
