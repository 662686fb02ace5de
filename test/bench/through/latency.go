package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"
)

// latency is one run at a rate: from a frame's being sent to its being in the answer of its session's events call.
type latency struct {
	Rate   float64 `json:"events_per_second"` // asked for
	Got    float64 `json:"events_per_second_reached"`
	Probes int     `json:"probes"`
	P50    float64 `json:"p50_ms"`
	P99    float64 `json:"p99_ms"`
	Max    float64 `json:"max_ms"`
}

const (
	// frameEvery is the time between two frames of a session. Trackers take ten times as long: so a tenth of the
	// connections make the same load.
	frameEvery = 300 * time.Millisecond
	// askEvery is the time between two questions for the same frame: so much is the most that a figure is too long.
	askEvery = 100 * time.Millisecond
	// probesEach second: asking costs as well, an answer some 30 ms of the engine's CPU, and each frame is asked for again
	// and again. With six, the questions themselves were most of the load, the more the later answers came.
	probesEach = 2
)

// runLatency sends at a rate, and asks for some frames until they are there.
func runLatency(ctx context.Context, s *server, d *driver, rate float64, o options) (got latency, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var perFrame float64
	for _, v := range d.visits {
		perFrame += float64(v.events) / float64(len(v.frames)) / float64(len(d.visits))
	}
	frames := rate / perFrame
	connections := max(1, int(frames*frameEvery.Seconds()))
	p := &prober{server: s, share: float64(o.probes) / frames}
	end := time.Now().Add(o.seconds)
	var sending sync.WaitGroup
	began := time.Now()
	for i := range connections {
		sending.Go(func() {
			first := began.Add(frameEvery * time.Duration(i) / time.Duration(connections))
			for ctx.Err() == nil && first.Before(end) {
				due := func(n int) time.Time { return first.Add(time.Duration(n) * frameEvery) }
				n, err := d.playFor(ctx, pace{due: due, sent: func(f sentFrame) { p.offer(ctx, f, cancel) }}, end)
				if err != nil {
					cancel(err)
				}
				first = first.Add(time.Duration(n) * frameEvery)
			}
		})
	}
	sending.Wait()
	took := time.Since(began).Seconds()
	p.asking.Wait()
	if err := context.Cause(ctx); err != nil {
		return got, err
	}
	if o.probes == 0 {
		return got, nil
	}
	if len(p.times) == 0 {
		return got, errors.New("no frame was asked for")
	}
	slices.Sort(p.times)
	return latency{Rate: rate, Got: float64(p.events) / took, Probes: len(p.times),
		P50: quantile(p.times, 0.5), P99: quantile(p.times, 0.99), Max: p.times[len(p.times)-1]}, nil
}

// quantile of sorted values: the smallest that at least this share does not exceed.
func quantile(sorted []float64, share float64) float64 {
	n := int(share*float64(len(sorted)) + 0.999999)
	return sorted[min(max(n, 1), len(sorted))-1]
}

// prober asks for frames.
type prober struct {
	server *server
	share  float64 // of the frames that are asked for
	asking sync.WaitGroup
	mu     sync.Mutex
	times  []float64 // ms
	events int
}

func (p *prober) offer(ctx context.Context, f sentFrame, failed context.CancelCauseFunc) {
	p.mu.Lock()
	p.events += f.frame.events
	p.mu.Unlock()
	if f.frame.events == 0 || !f.frame.fixed || rand.Float64() > p.share { //nolint:gosec // no secret
		return
	}
	p.asking.Go(func() {
		took, err := p.ask(ctx, f)
		if err != nil {
			failed(err)
			return
		}
		p.mu.Lock()
		p.times = append(p.times, float64(took.Microseconds())/1000)
		p.mu.Unlock()
	})
}

// ask repeats the session's events call, of the frame's document and its last moments, until it has the last event.
func (p *prober) ask(ctx context.Context, f sentFrame) (time.Duration, error) {
	at := f.frame.last + f.frame.offset
	last := []byte(`"timestamp":` + strconv.FormatInt(at, 10))
	from := time.UnixMilli(at).Add(-time.Second).UTC().Format(time.RFC3339)
	query := "document=" + f.id.documents[f.frame.document].String() + "&from=" + from
	for time.Since(f.at) < time.Minute {
		raw, err := p.server.events(ctx, f.id.session.String(), query)
		if err != nil {
			return 0, err
		}
		if bytes.Contains(raw, last) {
			return time.Since(f.at), nil
		}
		if err := until(ctx, time.Now().Add(askEvery)); err != nil {
			return 0, err
		}
	}
	return 0, fmt.Errorf("a frame of %d events is not there after a minute", f.frame.events)
}
