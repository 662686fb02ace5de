package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"hindsight/internal/health"
)

// drainTime is how long stopping may take in all: SIGTERM to exit.
const drainTime = 9 * time.Second

// requestsEnd is how much of it open requests may take: what stops after them
// has work to end, too.
const requestsEnd = 4 * time.Second

// What a client may take to send a request's head (the TLS handshake included) and all of it, and the head's size in
// bytes, which Go's server overruns by 4 KiB.
const (
	headerTime  = 10 * time.Second
	requestTime = 2 * time.Minute
	maxHeader   = 32 << 10
	// unreadTime is what a client may take for a piece of the answer.
	unreadTime = time.Minute
)

// server is one HTTP port. Its address is taken before anything slow is started, so that a port in use is said at once.
type server struct {
	listener net.Listener
	http     *http.Server
	tls      *tls.Config   // nil: plain
	patience time.Duration // for a request's head
	unread   time.Duration // for a piece of an answer
	lobby    *lobby
	failed   chan error
}

func listen(ctx context.Context, address string) (*server, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is in use by another program; stop that one or give another --listen", address)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%s needs more rights than this user has; take a port above 1023", address)
	case err != nil:
		return nil, usagef("--listen %s: %w", address, err)
	}
	return &server{listener: l, patience: headerTime, unread: unreadTime, lobby: newLobby(), failed: make(chan error, 1)}, nil
}

func (s *server) serve(handler http.Handler) {
	// A websocket has left the server by then: its times are the collector's.
	s.http = &http.Server{Handler: unread{handler, s.unread}, TLSConfig: s.tls, MaxHeaderBytes: maxHeader,
		ReadHeaderTimeout: s.patience, ReadTimeout: requestTime, IdleTimeout: requestTime,
		ConnState: s.lobby.moved,
		// What net/http would log by itself names clients' addresses.
		ErrorLog: stdlog.New(io.Discard, "", 0)}
	serve := s.http.Serve
	if s.tls != nil {
		serve = func(l net.Listener) error { return s.http.ServeTLS(l, "", "") }
	}
	go func() {
		if err := serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- fmt.Errorf("serve %s: %w", s.listener.Addr(), err)
		}
	}()
}

// wait returns when ctx ends (nil), or when serving or another part fails.
func (s *server) wait(ctx context.Context, others ...<-chan error) error {
	var other <-chan error
	if len(others) > 0 {
		other = others[0]
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.failed:
		return err
	case err := <-other:
		return err
	}
}

func (s *server) stop(ctx context.Context) error {
	if s.http == nil {
		return s.listener.Close()
	}
	ctx, cancel := context.WithTimeout(ctx, requestsEnd)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("requests did not end in time: %w", err), s.http.Close())
	}
	return nil
}

// newRegistry has the process's own figures in it; the services add theirs.
func newRegistry() *prometheus.Registry {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return reg
}

func metricsHandler(reg *prometheus.Registry) http.Handler {
	return promhttp.HandlerFor(reg, promhttp.HandlerOpts{})
}

// addProfiles serves Go's profiles where the operator asked for them.
func addProfiles(mux *http.ServeMux) {
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
}

// newLogger writes to standard error: lines for people on a terminal, JSON elsewhere.
func newLogger(level, format string) (*zap.Logger, error) {
	lvl, err := zapcore.ParseLevel(level)
	if err != nil {
		return nil, usagef("--log-level %s: one of debug, info, warn, error", level)
	}
	encoder, err := newEncoder(format)
	if err != nil {
		return nil, err
	}
	return zap.New(zapcore.NewCore(encoder, zapcore.Lock(os.Stderr), lvl)), nil
}

func newEncoder(format string) (zapcore.Encoder, error) {
	enc := zap.NewProductionEncoderConfig()
	enc.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	enc.TimeKey, enc.MessageKey = "time", "msg"
	switch format {
	case "json":
		return zapcore.NewJSONEncoder(enc), nil
	case "console":
		// With the day: times among the fields are written so too, such as the end of a certificate.
		enc.EncodeTime = zapcore.TimeEncoderOfLayout("2006-01-02 15:04:05.000")
		enc.EncodeLevel = zapcore.CapitalLevelEncoder
		return zapcore.NewConsoleEncoder(enc), nil
	}
	return nil, usagef("--log-format %s: json or console", format)
}

// baseURL is how a listening address is reached from this machine; scheme is http or https.
func baseURL(scheme, listenAddress string) string {
	host, port, err := net.SplitHostPort(listenAddress)
	if err != nil {
		return scheme + "://" + listenAddress
	}
	if ip := net.ParseIP(strings.Trim(host, "[]")); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// newOperationsMux serves what every service has: health, readiness and metrics.
func newOperationsMux(reg *prometheus.Registry, profiles bool, checks ...health.Check) *http.ServeMux {
	mux := http.NewServeMux()
	health.New(checks...).Register(mux)
	mux.Handle("GET /metrics", metricsHandler(reg))
	if profiles {
		addProfiles(mux)
	}
	return mux
}
