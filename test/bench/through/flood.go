package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// flood is one run as fast as acks come.
type flood struct {
	Sessions int64   `json:"sessions"`
	Frames   int64   `json:"frames"`
	Events   int64   `json:"events"`
	Bytes    int64   `json:"bytes"`
	Acked    float64 `json:"acked_seconds"`     // first frame to last ack
	Stored   float64 `json:"queryable_seconds"` // first frame to all stored and derived
	CPU      float64 `json:"cpu_seconds"`       // of the process tree, in that time
	Engine   float64 `json:"engine_cpu_seconds"`
	Kernel   float64 `json:"kernel_cpu_seconds"`
	Faults   float64 `json:"page_faults"`
	Making   float64 `json:"making_a_file_seconds"` // an empty one, beside the server's: see place
	Plain    float64 `json:"plain_seconds_a_frame"` // CPU of encoding/json alone right before and after: see plainSeconds
	Inserts  float64 `json:"inserts"`               // batches of records that the processor stored
	PerCore  float64 `json:"events_per_cpu_second"`
}

// runFlood drives the server with so many sessions and waits until everything that was acknowledged can be asked for:
// every event stored, every session in the list.
func runFlood(ctx context.Context, s *server, d *driver, o options, sessions int) (got flood, err error) {
	first := d.sent()
	inserts, err := s.metric(ctx, insertsMetric)
	if err != nil {
		return got, err
	}
	before, err := usageOf(s.cmd.Process.Pid)
	if err != nil {
		return got, err
	}
	began := time.Now()
	if err := d.flood(ctx, o.connections, sessions); err != nil {
		return got, err
	}
	acked := time.Since(began)
	all := d.sent()
	if err := caughtUp(ctx, s, all); err != nil {
		return got, err
	}
	after, err := usageOf(s.cmd.Process.Pid)
	if err != nil {
		return got, err
	}
	used := after.since(before)
	got = flood{
		Sessions: all.sessions - first.sessions, Frames: all.frames - first.frames, Events: all.events - first.events, Bytes: all.bytes - first.bytes,
		Acked: acked.Seconds(), Stored: time.Since(began).Seconds(),
		CPU: used.all(), Engine: used.children, Kernel: used.kernel, Faults: used.faults, Making: s.making,
	}
	got.PerCore = float64(got.Events) / got.CPU
	if got.Inserts, err = s.metric(ctx, insertsMetric); err != nil {
		return got, err
	}
	got.Inserts -= inserts
	return got, d.check(ctx, s, o.check)
}

const insertsMetric = "hindsight_processor_insert_seconds_count"

// lookEvery is how often the server is asked how far it is. An answer costs it 1 ms of CPU: asked ten times a second, as a
// round was once, it spent 2 % on that.
const lookEvery = 500 * time.Millisecond

// caughtUp waits until the processor has stored as many frames and events, and the deriver as many sessions, as were sent.
func caughtUp(ctx context.Context, s *server, sent totals) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for _, goal := range []struct {
		metric string
		least  int64
	}{
		{`hindsight_processor_records_total{result="stored"}`, sent.frames},
		{`hindsight_processor_events_total{kind="replay"}`, sent.events},
		{`hindsight_derive_keys_total{what="session"}`, sent.sessions},
	} {
		for {
			n, err := s.metric(ctx, goal.metric)
			if err != nil {
				return err
			}
			if int64(n) >= goal.least {
				break
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("%s is %.0f, not %d", goal.metric, n, goal.least)
			case <-time.After(lookEvery):
			}
		}
	}
	n, err := s.metric(ctx, `hindsight_processor_events_total{kind="replay"}`)
	if err == nil && int64(n) != sent.events {
		err = fmt.Errorf("%.0f events were stored and %d sent", n, sent.events)
	}
	return err
}

// check asks for the events of some of the sessions, drawn at random.
func (d *driver) check(ctx context.Context, s *server, most int) error {
	for _, n := range rand.Perm(len(d.played))[:min(most, len(d.played))] { //nolint:gosec // no secret
		p := d.played[n]
		raw, err := s.events(ctx, p.session.String(), "")
		if err != nil {
			return err
		}
		if got := bytes.Count(raw, []byte{'\n'}); got != p.events {
			return fmt.Errorf("a session of %d events has %d in the events call", p.events, got)
		}
	}
	if len(d.played) == 0 {
		return errors.New("no session was sent")
	}
	return nil
}
