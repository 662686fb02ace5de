package bench

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hindsight/internal/wire"
)

// against drives a collector that answers each frame as say tells: the number
// of the frame on its connection in, the answer out; nil ends the connection. A
// run in which the first three did not come to their second frames is tried again, longer.
func against(t *testing.T, drain time.Duration, say func(connection int64, n uint64) []byte) Result {
	t.Helper()
	for duration := 300 * time.Millisecond; ; duration *= 4 {
		if r, second := drive(t, duration, drain, say); second >= 3 || duration > time.Minute {
			return r
		}
	}
}

// drive is one run; second: how many of the first three connections came to their second frame.
func drive(t *testing.T, duration, drain time.Duration, say func(connection int64, n uint64) []byte) (r Result, second int64) {
	t.Helper()
	var connections, came atomic.Int64
	up := websocket.Upgrader{Subprotocols: []string{wire.Subprotocol}, CheckOrigin: func(*http.Request) bool { return true }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = ws.Close() }()
		connection, n := connections.Add(1), uint64(0)
		for {
			kind, raw, err := ws.ReadMessage()
			if err != nil {
				return
			}
			answer := wire.AppendWelcome(nil, wire.Welcome{MaxFrame: wire.MaxFrame, MaxUnacked: 8, MaxUnackedBytes: 1 << 20})
			if kind == websocket.BinaryMessage {
				if _, err := wire.ParseFrame(raw); err != nil {
					t.Errorf("frame: %v", err)
				}
				if n++; n == 2 && connection <= 3 {
					came.Add(1)
				}
				if answer = say(connection, n); answer == nil {
					return
				}
			}
			if len(answer) > 0 && ws.WriteMessage(websocket.TextMessage, answer) != nil {
				return
			}
		}
	}))
	defer server.Close()
	cfg := Config{Collector: server.URL, Site: "site", Origin: "https://a.example", Connections: 3, Bytes: 600, Window: 2, Duration: duration, Drain: drain}
	r, err := Run(t.Context(), cfg, nil)
	if err != nil && duration > time.Minute { // before, there may just have been no time to send anything
		t.Fatal(err)
	}
	return r, came.Load()
}

func TestAcksAreChecked(t *testing.T) {
	ack := func(n uint64) []byte { return wire.AppendAck(nil, n) }
	// Those who leave frames without an answer are waited for in vain, all others are not waited for.
	inVain := map[string]bool{"one ack for two": true, "acks nothing": true}
	for what, c := range map[string]struct {
		say  func(connection int64, n uint64) []byte
		good func(r Result) bool
	}{
		"honest": {func(_ int64, n uint64) []byte { return ack(n) }, func(r Result) bool { return r.Good() && r.Unacked == 0 && r.Resent == 0 }},
		"one ack for two": {func(_ int64, n uint64) []byte {
			if n%2 == 1 {
				return []byte{}
			}
			return ack(n)
		}, func(r Result) bool { return r.Acked > 0 && r.WrongAcks == 0 && r.Resent == 0 }},
		"acks what was not sent": {func(_ int64, n uint64) []byte { return ack(n + 1000) }, func(r Result) bool { return !r.Good() && r.WrongAcks == 3 && r.Acked == 0 }},
		"acks twice":             {func(_ int64, _ uint64) []byte { return ack(1) }, func(r Result) bool { return !r.Good() && r.WrongAcks == 3 && r.Acked == 3 }},
		"acks nothing":           {func(int64, uint64) []byte { return []byte{} }, func(r Result) bool { return !r.Good() && r.Acked == 0 && r.Unacked == r.Sent && r.Sent > 0 }},
		"refuses": {func(_ int64, n uint64) []byte {
			return wire.AppendRefuse(nil, wire.Refuse{N: n, Reason: wire.ReasonSessionDay})
		}, func(r Result) bool {
			return !r.Good() && r.Refused[string(wire.ReasonSessionDay)] == r.Sent && r.Unacked == 0
		}},
		"breaks each first connection": {func(connection int64, n uint64) []byte {
			if connection <= 3 && n == 2 {
				return nil
			}
			return ack(n)
		}, func(r Result) bool { return r.Good() && r.Resent >= 3 && r.Closes[1006] == 3 }},
	} {
		drain := time.Minute
		if inVain[what] {
			drain = 50 * time.Millisecond
		}
		if r := against(t, drain, c.say); !c.good(r) {
			t.Errorf("%s: %+v", what, r)
		}
	}
}

