// Package sitesource tells a collector that runs apart which sites there are:
// it polls the API and keeps the last good answer, in memory and in a file, so
// that an outage of the API stops nothing, not even over a restart.
package sitesource

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"hindsight/internal/site"
)

// Config says where the sites are to be had.
type Config struct {
	// URL of the API without a path: "http://api:8080".
	URL string
	// Token of scope collector.
	Token string
	// File keeps the last good answer; "" keeps it in memory only.
	File string
	// Every is how often to ask. Default 3 s.
	Every time.Duration
	// Client asks; nil is one with a timeout of 10 s.
	Client *http.Client
}

// Source is the collector's SiteSource. It is inert until Start.
type Source struct {
	cfg Config
	log *zap.Logger

	mu      sync.RWMutex
	byKey   map[string]site.Site // nil: nothing is known yet
	lastErr error                // of the last poll

	stop    context.CancelFunc
	polling sync.WaitGroup
}

// New returns a source.
func New(cfg Config, log *zap.Logger) *Source {
	cfg.URL = strings.TrimSuffix(cfg.URL, "/")
	if cfg.Every <= 0 {
		cfg.Every = 3 * time.Second
	}
	if cfg.Client == nil {
		cfg.Client = &http.Client{Timeout: 10 * time.Second}
	}
	return &Source{cfg: cfg, log: log, lastErr: errors.New("the API has not been asked yet")}
}

// Start asks once and goes on asking until Stop. That the API does not answer is
// no error: what the file holds is used meanwhile, and Ready says when there is
// nothing at all.
func (s *Source) Start(ctx context.Context) error {
	if err := s.load(); err != nil {
		s.log.Warn("cannot use the sites kept in the file", zap.Error(err))
	}
	s.poll(ctx)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("ask the API for the sites: %w", err)
	}
	polling, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = cancel
	s.polling.Go(func() { s.run(polling) })
	return nil
}

// Stop ends the polling.
func (s *Source) Stop() {
	if s.stop != nil {
		s.stop()
	}
	s.polling.Wait()
}

// Site returns the site of a key, as last known.
func (s *Source) Site(key string) (site.Site, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	found, ok := s.byKey[key]
	return found, ok
}

// Ready is nil as long as the sites are known, from whenever; Fresh tells of an
// outage.
func (s *Source) Ready() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.byKey == nil {
		return fmt.Errorf("no sites are known: %w", s.lastErr)
	}
	return nil
}

// Fresh is nil when the API answered the last time it was asked.
func (s *Source) Fresh() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.lastErr
}

func (s *Source) run(ctx context.Context) {
	tick := time.NewTicker(s.cfg.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.poll(ctx)
		}
	}
}

func (s *Source) poll(ctx context.Context) {
	raw, sites, err := s.ask(ctx)
	if err == nil {
		s.learn(sites)
		if err := s.save(raw); err != nil {
			s.log.Warn("cannot keep the sites in the file", zap.Error(err))
		}
	}
	s.mu.Lock()
	was := s.lastErr
	s.lastErr = err
	s.mu.Unlock()
	// Once at the begin and once at the end of an outage.
	switch {
	case err != nil && (was == nil || was.Error() != err.Error()) && ctx.Err() == nil:
		s.log.Warn("the API does not tell the sites; going on with what is known", zap.Error(err))
	case err == nil && was != nil:
		s.log.Info("the API tells the sites", zap.Int("sites", len(sites)))
	}
}

func (s *Source) learn(sites []site.Site) {
	byKey := make(map[string]site.Site, len(sites))
	for _, one := range sites {
		byKey[one.Key] = one
	}
	s.mu.Lock()
	s.byKey = byKey
	s.mu.Unlock()
}
