package api

import (
	"context"
	"crypto/subtle"
	"fmt"
	"slices"
	"sync"
	"time"

	"hindsight/internal/site"
	"hindsight/internal/store"
)

// SiteStore keeps the settings of sites.
type SiteStore interface {
	Sites(ctx context.Context) ([]store.SiteRecord, error)
	PutSite(ctx context.Context, r store.SiteRecord) error
}

// Sites is every site in memory, read anew every few seconds and at once after
// a change made here. It is the collector's SiteSource where both run in one
// process. It is safe for concurrent use.
type Sites struct {
	store SiteStore
	now   func() time.Time

	// changing makes a change (read, check, store, read again) one step, and keeps
	// an older reading from landing after a newer one.
	changing sync.Mutex

	mu     sync.RWMutex
	byID   map[string]store.SiteRecord
	byKey  map[string]site.Site
	inTurn []store.SiteRecord // oldest first, without deleted ones
}

func newSites(ss SiteStore, now func() time.Time) *Sites {
	return &Sites{store: ss, now: now, byID: map[string]store.SiteRecord{}, byKey: map[string]site.Site{}}
}

// Site returns the site of a key, as pages send it.
func (s *Sites) Site(key string) (site.Site, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	found, ok := s.byKey[key]
	// Keys are public, but the comparison costs nothing.
	return found, ok && subtle.ConstantTimeCompare([]byte(found.Key), []byte(key)) == 1
}

// All returns the sites, oldest first.
func (s *Sites) All() []store.SiteRecord {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.inTurn)
}

func (s *Sites) byIDOf(id string) (store.SiteRecord, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, ok := s.byID[id]
	return r, ok
}

func (s *Sites) refresh(ctx context.Context) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	return s.read(ctx)
}

// read replaces what is known; changing must be held.
func (s *Sites) read(ctx context.Context) error {
	all, err := s.store.Sites(ctx)
	if err != nil {
		return fmt.Errorf("read sites: %w", err)
	}
	all = slices.DeleteFunc(all, func(r store.SiteRecord) bool { return r.Deleted })
	byID := make(map[string]store.SiteRecord, len(all))
	byKey := make(map[string]site.Site, len(all))
	for _, r := range all {
		byID[r.ID] = r
		if _, taken := byKey[r.Key]; !taken {
			byKey[r.Key] = r.Site
		}
	}
	s.mu.Lock()
	s.byID, s.byKey, s.inTurn = byID, byKey, all
	s.mu.Unlock()
	return nil
}

// change stores what edit makes of the sites as they are in the store now. An
// error of edit stops it.
func (s *Sites) change(ctx context.Context, edit func() (store.SiteRecord, error)) (store.SiteRecord, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	if err := s.read(ctx); err != nil {
		return store.SiteRecord{}, err
	}
	r, err := edit()
	if err != nil {
		return store.SiteRecord{}, err
	}
	if err := s.store.PutSite(ctx, r); err != nil {
		return store.SiteRecord{}, fmt.Errorf("store site: %w", err)
	}
	return r, s.read(ctx)
}
