// Command bench measures what ingest costs on this machine, as ratios to the
// least that can be: a websocket server that reads into a pooled buffer, throws
// away and acknowledges. docs/bench.md says how and what for.
//
// The servers are processes of their own, so that their CPU time can be told
// from the driver's. It ends with 0 whatever the figures are: a machine's time
// decides no test; with 1 when it could not measure.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"time"

	"hindsight/internal/heap"
)

// report is what is printed, and written as JSON.
type report struct {
	At      time.Time  `json:"at"`
	CPUs    int        `json:"cpus"`
	Rounds  int        `json:"rounds"`
	Figures []figure   `json:"figures"`
	Runs    []run      `json:"runs,omitempty"`
	Core    []coreRun  `json:"core,omitempty"`
	Idle    *idle      `json:"idle,omitempty"`
	Siege   []siegeRun `json:"siege,omitempty"`
}

// figure is one line of the table: ours against the yardstick, or against a bound.
type figure struct {
	What  string  `json:"what"`
	Ours  float64 `json:"ours"`
	Bare  float64 `json:"bare,omitempty"`
	Ratio float64 `json:"ratio,omitempty"`
	Goal  string  `json:"goal"`
	Met   bool    `json:"met"`
}

type options struct {
	role, out   string
	profiles    string
	rounds      int
	seconds     time.Duration
	connections int
	idle        int
	hostile     int
	only        string
}

// driverFloor, bytes: a run makes less garbage than that.
const driverFloor = 512 << 20

// The parts that can be measured alone.
const (
	partCore    = "core"
	partLoad    = "load"
	partHostile = "hostile"
	partIdle    = "idle"
)

func (o options) check() error {
	switch o.only {
	case "", partCore, partLoad, partHostile, partIdle:
		return nil
	}
	return fmt.Errorf("there is no part %q to measure", o.only)
}

func (o options) wants(part string) bool { return o.only == "" || o.only == part }

func main() {
	var o options
	flag.StringVar(&o.role, "role", "", "internal: which server this process is")
	flag.StringVar(&o.out, "out", "", "FILE for the figures as JSON")
	flag.StringVar(&o.profiles, "profiles", "", "DIR for profiles of each server; costs what it measures a little")
	flag.IntVar(&o.rounds, "rounds", 5, "runs of each, in turns")
	flag.DurationVar(&o.seconds, "seconds", 4*time.Second, "how long a run takes")
	flag.IntVar(&o.connections, "connections", 1000, "connections of a run")
	flag.IntVar(&o.idle, "idle", 15_000, "connections that do nothing (0: leave that out)")
	flag.IntVar(&o.hostile, "hostile", 1000, "connections that misbehave beside the others (0: leave that out)")
	flag.StringVar(&o.only, "only", "", "measure a part alone: core, load, hostile or idle")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	do := func() error {
		// The driver's own collections must not be in anybody's latency: with
		// twice the connections they would take twice as long.
		floor := heap.NewFloor(driverFloor)
		defer runtime.KeepAlive(floor)
		return measure(ctx, o)
	}
	if err := o.check(); err != nil {
		do = func() error { return err }
	}
	if o.role != "" {
		do = func() error { return serve(ctx, o.role, o.profiles) }
	}
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// sizes of a frame, bytes: a quiet page's batch, and one that was cut at 16 KB;
// least is the share of the yardstick's messages per CPU second to reach.
var sizes = []struct {
	bytes int
	name  string
	least float64
}{{2 << 10, "2 KB", 0.60}, {16 << 10, "16 KB", 0.40}}

func measure(ctx context.Context, o options) error {
	r := report{At: time.Now().UTC(), CPUs: runtime.NumCPU(), Rounds: o.rounds}
	if o.wants(partCore) {
		figures, runs, err := coreFigures(o.rounds)
		if err != nil {
			return fmt.Errorf("processor's core: %w", err)
		}
		r.Figures, r.Core = figures, runs
	}
	if o.only != partCore {
		if err := servers(ctx, o, &r); err != nil {
			return err
		}
	}
	fmt.Fprint(os.Stderr, "\r", strings.Repeat(" ", 50), "\r")
	r.print()
	if o.out == "" {
		return nil
	}
	raw, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(o.out, append(raw, '\n'), 0o600)
}

// servers measures the collector against the bare server.
func servers(ctx context.Context, o options, r *report) error {
	loads := o.rounds
	if !o.wants(partLoad) {
		loads = 0
	}
	for round := range loads {
		for _, size := range sizes {
			roles := []string{roleBare, roleCollector}
			if round%2 == 1 { // a slow moment of the machine meets both
				slices.Reverse(roles)
			}
			for _, role := range roles {
				fmt.Fprintf(os.Stderr, "\rround %d of %d: %s, %s        ", round+1, o.rounds, role, size.name)
				got, err := load(ctx, role, size.bytes, o)
				if err != nil {
					return fmt.Errorf("%s, %s: %w", role, size.name, err)
				}
				r.Runs = append(r.Runs, got)
			}
		}
	}
	for _, size := range sizes {
		if loads == 0 {
			break
		}
		f := figure{What: "messages per CPU second, " + size.name, Ours: r.median(roleCollector, size.bytes), Bare: r.median(roleBare, size.bytes),
			Goal: fmt.Sprintf("ratio ≥ %.2f", size.least)}
		f.Ratio = f.Ours / f.Bare
		f.Met = f.Ratio >= size.least
		r.Figures = append(r.Figures, f)
	}
	if o.wants(partHostile) && o.hostile > 0 && o.rounds > 0 {
		figures, runs, err := siege(ctx, o)
		if err != nil {
			return err
		}
		r.Figures, r.Siege = append(r.Figures, figures...), runs
	}
	if o.wants(partIdle) && o.idle > 0 {
		fmt.Fprintf(os.Stderr, "\r%d idle connections                ", o.idle)
		got, err := idleMemory(ctx, o)
		if err != nil {
			return fmt.Errorf("idle connections: %w", err)
		}
		r.Idle = &got
		r.Figures = append(r.Figures, figure{What: fmt.Sprintf("bytes of an idle connection, %d of them", got.Connections), Ours: got.Each, Goal: "≤ 10,240", Met: got.Each <= 10<<10})
	}
	return nil
}

// median of messages per CPU second.
func (r *report) median(role string, bytes int) float64 {
	var all []float64
	for _, run := range r.Runs {
		if run.Role == role && run.Bytes == bytes {
			all = append(all, run.PerCPUSecond)
		}
	}
	return median(all)
}

func (r *report) print() {
	fmt.Printf("%d CPUs, %d rounds; medians\n\n%-46s%10s%10s%8s  goal\n", r.CPUs, r.Rounds, "", "ours", "beside", "ratio")
	digits := func(v float64) string {
		if v < 1000 {
			return fmt.Sprintf("%.1f", v)
		}
		return fmt.Sprintf("%.0f", v)
	}
	for _, f := range r.Figures {
		bare, ratio, met := "–", "–", "NOT MET"
		if f.Bare > 0 {
			bare, ratio = digits(f.Bare), fmt.Sprintf("%.2f", f.Ratio)
		}
		if f.Met {
			met = "met"
		}
		fmt.Printf("%-46s%10s%10s%8s  %s  %s\n", f.What, digits(f.Ours), bare, ratio, f.Goal, met)
	}
}
