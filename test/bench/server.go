package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hindsight/collector"
	"hindsight/internal/broker"
	"hindsight/internal/eventlog"
	"hindsight/internal/heap"
	"hindsight/internal/seal"
	"hindsight/internal/site"
)

const (
	roleBare      = "bare"
	roleCollector = "collector"

	siteKey    = "bench"
	siteOrigin = "https://bench.example"
)

// serve is the process under measurement, until its input ends. Either server
// has the floor that a service has under its heap.
func serve(ctx context.Context, role, dir string) (err error) {
	floor := heap.ForService()
	defer runtime.KeepAlive(floor)
	profiled, err := profile(role, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, profiled.end()) }()
	handler, stop := bare(), func() error { return nil }
	if role == roleCollector {
		if handler, stop, err = intake(ctx); err != nil {
			return err
		}
	}
	defer func() { err = errors.Join(err, stop()) }()
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	answer := json.NewEncoder(os.Stdout)
	if err := answer.Encode(child{Address: "http://" + l.Addr().String()}); err != nil {
		return err
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if lines.Text() == settle {
			debug.FreeOSMemory() // which happens by itself within minutes of idling
			if err := profiled.heap(); err != nil {
				return err
			}
		}
		u, err := used()
		if err != nil {
			return err
		}
		if err := answer.Encode(u); err != nil {
			return err
		}
	}
	return errors.Join(server.Close(), ignoreClosed(<-done))
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// used is what this process has used: CPU first, for looking at the memory costs some.
func used() (u usage, err error) {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return u, err
	}
	u.CPU = time.Duration(r.Utime.Nano() + r.Stime.Nano()).Seconds()
	u.Resident, err = resident()
	return u, err
}

// resident memory, bytes; 0 where the system does not tell.
func resident() (float64, error) {
	raw, err := os.ReadFile("/proc/self/statm")
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	var size, pages float64
	if _, err := fmt.Sscan(string(raw), &size, &pages); err != nil {
		return 0, err
	}
	return pages * float64(os.Getpagesize()), nil
}

// onlySite is the site that everything is sent to.
type onlySite struct{ site site.Site }

func newOnlySite() onlySite {
	s := site.New("Bench", siteOrigin)
	s.ID, s.Key, s.Consent, s.SampleRate = siteKey, siteKey, site.ModeImplied, 1
	return onlySite{s}
}

func (o onlySite) Site(key string) (site.Site, bool) { return o.site, key == siteKey }

// intake is the collector before the embedded log on disk, acks=all, as `hindsight all` wires it. Its rate limits are
// out of reach but in place: they cost something.
func intake(ctx context.Context) (http.Handler, func() error, error) {
	dir, err := os.MkdirTemp("", "hindsight-bench")
	if err != nil {
		return nil, nil, err
	}
	remove := func() error { return os.RemoveAll(dir) }
	b, err := broker.New(broker.Config{Dir: dir}, zap.NewNop())
	if err == nil {
		err = b.Start(ctx)
	}
	if err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	at := eventlog.Config{Brokers: []string{b.Addr()}, Dial: b.Dial}
	reg := prometheus.NewRegistry()
	p, err := eventlog.NewProducer(at, eventlog.ProducerConfig{}, reg, zap.NewNop())
	if err == nil {
		err = errors.Join(eventlog.EnsureTopics(ctx, at), p.Start(ctx))
	}
	if err != nil {
		return nil, nil, errors.Join(err, b.Stop(ctx), remove())
	}
	cfg := collector.DefaultConfig()
	cfg.ConnFrames, cfg.ConnBytes, cfg.SiteFrames, cfg.SiteBytes = 1e9, 1e12, 1e9, 1e12
	cfg.ConnInflated, cfg.SiteInflated = 1e15, 1e15
	c := collector.New(cfg, collector.Deps{Sites: newOnlySite(), Log: p, Sealer: seal.NewRandomSealer(), Metrics: reg, Logger: zap.NewNop()})
	following, unfollow := context.WithCancel(ctx)
	var follower sync.WaitGroup
	follower.Go(func() { stored(following, b) })
	stop := func() error {
		unfollow()
		follower.Wait()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return errors.Join(c.Stop(ctx), p.Close(ctx), b.Stop(ctx), remove())
	}
	return c.Handler(), stop, nil
}
