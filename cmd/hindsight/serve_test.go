package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"hindsight/internal/broker"
	"hindsight/internal/certificate/certtest"
	"hindsight/internal/doctor"
	"hindsight/internal/eventlog"
	"hindsight/internal/health"
	"hindsight/internal/seal"
	"hindsight/internal/site"
	"hindsight/internal/wire"
)

const shopOrigin = "https://shop.example.com"

// shop is the one site of these tests.
type shop struct{}

func (shop) Site(key string) (site.Site, bool) {
	s := site.New("Shop", shopOrigin)
	s.ID, s.Key, s.Consent = "shop", "shop-key", site.ModeImplied
	return s, key == s.Key
}

// intake is a collector before the embedded log, on a port as the commands open it.
func intake(t *testing.T, secure tlsFlags) *service {
	t.Helper()
	ctx := t.Context()
	s, err := begin(ctx, "127.0.0.1:0", t.TempDir(), openDataDir, logFlags{level: "error", format: "json"}, secure)
	if err != nil {
		t.Fatal(err)
	}
	s.out = io.Discard
	t.Cleanup(func() {
		var err error
		if s.end(context.Background(), &err); err != nil {
			t.Error(err)
		}
	})
	b, err := broker.New(broker.Config{Dir: s.dir.logDir(), Partitions: 1}, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.start(ctx, "log", b.Start, b.Stop); err != nil {
		t.Fatal(err)
	}
	at := eventlog.Config{Brokers: []string{b.Addr()}}
	if err := eventlog.EnsureTopics(ctx, at); err != nil {
		t.Fatal(err)
	}
	c, err := startCollector(ctx, s, at, shop{}, seal.NewRandomSealer(), collectorFlags{})
	if err != nil {
		t.Fatal(err)
	}
	mux := newOperationsMux(s.reg, false, health.Check{Name: "collector", Func: c.Ready})
	mux.Handle("/v1/", c.Handler())
	s.serve(mux)
	return s
}

// visit sends one frame over a websocket and waits for its ack.
func visit(t *testing.T, s *service, config *tls.Config) {
	t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{wire.Subprotocol}, TLSClientConfig: config}
	ws, response, err := dialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(s.url(), "http")+"/v1/stream?site=shop-key", http.Header{"Origin": {shopOrigin}})
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	defer func() { _ = ws.Close() }()
	_ = ws.SetReadDeadline(time.Now().Add(time.Minute))
	frame, err := wire.EncodeFrame(wire.Header{Consent: wire.ConsentImplied, Session: wire.NewSessionID(wire.DayOf(time.Now())), Document: wire.NewDocumentID(), Sequence: 1},
		[]byte(`{"origin":1,"view":0,"path":"/","signals":[]}`), nil, wire.CodecGzip)
	if err != nil {
		t.Fatal(err)
	}
	if err := ws.WriteMessage(websocket.TextMessage, wire.AppendHello(nil, wire.Hello{Tracker: "0"})); err != nil {
		t.Fatal(err)
	}
	for acked := false; !acked; {
		_, text, err := ws.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		m, err := wire.ParseServerMessage(text)
		if err != nil {
			t.Fatal(err)
		}
		if m.Welcome != nil {
			if err := ws.WriteMessage(websocket.BinaryMessage, frame); err != nil {
				t.Fatal(err)
			}
		}
		acked = m.Ack == 1
	}
}

// TestTLS: https and wss by the certificate's files; commands on this machine find the server, whose certificate does
// not name the address by which they reach it.
func TestTLS(t *testing.T) {
	authority := certtest.New(t)
	cert, key, _ := authority.Files(t.TempDir(), "replay.example.com")
	s := intake(t, tlsFlags{cert: cert, key: key})
	if !strings.HasPrefix(s.url(), "https://127.0.0.1:") {
		t.Errorf("the address is %s", s.url())
	}
	visit(t, s, &tls.Config{RootCAs: authority.Pool(), ServerName: "replay.example.com", MinVersion: tls.VersionTLS12})

	if err := s.dir.writeRunInfo(runInfo{API: s.url(), Token: "x", Certificate: s.certificate}); err != nil {
		t.Fatal(err)
	}
	found, _ := examine(t, "--data", s.dir.path, "--tls-cert", cert, "--tls-key", key)
	if got := found["server"]; got.Status != doctor.OK || !strings.Contains(got.Found, s.url()) {
		t.Errorf("doctor did not reach the server: %+v", got)
	}
	if got := found["certificate"]; !strings.Contains(got.Found, "replay.example.com") {
		t.Errorf("doctor did not look at the certificate: %+v", got)
	}

	if _, err := invoke(t, "bench", "--data", s.dir.path, "--collector", s.url(), "--site", "shop-key", "--origin", shopOrigin,
		"--connections", "2", "--rate", "20", "--duration", "2s"); err != nil {
		t.Errorf("the bench: %v", err)
	}

	// Who speaks plain HTTP is told so and gets nothing.
	response, err := http.Get("http" + strings.TrimPrefix(s.url(), "https") + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("plain HTTP: %d", response.StatusCode)
	}
}

