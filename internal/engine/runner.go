package engine

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"
)

// runner is the part of a Supervisor that lives between Start and Stop.
type runner struct {
	*Supervisor
	command []string
	spec    childSpec
	output  *lineLog
}

// first places the socket and starts the first child, whose failure is told to
// the caller instead of being tried again.
func (r *runner) first(ctx context.Context, p paths) (child *process, remove func(), err error) {
	// The lock comes before the socket: a second supervisor on the directory must
	// not take the first one's socket away.
	if err := probeLock(ctx, p.lock); err != nil {
		return nil, nil, err
	}
	r.spec.Socket, remove, err = placeSocket(p)
	if err != nil {
		return nil, nil, fmt.Errorf("place the engine's socket: %w", err)
	}
	child, err = r.launch(ctx)
	if err != nil {
		remove()
		return nil, nil, err
	}
	r.mu.Lock()
	r.socket = r.spec.Socket
	r.mu.Unlock()
	return child, remove, nil
}

func (r *runner) launch(ctx context.Context) (*process, error) {
	ctx, cancel := context.WithTimeout(ctx, r.cfg.StartTimeout)
	defer cancel()
	began := time.Now()
	child, err := launch(ctx, r.command, r.cfg.Env, r.spec, r.output)
	if err != nil {
		return nil, err
	}
	took := time.Since(began)
	r.metrics.start.Set(took.Seconds())
	r.setState(child.cmd.Process.Pid, nil)
	r.log.Info("engine ready", zap.String("version", child.version), zap.Int("pid", child.cmd.Process.Pid), zap.Duration("took", took))
	return child, nil
}

// keep watches the child and starts it again, without end, until life ends.
func (r *runner) keep(life context.Context, child *process) {
	pause := firstPause
	for began := time.Now(); ; began = time.Now() {
		select {
		case <-life.Done():
			child.stop(context.Background(), r.cfg.StopTimeout)
			r.setState(0, errNotStarted)
			return
		case <-child.exited:
		}
		r.setState(0, errNotReady)
		r.log.Error("engine stopped by itself", zap.Error(child.exitError()))
		if time.Since(began) > steadyAfter {
			pause = firstPause
		}
		if child = r.again(life, &pause); child == nil {
			r.setState(0, errNotStarted)
			return
		}
	}
}

// again starts a child, however often it takes; nil means that life ended.
func (r *runner) again(life context.Context, pause *time.Duration) *process {
	for {
		select {
		case <-life.Done():
			return nil
		case <-time.After(*pause):
		}
		*pause = min(2**pause, lastPause)
		r.metrics.restarts.Inc()
		child, err := r.launch(life)
		if err == nil {
			return child
		}
		if life.Err() != nil {
			return nil
		}
		r.setState(0, fmt.Errorf("%w: %w", errNotReady, err))
		r.log.Error("engine does not start", zap.Error(err), zap.Duration("next_try_in", *pause))
	}
}
