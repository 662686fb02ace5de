package collector

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hindsight/internal/eventlog"
	"hindsight/internal/seal"
	"hindsight/internal/site"
	"hindsight/internal/wire"
)

// instantLog has everything at once: what is measured is the collector alone.
type instantLog struct{}

func (instantLog) Append(_ context.Context, _ *eventlog.Record, done func(error)) error {
	done(nil)
	return nil
}

func (instantLog) AppendErasure(context.Context, *eventlog.Erasure) error { return nil }

func (instantLog) Healthy() error { return nil }

// benchServer is a collector with no limits before a log, at a real socket.
func benchServer(b *testing.B, log Log) *httptest.Server {
	c := New(Config{}, Deps{
		Sites: &siteList{sites: map[string]site.Site{testKey: testSite()}}, Log: log,
		Sealer: seal.NewRandomSealer(), Metrics: prometheus.NewRegistry(), Logger: zap.NewNop(),
	})
	server := httptest.NewServer(c.Handler())
	b.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := c.Stop(ctx); err != nil {
			b.Error(err)
		}
		server.Close()
	})
	return server
}

// ackServer is the bare minimum to compare with: it reads into a pooled buffer,
// throws away and acknowledges.
func ackServer(b *testing.B) *httptest.Server {
	var writers sync.Pool
	up := newUpgrader(&writers, newMetrics(nil).handshakes)
	pool := newBufferPool(64, time.Second, nil)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := up.Upgrade(w, r, http.Header{"Sec-Websocket-Protocol": {wire.Subprotocol}})
		if err != nil {
			return
		}
		defer ws.Close()
		var n uint64
		var room [64]byte
		for {
			kind, reader, err := ws.NextReader()
			if err != nil {
				return
			}
			buf, err := pool.read(r.Context(), reader, 1, nil)
			pool.put(buf)
			if err != nil {
				return
			}
			reply := wire.AppendWelcome(nil, wire.Welcome{})
			if kind == websocket.BinaryMessage {
				n++
				reply = wire.AppendAck(room[:0], n)
			}
			if err := ws.WriteMessage(websocket.TextMessage, reply); err != nil {
				return
			}
		}
	}))
	b.Cleanup(server.Close)
	return server
}

func benchDial(b *testing.B, server *httptest.Server) *websocket.Conn {
	dialer := websocket.Dialer{Subprotocols: []string{wire.Subprotocol}, ReadBufferSize: 256, WriteBufferPool: &sync.Pool{}}
	ws, _, err := dialer.Dial("ws"+strings.TrimPrefix(server.URL, "http")+"/v1/stream?site="+testKey, http.Header{"Origin": {testOrigin}})
	if err != nil {
		b.Fatal(err)
	}
	if err := ws.WriteMessage(websocket.TextMessage, wire.AppendHello(nil, wire.Hello{Tracker: "0"})); err != nil {
		b.Fatal(err)
	}
	if _, _, err := ws.ReadMessage(); err != nil {
		b.Fatal(err)
	}
	return ws
}

// BenchmarkFrames measures CPU time of server and clients together for a frame
// and its ack, 64 connections, one frame in flight on each.
func BenchmarkFrames(b *testing.B) {
	for _, size := range []int{2 << 10, 16 << 10} {
		frame, err := wire.EncodeFrame(wire.Header{Session: wire.NewSessionID(wire.DayOf(time.Now())), Sequence: 1, Consent: wire.ConsentGranted},
			nil, make([]byte, size), wire.CodecNone)
		if err != nil {
			b.Fatal(err)
		}
		for name, server := range map[string]func(*testing.B) *httptest.Server{
			"ack":       ackServer,
			"collector": func(b *testing.B) *httptest.Server { return benchServer(b, instantLog{}) },
		} {
			b.Run(fmt.Sprintf("%s/%dKB", name, size>>10), func(b *testing.B) {
				s := server(b)
				const connections = 64
				var conns [connections]*websocket.Conn
				for i := range conns {
					conns[i] = benchDial(b, s)
					defer conns[i].Close()
				}
				b.ReportAllocs()
				before := cpuTime()
				b.ResetTimer()
				var wg sync.WaitGroup
				for i, ws := range conns {
					wg.Go(func() {
						for n := i; n < b.N; n += connections {
							if ws.WriteMessage(websocket.BinaryMessage, frame) != nil {
								b.Error("write failed")
								return
							}
							if _, _, err := ws.NextReader(); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				wg.Wait()
				b.StopTimer()
				b.ReportMetric(float64((cpuTime()-before).Microseconds())/float64(b.N), "cpu-µs/frame")
			})
		}
	}
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkIdleConnections measures the memory of connections that have said
// hello, sent a frame and fallen silent, heap and stacks; the client's end, kept
// as small as it can be, is in the figure.
func BenchmarkIdleConnections(b *testing.B) {
	const connections = 1000
	frame, err := wire.EncodeFrame(wire.Header{Session: wire.NewSessionID(wire.DayOf(time.Now())), Sequence: 1, Consent: wire.ConsentGranted},
		nil, make([]byte, 2<<10), wire.CodecNone)
	if err != nil {
		b.Fatal(err)
	}
	for range b.N {
		s := benchServer(b, instantLog{})
		heap, stack := memory()
		var raw []*websocket.Conn
		for range connections {
			ws := benchDial(b, s)
			if err := ws.WriteMessage(websocket.BinaryMessage, frame); err != nil {
				b.Fatal(err)
			}
			if _, _, err := ws.ReadMessage(); err != nil {
				b.Fatal(err)
			}
			raw = append(raw, ws)
		}
		heapNow, stackNow := memory()
		b.ReportMetric(float64(heapNow-heap)/connections, "heap-B/pair")
		b.ReportMetric(float64(stackNow-stack)/connections, "stack-B/pair")
		for _, ws := range raw {
			_ = ws.Close()
		}
	}
}

func memory() (heap, stack uint64) {
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc, m.StackInuse
}
