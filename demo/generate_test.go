package demo_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hindsight/collector"
	"hindsight/demo"
	"hindsight/internal/broker"
	"hindsight/internal/broker/brokertest"
	"hindsight/internal/eventlog"
	"hindsight/internal/seal"
	"hindsight/internal/site"
	"hindsight/internal/wire"
)

const (
	testOrigin = "https://shop.example"
	patience   = 60 * time.Second // longer than any test needs; nothing is decided by it
)

// rig is a real collector with a real log behind it.
type rig struct {
	url string
	log eventlog.Config
}

type oneSite site.Site

func (s oneSite) Site(key string) (site.Site, bool) { return site.Site(s), key == s.Key }

func newRig(t *testing.T, mode site.Mode, sampleRate float64) *rig {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cfg := eventlog.Config{Brokers: []string{brokertest.Start(t, broker.Config{Dir: t.TempDir()}, zap.NewNop())}, SessionTimeout: 2 * time.Second, HeartbeatInterval: 100 * time.Millisecond}
	must(t, eventlog.EnsureTopics(ctx, cfg))
	producer, err := eventlog.NewProducer(cfg, eventlog.ProducerConfig{}, prometheus.NewRegistry(), zap.NewNop())
	must(t, err)
	must(t, producer.Start(ctx))
	c := collector.New(collector.DefaultConfig(), collector.Deps{
		Sites: oneSite{ID: "s1", Key: "demo-key", Origins: []string{testOrigin}, Consent: mode, SampleRate: sampleRate},
		Log:   producer, Sealer: seal.NewRandomSealer(), Metrics: prometheus.NewRegistry(), Logger: zap.NewNop(),
	})
	server := httptest.NewServer(c.Handler())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		must(t, c.Stop(ctx))
		server.Close()
		must(t, producer.Close(ctx))
	})
	return &rig{server.URL, cfg}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) config(sessions int) demo.Config {
	cfg := demo.DefaultConfig()
	cfg.Collector, cfg.SiteKey, cfg.Origin, cfg.Sessions = r.url, "demo-key", testOrigin, sessions
	return cfg
}

// identity names a batch for ever.
type identity struct {
	session  wire.SessionID
	document wire.DocumentID
	sequence uint32
}

// frames reads the log from its start until it holds that many different
// batches; a batch that stands there twice must have the same content.
func (r *rig) frames(t *testing.T, want int) map[identity][]byte {
	t.Helper()
	consumer, err := eventlog.NewConsumer(r.log, "test", prometheus.NewRegistry(), zap.NewNop())
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	found := map[identity][]byte{}
	err = consumer.Run(ctx, func(ctx context.Context, g *eventlog.Generation) error {
		for len(found) < want {
			records, err := g.Fetch(ctx, 1000, 8<<20, time.Second)
			if err != nil {
				return err
			}
			for i := range records {
				record, err := eventlog.DecodeRecord(&records[i])
				must(t, err)
				h, err := wire.ParseHeader(record.Frame)
				must(t, err)
				frame := bytes.Clone(record.Frame)
				wire.SetSentAt(frame, 0)
				id := identity{h.Session, h.Document, h.Sequence}
				if other, twice := found[id]; twice && !bytes.Equal(other, frame) {
					t.Errorf("batch %v has two contents", id)
				}
				found[id] = frame
			}
		}
		cancel()
		return nil
	})
	if len(found) != want {
		t.Fatalf("the log has %d batches, not %d (%v)", len(found), want, err)
	}
	return found
}

