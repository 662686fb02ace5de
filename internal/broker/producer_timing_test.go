package broker_test

import (
	"context"
	"fmt"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"

	"hindsight/internal/broker"
	"hindsight/internal/eventlog"
)

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkProduce compares ways to write to the embedded log, acks=all, with
// at most 1,000 records on their way, as 1,000 connections make them. What
// counts is cpu-µs/rec: user and system time of the whole process, broker
// included.
func BenchmarkProduce(b *testing.B) {
	for _, size := range []int{2 << 10, 16 << 10} {
		for _, variant := range []string{"producer", "inside", "writer", "client"} {
			b.Run(fmt.Sprintf("%s/%d", variant, size), func(b *testing.B) { benchmarkProduce(b, variant, size) })
		}
	}
}

func benchmarkProduce(b *testing.B, variant string, size int) {
	cfg := broker.Config{Dir: b.TempDir(), TrimEvery: time.Hour, SegmentBytes: 64 << 20}
	br, err := broker.New(cfg, nopLogger)
	if err != nil {
		b.Fatal(err)
	}
	if err := br.Start(context.Background()); err != nil {
		b.Fatal(err)
	}
	defer br.Stop(context.Background())
	slots := make(chan struct{}, 1000)
	var wg sync.WaitGroup
	done := func(err error) {
		if err != nil {
			b.Error(err)
		}
		<-slots
		wg.Done()
	}
	appendRecord, closeAll := produceVariant(b, variant, br, done)
	frame := make([]byte, size)
	b.ReportAllocs()
	b.ResetTimer()
	start := cpuTime()
	for i := range b.N {
		slots <- struct{}{}
		wg.Add(1)
		appendRecord(&eventlog.Record{
			Site: "site-1", Session: [16]byte{14: byte(i >> 8), 15: byte(i)}, Document: [16]byte{1}, Sequence: uint32(i),
			Received: time.Now(), Via: eventlog.ViaWebSocket, Agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", Address: frame[:48], Frame: frame,
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64((cpuTime()-start).Microseconds())/float64(b.N), "cpu-µs/rec")
	closeAll()
}

func produceVariant(b *testing.B, variant string, br *broker.Broker, done func(error)) (appendRecord func(*eventlog.Record), closeAll func()) {
	ctx := context.Background()
	transport := &kafka.Transport{Dial: dialUnix(br.Addr())}
	switch variant {
	case "producer", "inside":
		cfg := eventlog.Config{Brokers: []string{br.Addr()}}
		if variant == "inside" {
			cfg.Dial, cfg.Lender = br.Dial, br
		}
		p, err := eventlog.NewProducer(cfg, eventlog.ProducerConfig{}, nil, nopLogger)
		if err != nil {
			b.Fatal(err)
		}
		if err := p.Start(ctx); err != nil {
			b.Fatal(err)
		}
		return func(r *eventlog.Record) {
			if err := p.Append(ctx, r, done); err != nil {
				b.Error(err)
			}
		}, func() { _ = p.Close(ctx) }
	case "writer":
		w := &kafka.Writer{
			Addr: kafka.TCP("embedded:9092"), Topic: eventlog.TopicEvents, Transport: transport, Balancer: &kafka.Hash{},
			RequiredAcks: kafka.RequireAll, Async: true, BatchTimeout: 2 * time.Millisecond, BatchSize: 1000, BatchBytes: 1 << 20,
			Completion: func(m []kafka.Message, err error) {
				for range m {
					done(err)
				}
			},
		}
		return func(r *eventlog.Record) {
			m := message(r)
			if err := w.WriteMessages(ctx, kafka.Message{Key: m.key, Value: r.Frame, Headers: m.headers}); err != nil {
				b.Error(err)
			}
		}, func() { _ = w.Close() }
	default: // kafka.Client.Produce, a goroutine for each partition
		client := &kafka.Client{Addr: kafka.TCP("embedded:9092"), Transport: transport, Timeout: 20 * time.Second}
		queues := make([]chan kafka.Record, 8)
		var wg sync.WaitGroup
		for p := range queues {
			queues[p] = make(chan kafka.Record, 1000)
			wg.Go(func() { clientLoop(b, client, p, queues[p], done) })
		}
		return func(r *eventlog.Record) {
				m := message(r)
				queues[r.Session[15]%8] <- kafka.Record{Key: kafka.NewBytes(m.key), Value: kafka.NewBytes(r.Frame), Headers: m.headers}
			}, func() {
				for _, q := range queues {
					close(q)
				}
				wg.Wait()
			}
	}
}

func clientLoop(b *testing.B, client *kafka.Client, partition int, queue chan kafka.Record, done func(error)) {
	for r := range queue {
		time.Sleep(time.Millisecond)
		batch := []kafka.Record{r}
		for len(queue) > 0 && len(batch) < 60 {
			batch = append(batch, <-queue)
		}
		res, err := client.Produce(context.Background(), &kafka.ProduceRequest{
			Topic: eventlog.TopicEvents, Partition: partition, RequiredAcks: kafka.RequireAll, Records: kafka.NewRecordReader(batch...),
		})
		if err == nil {
			err = res.Error
		}
		if err != nil {
			b.Error(err)
		}
		for range batch {
			done(nil)
		}
	}
}
