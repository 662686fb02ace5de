package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Stats is what Generate did.
type Stats struct {
	Sessions, PageViews int
	// Frames were acknowledged; Bytes is their length, ReplayBytes the
	// inflated length of their recordings.
	Frames, Bytes, ReplayBytes int
	// Resent frames went out again after one of so many Reconnects.
	Resent, Reconnects int
	Elapsed            time.Duration
}

// newestVisit is how long before the end the last visits begin, so that all of
// them are over by then.
const newestVisit = 40 * time.Minute

// returning is the share of visits by somebody who has been there before.
const returning = 0.24

// Generate makes the sessions and sends them to the collector; it returns when
// every frame is acknowledged. progress, if not nil, is called after each
// session, never twice at a time. The error says what stopped it; Stats counts
// what was acknowledged until then.
func Generate(ctx context.Context, cfg Config, progress func(done, total int)) (Stats, error) {
	began := time.Now()
	if cfg.Now.IsZero() {
		cfg.Now = began
	}
	if err := cfg.validate(); err != nil {
		return Stats{}, err
	}
	url, err := cfg.streamURL()
	if err != nil {
		return Stats{}, err
	}
	s, err := newShop(cfg.Origin)
	if err != nil {
		return Stats{}, err
	}
	g := &generator{cfg: cfg, shop: s, url: url, progress: progress}
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(cfg.Connections)
	for i := 0; i < cfg.Sessions && ctx.Err() == nil; i++ {
		work.Go(func() error { return g.session(ctx, i) })
	}
	err = work.Wait()
	if err == nil {
		err = context.Cause(ctx) // the caller's, when nothing else went wrong first
		if g.stats.Sessions == cfg.Sessions {
			err = nil
		}
	}
	g.stats.Elapsed = time.Since(began)
	return g.stats, err
}

type generator struct {
	cfg      Config
	shop     *shop
	url      string
	progress func(done, total int)
	reached  atomic.Bool // whether the collector ever said welcome

	mu    sync.Mutex
	stats Stats
}

// session makes and sends one session.
func (g *generator) session(ctx context.Context, i int) error {
	v, err := g.visit(i)
	if err != nil {
		return fmt.Errorf("make session %d: %w", i+1, err)
	}
	c := newClient(g.url, g.cfg.Origin, v.who.browser.userAgent, &g.reached)
	// The same draw whatever the rate, so that a lower rate keeps a part of
	// what a higher one keeps.
	c.sampled = func(site float64) bool { return sampleDraw(v) < min(site, g.cfg.SampleRate) }
	err = c.send(ctx, v.batches)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stats.add(c.sent)
	if err != nil {
		return fmt.Errorf("send session %d: %w", i+1, err)
	}
	g.stats.Sessions++
	g.stats.PageViews += v.views
	if g.progress != nil {
		g.progress(g.stats.Sessions, g.cfg.Sessions)
	}
	return nil
}

// visit plays session number i.
func (g *generator) visit(i int) (*visit, error) {
	r := rand.New(rand.NewPCG(g.cfg.Seed^uint64(g.cfg.Now.UnixMilli())*0x9e3779b97f4a7c15, uint64(i))) //nolint:gosec // a seed gives the same visits in every run
	visitor := i
	if i > 0 && r.Float64() < returning {
		visitor = r.IntN(i)
	}
	who := newPersona(g.cfg.Seed, visitor)
	// Some hours short of the full days: the oldest day must still be taken
	// when a run goes on past midnight.
	oldest := g.cfg.Now.Add(-time.Duration(g.cfg.Days)*24*time.Hour + 4*time.Hour)
	v := newVisit(g.shop, r, who, who.arrival(r, oldest, g.cfg.Now.Add(-newestVisit)))
	v.walk()
	return v, v.err
}

// sampleDraw is a number in [0, 1) that belongs to the session.
func sampleDraw(v *visit) float64 {
	id := v.header.Session
	return float64(uint16(id[14])<<8|uint16(id[15])) / 65536
}

func (s *Stats) add(t Stats) {
	s.Frames += t.Frames
	s.Bytes += t.Bytes
	s.ReplayBytes += t.ReplayBytes
	s.Resent += t.Resent
	s.Reconnects += t.Reconnects
}