// TestAnswersThatNobodyReads end, large ones and many small ones; what is read ends by itself.
func TestAnswersThatNobodyReads(t *testing.T) {
	large := make([]byte, 32<<20)
	for name, c := range map[string]struct {
		ask   string
		serve http.HandlerFunc
	}{
		"large": {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(large) }},
		"small": {strings.Repeat("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200_000), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := listen(t.Context(), "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			s.unread = 50 * time.Millisecond
			s.serve(c.serve)
			t.Cleanup(func() { _ = s.stop(context.Background()) })
			conn, err := net.Dial("tcp", s.listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			// What is asked beyond what the server reads before it gives up is not taken either.
			_ = conn.SetWriteDeadline(time.Now().Add(time.Minute))
			_, writeErr := io.WriteString(conn, c.ask)
			if errors.Is(writeErr, os.ErrDeadlineExceeded) {
				t.Fatal("the connection was held until the client gave up")
			}
			for end := time.Now().Add(time.Minute); !ended(conn); time.Sleep(10 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatal("the connection is still open")
				}
			}
		})
	}
	s, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if n, err := w.Write(large); n != len(large) || err != nil {
			t.Errorf("%d bytes, %v", n, err)
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(func() { _ = s.stop(context.Background()) })
	answer, err := http.Get("http://" + s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if n, err := io.Copy(io.Discard, answer.Body); n != int64(len(large)) || err != nil {
		t.Errorf("%d of %d bytes, %v", n, len(large), err)
	}
}

// ended tells whether the other side has closed conn, without reading what it sent: a write to it fails then.
func ended(conn net.Conn) bool {
	_ = conn.SetWriteDeadline(time.Now().Add(time.Millisecond))
	_, err := conn.Write([]byte("x"))
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}

// TestLogsTellTheDay of a line and of the times in it, in either form.
func TestLogsTellTheDay(t *testing.T) {
	at := time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC)
	for _, format := range []string{"json", "console"} {
		encoder, err := newEncoder(format)
		if err != nil {
			t.Fatal(err)
		}
		line, err := encoder.EncodeEntry(zapcore.Entry{Time: at.AddDate(1, 0, 0), Message: "m"}, []zapcore.Field{zap.Time("valid_until", at)})
		if err != nil {
			t.Fatal(err)
		}
		if text := line.String(); !strings.Contains(text, "2031-02-03") || !strings.Contains(text, "2032-02-03") {
			t.Errorf("%s: %s", format, text)
		}
	}
}

func TestTLSFlagsAreRefused(t *testing.T) {
	authority := certtest.New(t)
	cert, key, _ := authority.Files(t.TempDir(), "a.example")
	other, _, _ := authority.Files(t.TempDir(), "b.example")
	for _, flags := range []tlsFlags{{cert: cert}, {key: key}, {cert: other, key: key}, {cert: cert + ".none", key: key}} {
		if s, err := begin(t.Context(), "127.0.0.1:0", t.TempDir(), absData, logFlags{level: "error", format: "json"}, flags); err == nil {
			t.Errorf("%+v was taken", flags)
			var stop error
			s.end(context.Background(), &stop)
		}
	}
	found, _ := examine(t, "--data", t.TempDir(), "--tls-cert", other, "--tls-key", key)
	if got := found["configuration"]; got.Status != doctor.Fail {
		t.Errorf("doctor: %+v", got)
	}
}

// TestHeaders: whoever sends a head that is too large, or never ends, is turned away, and harms nobody else.
func TestHeaders(t *testing.T) {
	s := intake(t, tlsFlags{})
	address := s.srv.listener.Addr().String()
	dial := func() net.Conn {
		t.Helper()
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		_ = conn.SetDeadline(time.Now().Add(time.Minute))
		return conn
	}
	for name, head := range map[string]string{
		"one long header": "X: " + strings.Repeat("a", 64<<10),
		"many headers":    strings.Repeat("X: a\r\n", 12<<10),
		"long cookie":     "Cookie: " + strings.Repeat("a=b; ", 13<<10),
	} {
		t.Run(name, func(t *testing.T) {
			conn := dial()
			go func() { // the server may close before all of it is written
				_, _ = fmt.Fprintf(conn, "GET /v1/stream?site=shop-key HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n", head)
			}()
			response, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
				t.Errorf("status %d", response.StatusCode)
			}
		})
	}
	visit(t, s, nil)
}

func TestHeadersThatNeverEnd(t *testing.T) {
	srv, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv.patience = 50 * time.Millisecond
	srv.serve(http.NotFoundHandler())
	defer func() { _ = srv.stop(context.Background()) }()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", srv.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nX: "); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := io.Copy(io.Discard, conn); err != nil { // it is closed, which ends this without an error
		t.Errorf("still open: %v", err)
	}
}

// TestStoppedWhileItStarts: SIGTERM is no failure, whatever was waited for at that moment; but what failed has failed.
func TestStoppedWhileItStarts(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for given, fine := range map[error]bool{
		fmt.Errorf("wait for the engine to be ready: %w", context.Canceled): true,
		errors.New("the log's disk is full"):                                false,
	} {
		s, err := begin(t.Context(), "127.0.0.1:0", t.TempDir(), openDataDir, logFlags{level: "error", format: "json"}, tlsFlags{})
		if err != nil {
			t.Fatal(err)
		}
		s.out = io.Discard
		err = given
		if s.end(ctx, &err); (err == nil) != fine {
			t.Errorf("%v ends with %v", given, err)
		}
		err = given
		if s.end(t.Context(), &err); err == nil {
			t.Errorf("%v ends well though nobody asked for the end", given)
		}
	}
}
