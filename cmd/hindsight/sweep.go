package main

import (
	"context"
	"time"

	"go.uber.org/zap"

	"hindsight/internal/store"
)

// sweepEvery is how often is looked for what was deleted and came back: rows of a process that was killed in the moment
// between storing them and looking whether they were deleted.
const sweepEvery = 10 * time.Minute

// sweep looks at once and then every so often, until ctx ends.
func sweep(ctx context.Context, db *store.Store, log *zap.Logger) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		n, err := db.Sweep(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			log.Warn("cannot look for what was deleted and came back; trying again later", zap.Error(err))
		case n > 0:
			log.Info("deleted again what had come back", zap.Int("sessions", n))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
