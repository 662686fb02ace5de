package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"hindsight/internal/store"
)

// retention knows how long each site keeps its data, for the deriver: days past it are frozen. The last good answer
// stays when the store cannot be asked.
type retention struct {
	db    *store.Store
	log   *zap.Logger
	sites atomic.Pointer[map[string]store.Retention]
}

const retentionEvery = 10 * time.Second

func newRetention(ctx context.Context, db *store.Store, log *zap.Logger) (*retention, error) {
	r := &retention{db: db, log: log}
	return r, r.read(ctx)
}

func (r *retention) read(ctx context.Context) error {
	records, err := r.db.Sites(ctx)
	if err != nil {
		return fmt.Errorf("read the sites' retention: %w", err)
	}
	sites := make(map[string]store.Retention, len(records))
	for _, s := range records {
		sites[s.ID] = store.Retention{RecordingsDays: s.Retention.RecordingsDays, DataDays: s.Retention.DataDays}
	}
	r.sites.Store(&sites)
	return nil
}

// of is the retention of a site; of one that is not known nothing is ever past it.
func (r *retention) of(site string) store.Retention { return (*r.sites.Load())[site] }

// run reads the settings anew until ctx ends.
func (r *retention) run(ctx context.Context) error {
	tick := time.NewTicker(retentionEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := r.read(ctx); err != nil && ctx.Err() == nil {
				r.log.Warn("the sites' settings could not be read; going on with those read before", zap.Error(err))
			}
		}
	}
}
