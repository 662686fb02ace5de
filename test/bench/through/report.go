package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"
)

// report is what is printed, and written as JSON.
type report struct {
	At        time.Time `json:"at"`
	CPUs      int       `json:"cpus"`
	Rounds    int       `json:"rounds"`
	Visits    summary   `json:"visits"`
	Figures   []figure  `json:"figures"`
	Colds     []flood   `json:"colds,omitempty"` // the first of each server, which finds its memory meanwhile
	Floods    []flood   `json:"floods,omitempty"`
	Rests     []rest    `json:"rests,omitempty"`
	Latencies []latency `json:"latencies,omitempty"`
	Sieges    []siege   `json:"sieges,omitempty"`
}

// figure is one line of the table: a median, and what it should be.
type figure struct {
	What string  `json:"what"`
	Got  float64 `json:"got"`
	Goal string  `json:"goal,omitempty"`
	Met  bool    `json:"met"`
}

// summary is what the recorded visits are made of.
type summary struct {
	Visits         int     `json:"visits"`
	Frames         int     `json:"frames"`
	Events         int     `json:"events"`
	Bytes          int     `json:"bytes"`
	EventsPerFrame float64 `json:"events_per_frame"`
	BytesPerFrame  float64 `json:"bytes_per_frame"`
}

func sumUp(visits []*visit) summary {
	s := summary{Visits: len(visits)}
	for _, v := range visits {
		s.Frames += len(v.frames)
		s.Events += v.events
		s.Bytes += v.bytes
	}
	s.EventsPerFrame, s.BytesPerFrame = float64(s.Events)/float64(s.Frames), float64(s.Bytes)/float64(s.Frames)
	return s
}

func (r *report) finish() {
	if len(r.Sieges) > 0 {
		r.Figures = siegeFigures(r.Sieges)
	}
	if len(r.Floods) == 0 {
		return // visits were recorded, no more
	}
	core := medianOf(r.Floods, func(f flood) float64 { return f.PerCore })
	r.Figures = []figure{
		{"rrweb events per CPU second, websocket to queryable", core, "≥ 150,000", core >= 150_000},
		{What: "rrweb events a second", Got: medianOf(r.Floods, func(f flood) float64 { return float64(f.Events) / f.Stored })},
		{What: "frames a second", Got: medianOf(r.Floods, func(f flood) float64 { return float64(f.Frames) / f.Stored })},
		{What: "CPU of a frame, µs", Got: medianOf(r.Floods, func(f flood) float64 { return f.CPU / float64(f.Frames) * 1e6 })},
		{What: "of it the engine's process, µs", Got: medianOf(r.Floods, func(f flood) float64 { return f.Engine / float64(f.Frames) * 1e6 })},
		{What: "of it the kernel's, µs", Got: medianOf(r.Floods, func(f flood) float64 { return f.Kernel / float64(f.Frames) * 1e6 })},
		{What: "inflating one and encoding/json alone, µs", Got: medianOf(r.Floods, func(f flood) float64 { return f.Plain * 1e6 })},
		{What: "CPU of a frame, % of that", Got: medianOf(r.Floods, func(f flood) float64 { return 100 * f.CPU / float64(f.Frames) / f.Plain })},
		{What: "pages touched first for 100 frames", Got: medianOf(r.Floods, func(f flood) float64 { return 100 * f.Faults / float64(f.Frames) })},
		{What: "making an empty file there, µs", Got: medianOf(r.Floods, func(f flood) float64 { return f.Making * 1e6 })},
		{What: "frames of an insert", Got: medianOf(r.Floods, func(f flood) float64 { return float64(f.Frames) / f.Inserts })},
	}
	if len(r.Colds) > 0 {
		r.Figures = append(r.Figures, figure{What: "events per CPU second of a server just started", Got: medianOf(r.Colds, func(f flood) float64 { return f.PerCore })})
	}
	resting := medianOf(r.Rests, func(s rest) float64 { return float64(s.Recordings) / float64(s.Zipped) })
	r.Figures = append(r.Figures,
		figure{"recordings at rest, % of their JSON by gzip -6", 100 * resting, "≤ 88", resting <= 0.88},
		figure{What: "bytes of them, for a recorded minute", Got: medianOf(r.Rests, func(s rest) float64 { return float64(s.Recordings) / s.Minutes })},
		figure{What: "bytes of everything stored, for the same", Got: medianOf(r.Rests, func(s rest) float64 { return float64(s.All) / s.Minutes })})
	if len(r.Latencies) == 0 {
		return
	}
	p50 := medianOf(r.Latencies, func(l latency) float64 { return l.P50 })
	p99 := medianOf(r.Latencies, func(l latency) float64 { return l.P99 })
	r.Figures = append(r.Figures,
		figure{What: "half load, rrweb events a second", Got: medianOf(r.Latencies, func(l latency) float64 { return l.Got })},
		figure{"sent to answered by the events call, p50, ms", p50, "≤ 1,000", p50 <= 1000},
		figure{"the same, p99, ms", p99, "≤ 2,500", p99 <= 2500})
}

func medianOf[T any](all []T, of func(T) float64) float64 {
	values := make([]float64, len(all))
	for i, v := range all {
		values[i] = of(v)
	}
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

func (r *report) print() {
	v := r.Visits
	fmt.Printf("%d recorded visits: %d frames, %d rrweb events, %.1f events and %.0f bytes a frame\n", v.Visits, v.Frames, v.Events, v.EventsPerFrame, v.BytesPerFrame)
	fmt.Printf("%d CPUs, %d rounds; medians\n\n", r.CPUs, r.Rounds)
	for _, f := range r.Figures {
		met := ""
		switch {
		case f.Met:
			met = "met"
		case f.Goal != "":
			met = "NOT MET"
		}
		fmt.Printf("%-54s%10.0f  %s  %s\n", f.What, f.Got, f.Goal, met)
	}
}

func (r *report) write(file string) error {
	if file == "" {
		return nil
	}
	raw, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(raw, '\n'), 0o600)
}
