// Command through measures the whole way of an event on this machine: from a
// websocket to ClickHouse, in `hindsight all` as it is shipped. It records
// visits to the demo shop with the real tracker in a browser and plays the
// frames as many sessions. docs/bench.md says how and what for.
//
// It ends with 0 whatever the figures are: a machine's time decides no test;
// with 1 when it could not measure, or when not everything that was
// acknowledged could be asked for.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"time"
)

type options struct {
	binary, out, visits string
	recorded, seed      int
	interval            time.Duration
	rounds              int
	connections         int
	sessions, warm      int
	seconds             time.Duration
	check, probes       int
	rate                float64
	hostile             int
	turns               float64
	mischief            string
}

func main() {
	var o options
	flag.StringVar(&o.binary, "hindsight", "bin/hindsight", "the program under measurement")
	flag.StringVar(&o.out, "out", "", "FILE for the figures as JSON")
	flag.StringVar(&o.visits, "visits", "", "FILE of recorded visits: read, or recorded and written where it is missing (default: recorded anew)")
	flag.IntVar(&o.recorded, "recorded", 4, "visits to record, at the same time")
	flag.IntVar(&o.seed, "seed", 1, "of what the visitors do")
	flag.DurationVar(&o.interval, "interval", 0, "how often the tracker is asked for a batch while it is recorded (0: as shipped)")
	flag.IntVar(&o.rounds, "rounds", 5, "runs, each on a server and a data directory of its own (0: record only)")
	flag.IntVar(&o.connections, "connections", 200, "sessions at a time")
	flag.IntVar(&o.sessions, "sessions", 1500, "sessions of a run")
	flag.DurationVar(&o.seconds, "seconds", 30*time.Second, "how long to send at half of the load (0: leave that out)")
	flag.IntVar(&o.warm, "warm", 1500, "sessions that each server stores before, told apart (0: none)")
	flag.IntVar(&o.check, "check", 40, "sessions of a run whose events are counted at the end")
	flag.IntVar(&o.probes, "probes", probesEach, "frames a second at half of the load that are asked for until they are there")
	flag.Float64Var(&o.rate, "rate", 0, "events a second at half of the load (0: half of what the run before it reached)")
	flag.IntVar(&o.hostile, "hostile", 0, "measure what so many connections that misbehave cost the others, and nothing else")
	flag.Float64Var(&o.turns, "turns", siegeTurns, "misdeeds a second, of all of these together")
	flag.StringVar(&o.mischief, "mischief", "", "only kinds of these names, parts of them with commas between (default: all)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, o, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "through:", err)
		os.Exit(1)
	}
}

// measure makes all rounds. more are flags for the server.
func measure(ctx context.Context, o options, more []string) (err error) {
	say("recording %d visits to the shop", o.recorded)
	t, err := recorded(ctx, o)
	if err != nil {
		return err
	}
	visits, err := opened(t)
	if err != nil {
		return err
	}
	r := report{At: time.Now().UTC(), CPUs: runtime.NumCPU(), Rounds: o.rounds, Visits: sumUp(visits)}
	where, err := newPlace()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, where.clear()) }()
	for round := range o.rounds {
		say("round %d of %d", round+1, o.rounds)
		if o.hostile > 0 {
			err = r.siege(ctx, o, where, visits, t.Agent, more, round)
		} else {
			err = r.round(ctx, o, where, visits, t.Agent, more)
		}
		if err != nil {
			return fmt.Errorf("round %d: %w", round+1, err)
		}
	}
	say("")
	r.finish()
	r.print()
	return r.write(o.out)
}

// life is a server's, on a data directory of its own: what is done with it, and its end.
func life(ctx context.Context, o options, where *place, visits []*visit, agent string, flags []string, do func(*server, *driver) error) error {
	dir, making, err := where.another()
	if err != nil {
		return err
	}
	moved := make([]*visit, len(visits))
	for i, v := range visits {
		if moved[i], err = v.moved(time.Now()); err != nil {
			return err
		}
	}
	s, err := start(ctx, o.binary, dir, flags)
	if err != nil {
		return err
	}
	s.making = making
	d := &driver{stream: streamOf(s.base, siteKey), origin: siteOrigin, agent: agent, visits: moved}
	if err = errors.Join(do(s, d), s.stop()); err != nil {
		err = fmt.Errorf("%w\nthe server said: %s", err, s.said())
	}
	return err
}

// round measures one server.
func (r *report) round(ctx context.Context, o options, where *place, visits []*visit, agent string, more []string) error {
	return life(ctx, o, where, visits, agent, slices.Concat(unlimited, more), func(s *server, d *driver) error { return r.measure(ctx, o, s, d) })
}

func (r *report) measure(ctx context.Context, o options, s *server, d *driver) error {
	if o.warm > 0 {
		cold, err := runFlood(ctx, s, d, o, o.warm)
		if err != nil {
			return err
		}
		r.Colds = append(r.Colds, cold)
	}
	before, err := plainSeconds(d.visits)
	if err != nil {
		return err
	}
	f, err := runFlood(ctx, s, d, o, o.sessions)
	if err != nil {
		return err
	}
	behind, err := plainSeconds(d.visits)
	if err != nil {
		return err
	}
	f.Plain = (before + behind) / 2
	r.Floods = append(r.Floods, f)
	at, err := atRest(ctx, s, d)
	if err != nil {
		return err
	}
	r.Rests = append(r.Rests, at)
	if o.seconds == 0 {
		return nil
	}
	rate := o.rate
	if rate == 0 {
		rate = float64(f.Events) / f.Stored / 2
	}
	l, err := runLatency(ctx, s, d, rate, o)
	if err != nil {
		return fmt.Errorf("at half of the load: %w", err)
	}
	r.Latencies = append(r.Latencies, l)
	return nil
}

// say writes a line over the one before.
func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "\r\033[K"+format, args...)
}
