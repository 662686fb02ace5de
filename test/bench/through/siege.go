package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"hindsight/test/bench/hostile"
)

// siege is one run of honest sessions at a fixed rate, alone or beside connections that misbehave.
type siege struct {
	Hostile int `json:"hostile_connections"`
	hostile.Told
	Frames  int64   `json:"honest_frames"`
	CPU     float64 `json:"cpu_seconds"`
	Engine  float64 `json:"engine_cpu_seconds"`
	Each    float64 `json:"cpu_us_of_an_honest_frame"`
	Letters float64 `json:"dead_letters"`
	Latency latency `json:"latency"`
}

// Rates of the siege, a second in all: frames of the honest, and turns of the hostile. A turn is one misdeed, with a new
// connection where the last was the end of one.
const (
	siegeFrames = 2000
	siegeTurns  = 50
	// siegeAsked is how long frames are asked for behind the time that counts for the CPU.
	siegeAsked = 6 * time.Second
	// siegeWarm sessions are stored before.
	siegeWarm = 300
)

// besiegers are the addresses that the hostile come from: ten machines, which are not the honest ones'.
func besiegers() (all []netip.Addr) {
	for i := range 10 {
		all = append(all, netip.AddrFrom4([4]byte{127, 0, 0, byte(2 + i)}))
	}
	return all
}

// siege measures a server without hostile connections and one with them, as it is shipped, in turns. The hostile are on the
// site of the honest: what a site may not exceed bounds both together.
func (r *report) siege(ctx context.Context, o options, where *place, visits []*visit, agent string, more []string, round int) error {
	hostiles := []int{0, o.hostile}
	if round%2 == 1 { // a slow moment of the machine meets both
		slices.Reverse(hostiles)
	}
	for _, n := range hostiles {
		say("round %d of %d: %d hostile connections", round+1, o.rounds, n)
		err := life(ctx, o, where, visits, agent, more, func(s *server, d *driver) error {
			got, err := besieged(ctx, s, d, n, o)
			r.Sieges = append(r.Sieges, got)
			got.tell()
			return err
		})
		if err != nil {
			return fmt.Errorf("%d hostile connections: %w", n, err)
		}
	}
	return nil
}

func besieged(ctx context.Context, s *server, d *driver, hostiles int, o options) (got siege, err error) {
	if err := d.flood(ctx, o.connections, siegeWarm); err != nil {
		return got, err
	}
	if err := caughtUp(ctx, s, d.sent()); err != nil {
		return got, err
	}
	besieging, end := context.WithCancel(ctx)
	defer end()
	var h *hostile.Siege
	if hostiles > 0 {
		cfg := hostile.Config{Address: s.base, Site: siteKey, Origin: siteOrigin, Connections: hostiles, Rate: o.turns, From: besiegers()}
		if o.mischief != "" {
			cfg.Only = strings.Split(o.mischief, ",")
		}
		if h, err = hostile.Begin(besieging, cfg); err != nil {
			return got, err
		}
		defer h.Wait()
		defer end()
		for !h.Ready() {
			if err := until(ctx, time.Now().Add(10*time.Millisecond)); err != nil {
				return got, err
			}
		}
	}
	got.Hostile = hostiles
	first := d.sent()
	before, err := usageOf(s.cmd.Process.Pid)
	if err != nil {
		return got, err
	}
	var events, frames int
	for _, v := range d.visits {
		events, frames = events+v.events, frames+len(v.frames)
	}
	rate := siegeFrames * float64(events) / float64(frames)
	unasked := o // asking has its own price, which would hide theirs
	unasked.probes = 0
	if _, err = runLatency(ctx, s, d, rate, unasked); err != nil {
		return got, err
	}
	if err := drained(ctx, s); err != nil { // no longer than that: the hostile go on
		return got, err
	}
	after, err := usageOf(s.cmd.Process.Pid)
	if err != nil {
		return got, err
	}
	used := after.since(before)
	got.Frames, got.CPU, got.Engine = d.sent().frames-first.frames, used.all(), used.children
	got.Each = 1e6 * got.CPU / float64(got.Frames)
	o.seconds = siegeAsked
	if got.Latency, err = runLatency(ctx, s, d, rate, o); err != nil {
		return got, err
	}
	end()
	if h != nil {
		got.Told = h.Wait()
	}
	if got.Letters, err = s.metric(ctx, "hindsight_deadletter_records_total"); err != nil {
		return got, err
	}
	if hostiles > 0 && (got.Turns == 0 || o.mischief == "" && (got.Refused == 0 || got.Erased == 0 || got.Letters == 0)) {
		return got, errors.New("the hostile connections did nothing, or the server let them")
	}
	return got, d.check(ctx, s, o.check)
}

// drained waits until the processor has stored all that the log has taken by now; orders may still wait.
func drained(ctx context.Context, s *server) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	taken, err := s.metric(ctx, `hindsight_log_records_total{result="acked"}`)
	for read := 0.0; err == nil && read < taken; {
		if err = until(ctx, time.Now().Add(lookEvery/10)); err != nil {
			return fmt.Errorf("the processor has read %.0f of %.0f records: %w", read, taken, err)
		}
		read, err = s.metric(ctx, "hindsight_processor_records_total")
	}
	return err
}

// siegeFigures compares the runs with hostile connections to those without.
func siegeFigures(all []siege) (figures []figure) {
	of := func(hostile bool, what func(siege) float64) float64 {
		var some []siege
		for _, s := range all {
			if s.Hostile > 0 == hostile {
				some = append(some, s)
			}
		}
		return medianOf(some, what)
	}
	for _, f := range []struct {
		what string
		of   func(siege) float64
	}{
		{"CPU of an honest frame, µs", func(s siege) float64 { return s.Each }},
		{"sent to answered by the events call, p99, ms", func(s siege) float64 { return s.Latency.P99 }},
	} {
		with, without := of(true, f.of), of(false, f.of)
		figures = append(figures, figure{What: f.what, Got: without}, figure{What: "the same, besieged", Got: with},
			figure{"of it, %", 100 * with / without, "≤ 110", with <= 1.1*without})
	}
	return figures
}

// tell prints a run as it ends.
func (s *siege) tell() {
	fmt.Fprintf(os.Stderr, "\r\033[K%4d hostile: %.1f µs a frame (engine %.1f), p50 %.0f p99 %.0f ms; %d frames, %+v, %.0f letters\n",
		s.Hostile, s.Each, 1e6*s.Engine/float64(s.Frames), s.Latency.P50, s.Latency.P99, s.Frames, s.Told, s.Letters)
}
