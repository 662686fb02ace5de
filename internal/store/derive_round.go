package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"go.uber.org/zap"

	"hindsight/internal/fault"
)

const (
	// maxFailures bounds the queries of a round that may fail. One key is found
	// among 4,000 in 12.
	maxFailures = 30
	// manyFailing is from how many keys on, where none could be derived, it is
	// not the keys that are at fault.
	manyFailing = 3
)

// round is what one round of a Deriver comes to.
type round struct {
	deriver    *Deriver
	generation uint64
	held       map[derivedKey]derivedSession
	derived    []derivedKey
	failing    []derivedKey // those that failed by themselves
	failures   int
	err        error // of the last failure
}

// left are the keys of asked that were not derived: their marks stay.
func (r *round) left(asked []derivedKey) map[derivedKey]struct{} {
	left := make(map[derivedKey]struct{}, len(asked))
	for _, k := range asked {
		left[k] = struct{}{}
	}
	for _, k := range r.derived {
		delete(left, k)
	}
	return left
}

// derive derives keys, as many as can be. The error says that it could not go on,
// or that more fail than some keys alone.
func (r *round) derive(ctx context.Context, keys []derivedKey) error {
	for what, ofKind := range kinds(keys) {
		for part := range chunks(ofKind) {
			if err := r.group(ctx, what, part); err != nil {
				return fmt.Errorf("derive %d keys: %w", len(part), err)
			}
		}
		fault.Here(fault.BetweenTables)
	}
	if len(r.derived) == 0 && len(r.failing) >= manyFailing {
		return r.err
	}
	for _, k := range r.failing {
		r.deriver.failed(k, 0, r.err)
	}
	if r.failures >= maxFailures {
		return r.err
	}
	return nil
}

// group derives keys of one kind by as few questions as it can.
func (r *round) group(ctx context.Context, what int8, keys []derivedKey) error {
	if len(keys) == 0 || r.failures >= maxFailures {
		return nil
	}
	d := r.deriver
	limit := d.cfg.Patience
	if !d.state.mayWeigh(what) { // there is much, or the store is busy: what is begun is not thrown away
		limit = 0
	}
	began := time.Now()
	err := r.once(ctx, what, keys, limit)
	took := time.Since(began)
	switch {
	case err == nil:
		r.derived = append(r.derived, keys...)
		if took >= d.cfg.Patience/4 && limit > 0 {
			_, err = r.setHeavyApart(ctx, what, keys, took)
			return err
		}
		return nil
	case ctx.Err() != nil || !ofKeys(err):
		return err
	}
	if late, full := timedOut(err), refusedFor(err, codeMemory); late || full {
		rest, unasked := r.setHeavyApart(ctx, what, keys, max(took, d.cfg.Patience/2))
		if unasked != nil {
			return unasked
		}
		if len(rest) < len(keys) {
			return r.group(ctx, what, rest)
		}
		if late { // there are many, or the store is busy
			if err = r.once(ctx, what, keys, 0); err == nil {
				r.derived = append(r.derived, keys...)
				return nil
			} else if ctx.Err() != nil || !ofKeys(err) {
				return err
			}
		}
	}
	r.failures, r.err = r.failures+1, err
	if len(keys) == 1 {
		r.failing = append(r.failing, keys[0])
		return nil
	}
	half := len(keys) / 2
	if err := r.group(ctx, what, keys[:half]); err != nil {
		return err
	}
	return r.group(ctx, what, keys[half:])
}

// once derives keys of one kind, in no more time than given; 0: in any.
func (r *round) once(ctx context.Context, what int8, keys []derivedKey, limit time.Duration) error {
	if limit > 0 {
		var end context.CancelFunc
		ctx, end = within(ctx, limit)
		defer end()
	}
	if what == markPage {
		return r.deriver.store.derivePagesAtOnce(ctx, r.generation, keys)
	}
	return r.deriver.store.deriveSessions(ctx, r.generation, keys, r.held)
}

// within bounds what is asked of the engine, which does not hear of it when we
// no longer wait, and how long we wait.
func within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	ctx, end := context.WithTimeout(ctx, limit)
	return clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{
		"max_execution_time": int(math.Ceil(limit.Seconds())),
	})), end
}

// setHeavyApart sets the heaviest of keys, of one kind, apart, whose derivation
// took so long, and gives the others. Sessions that are held cost the store
// nothing.
func (r *round) setHeavyApart(ctx context.Context, what int8, keys []derivedKey, took time.Duration) (rest []derivedKey, err error) {
	d := r.deriver
	asked := slices.DeleteFunc(slices.Clone(keys), func(k derivedKey) bool { _, held := r.held[k]; return held })
	rows, err := d.store.weigh(ctx, asked)
	if err != nil {
		if ctx.Err() == nil && ofKeys(err) { // they fail in another way, too
			return keys, nil
		}
		return nil, err
	}
	heavy := map[derivedKey]struct{}{}
	for _, k := range heaviest(rows, float64(d.cfg.Patience/4)/float64(took), d.cfg.Heavy) {
		heavy[k] = struct{}{}
		d.apart.slow(k, time.Now())
		d.logger.Info("takes long to derive; is derived apart from the others from now on, less often",
			zap.String("what", kindName(what)), zap.String("site", k.site), zap.Uint64("rows", rows[k]))
	}
	if len(heavy) == 0 {
		d.state.nothingHeavy(what)
	}
	return slices.DeleteFunc(slices.Clone(keys), func(k derivedKey) bool { _, is := heavy[k]; return is }), nil
}

// ofKeys tells whether an error may come from what was to be derived. If the
// store cannot be talked to, it does not.
func ofKeys(err error) bool {
	var exception *clickhouse.Exception
	var status *clickhouse.HTTPError
	var network net.Error
	switch {
	case errors.As(err, &exception), errors.As(err, &status), timedOut(err):
		return true
	}
	return !errors.As(err, &network) && !errors.Is(err, context.Canceled)
}

// timedOut tells whether it took too long, for the engine or for us.
func timedOut(err error) bool {
	var network net.Error
	return refusedFor(err, codeTimeout) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &network) && network.Timeout()
}

// kindName is a key's kind in logs and metrics.
func kindName(what int8) string {
	if what == markPage {
		return "page"
	}
	return "session"
}
