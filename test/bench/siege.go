package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"hindsight/internal/bench"
	"hindsight/test/bench/hostile"
)

// siegeRun is a collector that serves honest trackers at a fixed rate, alone or
// beside hostile ones.
type siegeRun struct {
	run
	Hostile int `json:"hostile_connections"`
	hostile.Told
}

// Rates of the siege, a second in all: frames of 2 KB of the honest, turns of
// the hostile. A turn is one misdeed, with a new connection where the last was
// the end of one.
const (
	honestRate  = 4000
	hostileRate = 50
)

// siege measures what hostile connections cost the honest, in turns with a
// collector that has none.
func siege(ctx context.Context, o options) (figures []figure, runs []siegeRun, err error) {
	for round := range o.rounds {
		for turn := range 2 {
			n := o.hostile * ((round + turn) % 2)
			fmt.Fprintf(os.Stderr, "\rround %d of %d: %d hostile connections        ", round+1, o.rounds, n)
			got, err := besieged(ctx, n, o)
			if err != nil {
				return nil, nil, fmt.Errorf("%d hostile connections: %w", n, err)
			}
			runs = append(runs, got)
		}
	}
	cost := func(r siegeRun) float64 { return 1e6 / r.PerCPUSecond }
	p99 := func(r siegeRun) float64 { return r.P99 }
	for _, f := range []struct {
		what  string
		value func(siegeRun) float64
	}{{"µs of CPU a message", cost}, {"p99 of a message, ms", p99}} {
		got := figure{What: fmt.Sprintf("%s, %d hostile", f.what, o.hostile), Ours: siegeMedian(runs, true, f.value), Bare: siegeMedian(runs, false, f.value), Goal: "ratio ≤ 1.10"}
		got.Ratio = got.Ours / got.Bare
		got.Met = got.Ratio <= 1.10
		figures = append(figures, got)
	}
	return figures, runs, nil
}

func siegeMedian(runs []siegeRun, hostile bool, value func(siegeRun) float64) float64 {
	var all []float64
	for _, r := range runs {
		if r.Hostile > 0 == hostile {
			all = append(all, value(r))
		}
	}
	return median(all)
}

func besieged(ctx context.Context, hostiles int, o options) (got siegeRun, err error) {
	ctx, end := context.WithCancel(ctx)
	defer end()
	got.Hostile = hostiles
	var h *hostile.Siege
	var fault error
	got.run, err = drive(ctx, roleCollector, o, func(cfg *bench.Config) { cfg.Bytes, cfg.Rate = 2<<10, honestRate }, func(address string) bool {
		if hostiles == 0 {
			return true
		}
		if h == nil && fault == nil {
			h, fault = hostile.Begin(ctx, hostile.Config{Address: address, Site: siteKey, Origin: siteOrigin, Connections: hostiles, Rate: hostileRate})
		}
		return fault == nil && h.Ready()
	})
	end()
	if h != nil {
		got.Told = h.Wait()
		if err == nil && (got.Turns == 0 || got.Refused == 0 || got.Erased == 0) {
			err = errors.New("the hostile connections did nothing, or the collector let them")
		}
	}
	return got, errors.Join(err, fault)
}
