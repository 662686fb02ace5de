package main

import (
	"context"
	"time"

	"hindsight/internal/eventlog"
	"hindsight/internal/health"
	"hindsight/internal/store"
)

// checkPatience bounds how long a question after readiness waits for another process.
const checkPatience = time.Second

// checkLog asks the log itself, so that its absence shows before the next record does.
func checkLog(at eventlog.Config) health.Check {
	return health.Check{Name: "log", Func: func() error {
		ctx, cancel := context.WithTimeout(context.Background(), checkPatience)
		defer cancel()
		_, err := eventlog.LogID(ctx, at)
		return err
	}}
}

// checkStore asks the store itself.
func checkStore(db *store.Store) health.Check {
	return health.Check{Name: "store", Func: func() error {
		ctx, cancel := context.WithTimeout(context.Background(), checkPatience)
		defer cancel()
		return db.Ping(ctx)
	}}
}
