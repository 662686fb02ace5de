package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"syscall"
	"time"

	"hindsight/internal/eventlog"
	"hindsight/internal/wire"
	"hindsight/internal/wire/wiretest"
	"hindsight/processor"
	"hindsight/processor/guard"
	"hindsight/test/bench/plain"
)

// coreLeast is how many times as fast as encoding/json the core is to be.
const coreLeast = 5

// coreRun is one round over all recorded frames with one way of reading them.
type coreRun struct {
	Way string `json:"way"`
	// MBPerCPUSecond counts bytes of inflated sections; the process's CPU time
	// counts, with that of the garbage collector.
	MBPerCPUSecond     float64 `json:"mb_per_cpu_second"`
	EventsPerCPUSecond float64 `json:"events_per_cpu_second"`
	AllocationsAnEvent float64 `json:"allocations_an_event"`
	AllocationsAFrame  float64 `json:"allocations_a_frame"`
}

// The ways of reading that are compared, and what both of them pay beside it.
const (
	wayScanners = "scanners"
	wayPlain    = "encoding/json"
)

// coreTime is how long a run takes at least, CPU time.
const coreTime = 600 * time.Millisecond

// coreFigures measures the processor's core on recorded frames (inflate, parse,
// guard, bin) against the same work with encoding/json, in turns.
func coreFigures(rounds int) ([]figure, []coreRun, error) {
	records, err := recordedFrames()
	if err != nil {
		return nil, nil, err
	}
	var runs []coreRun
	for round := range rounds {
		ways := []string{wayScanners, wayPlain}
		if round%2 == 1 {
			slices.Reverse(ways)
		}
		for _, way := range ways {
			fmt.Fprintf(os.Stderr, "\rround %d of %d: core, %s        ", round+1, rounds, way)
			got, err := runCore(way, records)
			if err != nil {
				return nil, nil, fmt.Errorf("%s: %w", way, err)
			}
			runs = append(runs, got)
		}
	}
	of := func(what func(coreRun) float64) (ours, theirs float64) {
		var all [2][]float64
		for _, run := range runs {
			way := 0
			if run.Way == wayPlain {
				way = 1
			}
			all[way] = append(all[way], what(run))
		}
		return median(all[0]), median(all[1])
	}
	speed := figure{What: "MB of sections per CPU second, core; bare: JSON", Goal: fmt.Sprintf("ratio ≥ %d", coreLeast)}
	speed.Ours, speed.Bare = of(func(r coreRun) float64 { return r.MBPerCPUSecond })
	speed.Ratio = speed.Ours / speed.Bare
	speed.Met = speed.Ratio >= coreLeast
	events := figure{What: "rrweb events per CPU second, the same", Goal: "as above", Met: speed.Met}
	events.Ours, events.Bare = of(func(r coreRun) float64 { return r.EventsPerCPUSecond })
	events.Ratio = events.Ours / events.Bare
	frames := figure{What: "allocations a frame, the same", Goal: "none per event: see the tests", Met: true}
	frames.Ours, frames.Bare = of(func(r coreRun) float64 { return r.AllocationsAFrame })
	frames.Ratio = frames.Ours / frames.Bare
	return []figure{speed, events, frames}, runs, nil
}

// recordedFrames are the visits of wiretest as records of the log.
func recordedFrames() ([]eventlog.Fetched, error) {
	var records []eventlog.Fetched
	for _, name := range []string{wiretest.RecordedShop, wiretest.RecordedHeavy} {
		frames, err := wiretest.Recorded(name)
		if err != nil {
			return nil, err
		}
		for _, frame := range frames {
			h, err := wire.ParseHeader(frame)
			if err != nil {
				return nil, fmt.Errorf("recording %s: %w", name, err)
			}
			records = append(records, eventlog.Fetched{
				Key: []byte(h.Session.String()), Value: frame,
				Headers: []eventlog.Header{
					{Key: "v", Value: []byte("1")}, {Key: "site", Value: []byte(siteKey)},
					{Key: "rcv", Value: []byte(strconv.FormatInt(int64(h.SentAt), 10))}, {Key: "via", Value: []byte("ws")},
					{Key: "doc", Value: []byte(hex.EncodeToString(h.Document[:]))},
					{Key: "seq", Value: []byte(strconv.FormatUint(uint64(h.Sequence), 10))}, {Key: "consent", Value: []byte{'0' + byte(h.Consent)}},
				},
			})
		}
	}
	return records, nil
}

func runCore(way string, records []eventlog.Fetched) (coreRun, error) {
	var sections processor.Sections
	if way == wayPlain {
		sections = plain.Sections{}
	}
	core := processor.NewCore(nil, nil, guard.New(), sections)
	run := coreRun{Way: way}
	bytes, events, frames := 0, 0, 0
	pass := func() error {
		for i := range records {
			got, err := core.Decode(&records[i])
			if err != nil || got.Refused != "" {
				return fmt.Errorf("frame %d: %w, refused %q", i, err, got.Refused)
			}
			b := &got.Record.Batch
			bytes, events, frames = bytes+int(b.SignalsBytes+b.ReplayBytes), events+int(b.ReplayEvents+b.Signals), frames+1
		}
		return nil
	}
	if err := pass(); err != nil { // what is kept from frame to frame has its size now
		return run, err
	}
	debug.FreeOSMemory()
	bytes, events, frames = 0, 0, 0
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := ownCPU()
	for ownCPU()-began < coreTime {
		if err := pass(); err != nil {
			return run, err
		}
	}
	took := (ownCPU() - began).Seconds()
	runtime.ReadMemStats(&after)
	allocations := float64(after.Mallocs - before.Mallocs)
	run.MBPerCPUSecond, run.EventsPerCPUSecond = float64(bytes)/1e6/took, float64(events)/took
	run.AllocationsAnEvent, run.AllocationsAFrame = allocations/float64(events), allocations/float64(frames)
	return run, nil
}

// ownCPU is the CPU time of this process so far.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0 // cannot be: the arguments are valid
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(all []float64) float64 {
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}
