package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// parts starts the parts of a program in order and stops them in the reverse order. What it does is said on out, so
// that somebody who waits sees for what.
type parts struct {
	out     io.Writer
	started []part
}

type part struct {
	name string
	stop func(context.Context) error
}

// patience is how long a part may take before its start is announced.
const patience = time.Second

// start begins one part and says when it is ready; a slow one is announced before. stop may be nil.
func (p *parts) start(ctx context.Context, name string, begin func(context.Context) error, stop func(context.Context) error) error {
	at := time.Now()
	slow := time.AfterFunc(patience, func() { fmt.Fprintf(p.out, "  %-20s starting …\n", name) })
	err := begin(ctx)
	slow.Stop()
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "  %-20s ready in %.1f s\n", name, time.Since(at).Seconds())
	p.add(name, stop)
	return nil
}

// add remembers how to stop a part that needs no words at its start.
func (p *parts) add(name string, stop func(context.Context) error) {
	if stop != nil {
		p.started = append(p.started, part{name, stop})
	}
}

// background runs f until the part is stopped; stop waits for it to return.
func (p *parts) background(name string, f func(context.Context) error, failed chan<- error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := f(ctx); err != nil && ctx.Err() == nil {
			failed <- fmt.Errorf("%s: %w", name, err)
		}
	}()
	p.add(name, func(limit context.Context) error {
		cancel()
		select {
		case <-done:
			return nil
		case <-limit.Done():
			return limit.Err()
		}
	})
}

// stop ends what was started, last first, within drainTime in all.
func (p *parts) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	var errs []error
	for i := len(p.started) - 1; i >= 0; i-- {
		if err := p.started[i].stop(ctx); err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", p.started[i].name, err))
		}
	}
	p.started = nil
	return errors.Join(errs...)
}
