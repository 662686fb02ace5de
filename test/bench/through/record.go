package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hindsight/collector"
	"hindsight/demo"
	"hindsight/internal/eventlog"
	"hindsight/internal/seal"
	"hindsight/internal/site"
	trackerjs "hindsight/tracker-js"
)

// tape is a log that keeps the frames it is given: what stands behind the collector while visits are recorded.
type tape struct {
	mu     sync.Mutex
	Agent  string   `json:"agent"`
	Frames [][]byte `json:"frames"`
}

// Append is collector.Log's.
func (t *tape) Append(_ context.Context, r *eventlog.Record, done func(error)) error {
	t.mu.Lock()
	t.Agent = r.Agent
	t.Frames = append(t.Frames, bytes.Clone(r.Frame))
	t.mu.Unlock()
	done(nil)
	return nil
}

// AppendErasure is collector.Log's: nobody on these visits asks for one.
func (t *tape) AppendErasure(context.Context, *eventlog.Erasure) error {
	return errors.New("a recorded visit has asked to be erased")
}

// Healthy is collector.Log's.
func (t *tape) Healthy() error { return nil }

// onlySite is the site of the shop.
type onlySite struct{ origin string }

func (s onlySite) Site(key string) (site.Site, bool) {
	shop := site.New("Shop", s.origin)
	shop.ID, shop.Key, shop.Consent, shop.SampleRate = siteKey, siteKey, site.ModeImplied, 1
	return shop, key == siteKey
}

const siteKey = "bench-through"

// record serves the shop with the real tracker before a real collector, and lets a browser visit it. interval is how
// often the collector asks for a batch; 0 as it is shipped.
func record(ctx context.Context, visits, seed int, interval time.Duration) (*tape, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	base := "http://" + l.Addr().String()
	t := &tape{}
	cfg := collector.DefaultConfig()
	if interval > 0 {
		cfg.Flush = interval
	}
	c := collector.New(cfg, collector.Deps{Sites: onlySite{base}, Log: t, Sealer: seal.NewRandomSealer(),
		Metrics: prometheus.NewRegistry(), Logger: zap.NewNop()})
	mux := http.NewServeMux()
	mux.Handle("/v1/", c.Handler())
	mux.Handle("/demo/", demo.Handler(demo.HandlerConfig{SiteKey: siteKey, SampleRate: 1}))
	mux.Handle("/", trackerjs.Handler())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	err = browse(ctx, map[string]any{"base": base, "visits": visits, "seed": seed})
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err = errors.Join(err, c.Stop(stop), server.Close())
	if e := <-served; !errors.Is(e, http.ErrServerClosed) {
		err = errors.Join(err, e)
	}
	if err == nil && len(t.Frames) == 0 {
		err = errors.New("the visits sent nothing: is the tracker built (make build)?")
	}
	return t, err
}

// browse runs the visits, from the root of the repository.
func browse(ctx context.Context, task any) error {
	raw, err := json.Marshal(task)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "demo/browser/visits.mjs")
	var said strings.Builder
	cmd.Stdin, cmd.Stderr = bytes.NewReader(raw), &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("visit the shop: %w\n%s", err, said.String())
	}
	return nil
}

// recorded reads the visits from a file, or records them, and writes them there.
func recorded(ctx context.Context, o options) (*tape, error) {
	if o.visits == "" {
		return record(ctx, o.recorded, o.seed, o.interval)
	}
	raw, err := os.ReadFile(o.visits)
	if err == nil {
		t := &tape{}
		return t, json.Unmarshal(raw, t)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	t, err := record(ctx, o.recorded, o.seed, o.interval)
	if err != nil {
		return nil, err
	}
	if raw, err = json.Marshal(t); err != nil {
		return nil, err
	}
	return t, os.WriteFile(o.visits, raw, 0o600)
}