// TestGenerate sends visits to a real collector over connections of which many
// break: everything must be in the log once, and be counted once.
func TestGenerate(t *testing.T) {
	r := newRig(t, site.ModeImplied, 1)
	const sessions = 60
	cfg := r.config(sessions)
	cfg.Collector = "http://" + breakingForwarder(t, strings.TrimPrefix(r.url, "http://"))
	var calls []string
	stats, err := demo.Generate(t.Context(), cfg, func(done, total int) { calls = append(calls, fmt.Sprint(done, "/", total)) })
	must(t, err)
	if stats.Sessions != sessions || len(calls) != sessions || calls[sessions-1] != fmt.Sprint(sessions, "/", sessions) {
		t.Errorf("made %d sessions, told %v", stats.Sessions, calls)
	}
	if stats.Reconnects == 0 || stats.Resent == 0 {
		t.Errorf("no connection broke: %+v", stats)
	}
	seen := map[wire.SessionID]bool{}
	for id, frame := range r.frames(t, stats.Frames) {
		h, err := wire.ParseHeader(frame)
		must(t, err)
		if h.Consent != wire.ConsentImplied || h.Flags&wire.FlagSampled == 0 {
			t.Errorf("%v: consent %v, flags %d", id, h.Consent, h.Flags)
		}
		seen[id.session] = true
	}
	if len(seen) != sessions {
		t.Errorf("the log has %d sessions", len(seen))
	}
	t.Logf("%+v, %.0f sessions/s", stats, float64(stats.Sessions)/stats.Elapsed.Seconds())
}

// TestGenerateHeedsTheSite: consent mode and sample rate are the site's.
func TestGenerateHeedsTheSite(t *testing.T) {
	r := newRig(t, site.ModeRequired, 0.5)
	stats, err := demo.Generate(t.Context(), r.config(40), nil)
	must(t, err)
	sampled := map[wire.SessionID]bool{}
	for id, frame := range r.frames(t, stats.Frames) {
		h, err := wire.ParseHeader(frame)
		must(t, err)
		replays := h.Flags&wire.FlagSampled != 0
		if h.Consent != wire.ConsentGranted || !replays && h.Replay.Size > 0 {
			t.Errorf("%v: consent %v, flags %d, %d bytes of replay", id, h.Consent, h.Flags, h.Replay.Size)
		}
		if before, known := sampled[id.session]; known && before != replays {
			t.Errorf("%v: a session is recorded in part", id.session)
		}
		sampled[id.session] = replays
	}
	n := 0
	for _, s := range sampled {
		if s {
			n++
		}
	}
	if n == 0 || n == len(sampled) {
		t.Errorf("%d of %d sessions have a recording, at a rate of 0.5", n, len(sampled))
	}
}

func TestGenerateSaysWhatIsWrong(t *testing.T) {
	r := newRig(t, site.ModeImplied, 1)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, closed.Close())
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		change func(*demo.Config)
		ctx    context.Context
		want   string
	}{
		"unknown key":    {func(c *demo.Config) { c.SiteKey = "nobody" }, t.Context(), "unknown_site"},
		"foreign origin": {func(c *demo.Config) { c.Origin = "https://other.example" }, t.Context(), "(origin)"},
		"no key":         {func(c *demo.Config) { c.SiteKey = "" }, t.Context(), "site key is missing"},
		"no origin":      {func(c *demo.Config) { c.Origin = "shop.example" }, t.Context(), "not a scheme and a host"},
		"no scheme":      {func(c *demo.Config) { c.Collector = "localhost:1" }, t.Context(), "no http, https, ws or wss"},
		"too long ago":   {func(c *demo.Config) { c.Days = 8 }, t.Context(), "last 7 days"},
		"bad rate":       {func(c *demo.Config) { c.SampleRate = 1.5 }, t.Context(), "between 0 and 1"},
		"cancelled":      {func(*demo.Config) {}, cancelled, "canceled"},
		"a stale clock":  {func(c *demo.Config) { c.Now = time.Now().AddDate(0, -1, 0) }, t.Context(), "session_day"},
		"nobody listens": {func(c *demo.Config) { c.Collector = "http://" + closed.Addr().String() }, t.Context(), "open the stream"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := r.config(5)
			test.change(&cfg)
			stats, err := demo.Generate(test.ctx, cfg, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("says %v, without %q", err, test.want)
			}
			if stats.Sessions != 0 {
				t.Errorf("counts %d sessions", stats.Sessions)
			}
		})
	}
}
