package store

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"go.uber.org/zap"
)

// maxAlone is what deriving one key may take: longer, and it has failed.
const maxAlone = 2 * time.Minute

// runApart derives the keys apart, one after the other, until ctx ends. It rests
// at least for as long as it works.
func (d *Deriver) runApart(ctx context.Context) {
	wait := time.NewTimer(d.cfg.Interval)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
		began := time.Now()
		tried, err := d.Apart(ctx)
		if err != nil && ctx.Err() == nil {
			d.logger.Debug("derivation apart cannot be tried", zap.Error(err)) // as the rounds say
		}
		if took := time.Since(began); tried && err == nil {
			wait.Reset(max(took, d.cfg.Interval/20))
		} else {
			wait.Reset(d.cfg.Interval)
		}
	}
}

// Apart derives that key apart whose time has come for the longest, if there is
// one, and tells whether it tried. A key that fails is tried again later; an error
// says that the store could not be asked.
func (d *Deriver) Apart(ctx context.Context) (tried bool, err error) {
	k, marks, ok := d.apart.next(time.Now())
	if !ok {
		return false, nil
	}
	defer d.apart.release(k)
	if d.frozen(k.site, k.day) {
		d.apart.forget(k)
		return true, nil
	}
	generation, err := d.store.generation(ctx)
	if err != nil {
		return false, err
	}
	began := time.Now()
	limited, end := within(ctx, maxAlone)
	defer end()
	limited = clickhouse.Context(limited, clickhouse.WithSettings(clickhouse.Settings{
		"max_execution_time": int(maxAlone.Seconds()), "max_threads": 1, // the other cores are the others'
	}))
	if err := d.store.deriveAlone(limited, generation, k); err != nil {
		if ctx.Err() != nil || !ofKeys(err) {
			return true, err
		}
		d.failed(k, time.Since(began), err)
		return true, nil
	}
	took := time.Since(began)
	now, err := d.store.generation(ctx)
	if err != nil {
		return true, err
	}
	if now != generation { // see Round; where others' sessions are erased all the time this key waits like any other
		d.apart.rested(k, took, time.Now())
		return true, nil
	}
	if err := d.store.crossOut(ctx, marks); err != nil {
		return true, err
	}
	d.store.recent.crossed(marks)
	d.metrics.derived([]derivedKey{k})
	if failures := d.apart.derived(k, marks, took, time.Now()); failures > 0 {
		d.logger.Info("can be derived again", zap.String("what", kindName(k.what)), zap.String("site", k.site), zap.Int("failures", failures))
	}
	return true, nil
}

// failed sets a key apart that could not be derived, and says so at the first time.
func (d *Deriver) failed(k derivedKey, took time.Duration, err error) {
	d.metrics.failures.WithLabelValues(kindName(k.what)).Inc()
	if d.apart.failed(k, took, time.Now()) == 1 {
		d.logger.Warn("cannot be derived; it is tried again apart from the others, ever less often",
			zap.String("what", kindName(k.what)), zap.String("site", k.site), zap.Error(err))
	}
}
