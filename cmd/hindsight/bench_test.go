package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hindsight/collector"
	"hindsight/internal/bench"
	"hindsight/internal/eventlog"
	"hindsight/internal/seal"
	"hindsight/internal/site"
)

type oneSite struct{ only site.Site }

func (s oneSite) Site(key string) (site.Site, bool) { return s.only, key == s.only.Key }

// collect starts a real collector before a real log.
func collect(t *testing.T) (at eventlog.Config, address string) {
	t.Helper()
	at = logIn(t, t.TempDir())
	if err := eventlog.EnsureTopics(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	producer, err := eventlog.NewProducer(at, eventlog.ProducerConfig{}, nil, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	if err := producer.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := site.New("Bench", "https://bench.example")
	s.Key = "bench-key"
	c := collector.New(collector.DefaultConfig(), collector.Deps{
		Sites: oneSite{s}, Log: producer, Sealer: seal.NewRandomSealer(), Metrics: prometheus.NewRegistry(), Logger: zap.NewNop(),
	})
	server := httptest.NewServer(c.Handler())
	t.Cleanup(func() {
		ctx := context.Background()
		if err := errors.Join(c.Stop(ctx), producer.Close(ctx)); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return at, server.URL
}

// cutter forwards connections and breaks each of the first ones after so many
// bytes of the collector's answers.
func cutter(t *testing.T, target string, first int, after int64) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); wg.Wait() })
	wg.Go(func() {
		for n := 0; ; n++ {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", strings.TrimPrefix(target, "http://"))
			if err != nil {
				_ = in.Close()
				continue
			}
			end := sync.OnceFunc(func() { _ = in.Close(); _ = out.Close() })
			wg.Go(func() { defer end(); _, _ = io.Copy(out, in) })
			wg.Go(func() {
				defer end()
				if n < first {
					_, _ = io.CopyN(in, out, after)
					_, _ = out.Read(make([]byte, 1)) // an ack that the client never hears of
					return
				}
				_, _ = io.Copy(in, out)
			})
		}
	})
	return "http://" + l.Addr().String()
}

// TestBench: every frame that is said to be acked is in the log, also when
// connections break under way; each is one batch, however often it was sent.
func TestBench(t *testing.T) {
	at, address := collect(t)
	through := cutter(t, address, 4, 380) // behind the welcome, among the first acks
	out, err := invoke(t, "bench", "--collector", through, "--site", "bench-key", "--origin", "https://bench.example",
		"--connections", "5", "--bytes", "1500", "--rate", "400", "--duration", "2s", "--drain", "1m", "--json")
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var r bench.Result
	if err := json.Unmarshal([]byte(out[strings.Index(out, "{"):]), &r); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if !r.Good() || r.Resent == 0 || r.Closes[1006] == 0 || r.Bytes != 1500*(r.Sent+r.Resent) || r.P50 <= 0 || r.P99 < r.P50 || r.Max < r.P99 {
		t.Errorf("%+v", r)
	}
	type batch struct {
		document [16]byte
		sequence uint32
	}
	found := map[batch]bool{}
	cluster, err := eventlog.Inspect(t.Context(), at, processorGroup)
	if err != nil {
		t.Fatal(err)
	}
	consumer, err := eventlog.NewConsumer(at, "count", nil, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	left := cluster.Lag
	err = consumer.Run(ctx, func(ctx context.Context, g *eventlog.Generation) error {
		for left > 0 {
			records, err := g.Fetch(ctx, 1000, 16<<20, time.Second)
			if err != nil {
				return err
			}
			for i := range records {
				d, err := eventlog.DecodeRecord(&records[i])
				if err != nil {
					t.Error(err)
				}
				found[batch{d.Document, d.Sequence}] = true
				left--
			}
		}
		cancel()
		return nil
	})
	if err != nil || left != 0 || uint64(len(found)) != r.Acked {
		t.Errorf("%v: the log holds %d batches, %d were acked; %d records were not read", err, len(found), r.Acked, left)
	}
}

// TestBenchSaysWhatIsWrong: an unknown site, a port where nobody listens, and a target that nobody allowed.
func TestBenchSaysWhatIsWrong(t *testing.T) {
	_, address := collect(t)
	if _, err := invoke(t, "bench", "--collector", address, "--site", "another", "--origin", "https://bench.example", "--connections", "2", "--duration", "1s"); err == nil ||
		!strings.Contains(err.Error(), "unknown_site") {
		t.Errorf("an unknown site: %v", err)
	}
	if _, err := invoke(t, "bench", "--collector", "http://127.0.0.1:1", "--site", "x", "--origin", "https://bench.example", "--connections", "1", "--duration", "2s", "--drain", "0s"); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("nobody listens: %v", err)
	}
	var usage *usageError
	if _, err := invoke(t, "bench", "--collector", "http://192.0.2.1", "--origin", "https://bench.example"); !errors.As(err, &usage) || !strings.Contains(err.Error(), "--remote") {
		t.Errorf("another machine: %v", err)
	}
}

// TestBenchLine: who watches sees time go by and why nothing happens.
func TestBenchLine(t *testing.T) {
	var line strings.Builder
	printBenchLine(&line, bench.Result{Elapsed: 7.2, Failed: 3, Trouble: "connection refused"})
	if text := line.String(); !strings.Contains(text, "   7 s  0 connected") || !strings.Contains(text, "connection refused") {
		t.Errorf("%q", text)
	}
	line.Reset()
	printBenchLine(&line, bench.Result{Elapsed: 8, Connected: 2, Trouble: "connection refused"})
	if strings.Contains(line.String(), "refused") {
		t.Errorf("what is over is still told: %q", line.String())
	}
}
