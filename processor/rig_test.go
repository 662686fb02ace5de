package processor_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"
	"go.uber.org/zap/zaptest/observer"

	"hindsight/internal/broker"
	"hindsight/internal/broker/brokertest"
	"hindsight/internal/eventlog"
	"hindsight/internal/seal"
	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
	"hindsight/internal/wire"
	"hindsight/processor"
)

// canaryAddress is the client's address in every test; it must be found nowhere.
const canaryAddress = "203.0.113.77"

// rig is the real log, the real store, and processors between them.
type rig struct {
	t       *testing.T
	log     eventlog.Config
	logID   string
	store   *store.Store
	sealer  *seal.Sealer
	region  *processor.RegionFile // knows the country of the canary
	logs    *observer.ObservedLogs
	logger  *zap.Logger
	written atomic.Int64 // records that Write has stored
	failing atomic.Bool  // Write fails without a try
	asked   atomic.Int64 // documents that the guard had to be told of
	mu      sync.Mutex
	erased  []int // visitors of each call

	deletions atomic.Int64 // of erased sessions

	reviewed atomic.Int64 // runs of sections that were looked for to be judged again
	lenient  atomic.Bool  // Refuse fails without a try
}

func newRig(t *testing.T) *rig {
	t.Helper()
	dir, err := os.MkdirTemp("", "log") // short: it holds a unix socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	core, logs := observer.New(zap.DebugLevel)
	r := &rig{t: t, logs: logs, logger: zap.New(core), sealer: seal.NewRandomSealer()}
	r.region = canaryRegion(t)
	address := brokertest.Start(t, broker.Config{Dir: dir, Partitions: 3, TrimEvery: time.Hour}, zaptest.NewLogger(t, zaptest.Level(zap.WarnLevel)))
	r.log = eventlog.Config{Brokers: []string{address}, Partitions: 3, Tail: eventlog.NewTail()}
	if err := eventlog.EnsureTopics(t.Context(), r.log); err != nil {
		t.Fatal(err)
	}
	if r.logID, err = eventlog.LogID(t.Context(), r.log); err != nil {
		t.Fatal(err)
	}
	r.store = storetest.Open(t)
	return r
}

// Write is the store, counted, and away when a test says so.
func (r *rig) Write(ctx context.Context, records []*store.Record) ([]store.Rejected, error) {
	if r.failing.Load() {
		return nil, fmt.Errorf("the test has switched the store off")
	}
	rejected, err := r.store.Write(ctx, records)
	if err == nil {
		r.written.Add(int64(len(records)))
	}
	return rejected, err
}

// EntombVisitors is the store, away like Write, and notes how many were named.
func (r *rig) EntombVisitors(ctx context.Context, site string, orders []store.VisitorErasure, waiting []*store.Record) ([][16]byte, error) {
	if r.failing.Load() {
		return nil, fmt.Errorf("the test has switched the store off")
	}
	r.mu.Lock()
	r.erased = append(r.erased, len(orders))
	r.mu.Unlock()
	return r.store.EntombVisitors(ctx, site, orders, waiting)
}

// DeleteEntombed is the store, away like Write; a test may hold it up.
func (r *rig) DeleteEntombed(ctx context.Context, site string, sessions [][16]byte) error {
	if r.failing.Load() {
		return fmt.Errorf("the test has switched the store off")
	}
	r.deletions.Add(1)
	return r.store.DeleteEntombed(ctx, site, sessions)
}

// Earlier is the store, away like Write.
func (r *rig) Earlier(ctx context.Context) (*store.Earlier, error) {
	if r.failing.Load() {
		return nil, fmt.Errorf("the test has switched the store off")
	}
	return r.store.Earlier(ctx)
}

// ProtectedFields is the store, away like Write.
func (r *rig) ProtectedFields(ctx context.Context, documents []store.Document, most int) (map[store.Document]map[int64]uint32, error) {
	if r.failing.Load() {
		return nil, fmt.Errorf("the test has switched the store off")
	}
	r.asked.Add(int64(len(documents)))
	return r.store.ProtectedFields(ctx, documents, most)
}

// Stored, Judged and Refuse are the store, the last away when a test says so.
func (r *rig) Stored(ctx context.Context, of []store.Sections) ([]store.StoredSection, error) {
	r.reviewed.Add(int64(len(of)))
	return r.store.Stored(ctx, of)
}