func TestTargets(t *testing.T) {
	cfg := DefaultConfig()
	cfg.Site, cfg.Origin = "site", "https://a.example"
	for address, remote := range map[string]bool{
		"http://127.0.0.1:8081": false, "http://127.9.9.9": false, "http://localhost:1": false, "https://[::1]:8443": false,
		"http://10.0.0.1:8081": true, "https://replay.example.com": true, "http://0.0.0.0:8081": true, "http://localhost.example.com": true,
	} {
		cfg.Collector, cfg.Remote = address, false
		if err := cfg.Validate(); errors.Is(err, ErrRemote) != remote {
			t.Errorf("%s: %v", address, err)
		}
		cfg.Remote = true
		if err := cfg.Validate(); err != nil {
			t.Errorf("%s, wanted: %v", address, err)
		}
	}
	cfg.Collector = "http://10.0.0.1"
	cfg.Remote = false
	if _, err := Run(context.Background(), cfg, nil); !errors.Is(err, ErrRemote) {
		t.Errorf("it was driven: %v", err)
	}
	for what, change := range map[string]func(*Config){
		"no address": func(c *Config) { c.Collector = "127.0.0.1" }, "no site": func(c *Config) { c.Site = "" }, "small frames": func(c *Config) { c.Bytes = 10 },
		"large frames": func(c *Config) { c.Bytes = wire.MaxFrame + 1 }, "nobody": func(c *Config) { c.Connections = 0 }, "no time": func(c *Config) { c.Duration = 0 },
		"no rate": func(c *Config) { c.Rate = math.NaN() }, "a negative rate": func(c *Config) { c.Rate = -1 },
	} {
		wrong := cfg
		wrong.Collector = "http://127.0.0.1"
		change(&wrong)
		if err := wrong.Validate(); err == nil || errors.Is(err, ErrRemote) {
			t.Errorf("%s: %v", what, err)
		}
	}
	cfg.Collector, cfg.Connections, cfg.Duration, cfg.Drain = "http://127.0.0.1:1", 1, 50*time.Millisecond, 0
	if _, err := Run(context.Background(), cfg, nil); err == nil {
		t.Error("nobody listens there, and it says nothing")
	}
}

func TestFrameSize(t *testing.T) {
	for _, size := range []int{1000, 2048, 16_384, wire.MaxFrame} {
		p := newPage(size, newPadding(size))
		for sequence := range uint32(3) {
			raw, err := p.frame()
			if err != nil || len(raw) != size {
				t.Fatalf("%d bytes for %d, %v", len(raw), size, err)
			}
			f, err := wire.ParseFrame(raw)
			if err != nil || f.Sequence != sequence+1 || f.Flags&wire.FlagDemo == 0 {
				t.Errorf("%+v, %v", f.Header, err)
			}
			section, err := f.InflateSignals(nil)
			if err != nil {
				t.Fatal(err)
			}
			var s wire.Signals
			if err := s.Decode(section); err != nil || s.Invalid+s.UnknownKinds+s.UnknownMembers != 0 || len(s.Clicks) != 1 || (sequence == 0) != (len(s.Views) == 1) {
				t.Errorf("signals: %v %+v", err, s)
			}
		}
	}
}

func TestHistogram(t *testing.T) {
	var h histogram
	for ms := 1; ms <= 1000; ms++ {
		h.add(time.Duration(ms) * time.Millisecond)
	}
	counts := h.counts()
	for share, want := range map[float64]float64{0.5: 500, 0.99: 990, 1: 1000} {
		if got := quantile(&counts, share); got < want || got > want*1.04 {
			t.Errorf("quantile %v is %v ms, want %v or up to 4 %% more", share, got, want)
		}
	}
	earlier := Result{counts: counts}
	for range 10 {
		h.add(20 * time.Millisecond)
	}
	if got := (Result{counts: h.counts()}).Between(earlier, 0.99); got < 20 || got > 20.8 {
		t.Errorf("of what came later, quantile 0.99 is %v ms, want 20 or up to 4 %% more", got)
	}
}

// TestSlowRate: however few frames a second are asked for, none is due at once but the first.
func TestSlowRate(t *testing.T) {
	for _, rate := range []float64{1e-300, 1e-7, 1, 1e9} {
		for index := range 100 {
			c := newConnection(Config{Connections: 100, Rate: rate, Bytes: 100}, index, nil, padding{}, nil)
			least := min(float64(index)/rate, 3*86_400*float64(index)) - 1
			if wait := time.Until(c.due); wait.Seconds() < least {
				t.Fatalf("at %g a second connection %d sends after %v", rate, index, wait)
			}
		}
	}
}