func (r *rig) Judged(ctx context.Context, sections []store.Identity, judge func(store.Identity, store.ReplayPayload) bool) ([]store.Identity, error) {
	return r.store.Judged(ctx, sections, judge)
}

func (r *rig) Refuse(ctx context.Context, sections []store.Identity) error {
	if r.lenient.Load() {
		return fmt.Errorf("the test has switched refusing off")
	}
	return r.store.Refuse(ctx, sections)
}

// sending is how frames reach the log.
type sending struct {
	received time.Time
	via      string
	unsealed bool // without an address
}

// send produces frames as a collector would and waits for the log to have them.
func (r *rig) send(frames [][]byte, how sending) {
	r.t.Helper()
	var records []*eventlog.Record
	for _, frame := range frames {
		h, err := wire.ParseHeader(frame)
		if err != nil {
			r.t.Fatal(err)
		}
		rec := &eventlog.Record{
			Site: "shop", Session: h.Session, Document: h.Document, Sequence: h.Sequence, Consent: uint8(h.Consent),
			Received: how.received, Via: how.via, Agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Frame: frame,
		}
		if !how.unsealed {
			rec.Address = r.sealer.Seal(nil, netip.MustParseAddr(canaryAddress), seal.Binding{Site: "shop", Document: h.Document, Sequence: h.Sequence})
		}
		records = append(records, rec)
	}
	r.produce(records)
}

func (r *rig) produce(records []*eventlog.Record) {
	r.t.Helper()
	p, err := eventlog.NewProducer(r.log, eventlog.ProducerConfig{}, nil, r.logger)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := p.Start(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	var wg sync.WaitGroup
	for _, rec := range records {
		wg.Add(1)
		err := p.Append(r.t.Context(), rec, func(err error) {
			if err != nil {
				r.t.Errorf("append: %v", err)
			}
			wg.Done()
		})
		if err != nil {
			r.t.Fatal(err)
		}
	}
	wg.Wait()
	if err := p.Close(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// processor makes one of the given group with metrics of its own.
func (r *rig) processor(group string, cfg processor.Config) (*processor.Processor, *prometheus.Registry) {
	r.t.Helper()
	if cfg.StopTimeout == 0 {
		cfg.StopTimeout = time.Minute // only a failing test waits so long, and a slow machine commits all the same
	}
	reg := prometheus.NewRegistry()
	consumer, err := eventlog.NewConsumer(r.log, group, nil, r.logger)
	if err != nil {
		r.t.Fatal(err)
	}
	letters, err := eventlog.NewDeadLetter(r.log, nil, r.logger)
	if err != nil {
		r.t.Fatal(err)
	}
	return processor.New(cfg, processor.Dependencies{
		Log: consumer, LogID: r.logID, DeadLetters: letters, Store: r, Opener: r.sealer, Region: r.region, Logger: r.logger, Registerer: reg,
	}), reg
}

// start runs a processor; stop ends it and waits until it has committed.
func (r *rig) start(p *processor.Processor) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Errorf("Run: %v", err)
		}
	})
}

// process has a processor of the group read until n more records are stored.
func (r *rig) process(group string, cfg processor.Config, n int) {
	r.t.Helper()
	until := r.written.Load() + int64(n)
	p, _ := r.processor(group, cfg)
	stop := r.start(p)
	defer stop()
	r.await("records to be stored", func() bool { return r.written.Load() >= until })
}

// await waits for something that must come; its limit only ends a failing test.
func (r *rig) await(what string, ok func() bool) {
	r.t.Helper()
	for end := time.Now().Add(2 * time.Minute); !ok(); {
		if time.Now().After(end) {
			r.t.Fatalf("waited in vain for %s; the log says: %v", what, r.logs.All())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// derive derives all that is marked.
func (r *rig) derive() {
	r.t.Helper()
	d := store.NewDeriver(r.store, store.DeriverConfig{}, r.logger, nil)
	for {
		more, err := d.Round(context.Background())
		if err != nil {
			r.t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

func (r *rig) dump() map[string][]storetest.Row {
	r.t.Helper()
	all, err := storetest.DumpAll(context.Background(), r.store)
	if err != nil {
		r.t.Fatal(err)
	}
	return all
}
