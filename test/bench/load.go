package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"hindsight/internal/bench"
)

// child is a server under measurement. It says where it listens, and then how
// much it has used whenever it gets a line.
type child struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *json.Decoder
	Address string `json:"address"`
}

// usage is what a server has used so far: seconds of CPU, resident bytes.
type usage struct {
	CPU      float64 `json:"cpu"`
	Resident float64 `json:"resident"`
}

func start(ctx context.Context, role string, o options) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.CommandContext(ctx, self, "-role", role, "-profiles", o.profiles)}
	c.cmd.Stderr = os.Stderr
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	c.out = json.NewDecoder(bufio.NewReader(out))
	if err := c.out.Decode(c); err != nil {
		return nil, errors.Join(fmt.Errorf("the server did not start: %w", err), c.stop())
	}
	return c, nil
}

// settle asks for the usage after what is garbage was given back.
const settle = "settle"

func (c *child) usage() (usage, error) { return c.ask("usage") }

func (c *child) ask(what string) (u usage, err error) {
	if _, err = io.WriteString(c.in, what+"\n"); err == nil {
		err = c.out.Decode(&u)
	}
	return u, err
}

// stop ends the server by the end of its input.
func (c *child) stop() error {
	return errors.Join(c.in.Close(), c.cmd.Wait())
}

// run is one server under load for a while.
type run struct {
	Role         string  `json:"role"`
	Bytes        int     `json:"bytes"`
	PerCPUSecond float64 `json:"messages_per_cpu_second"`
	Rate         float64 `json:"acked_rate"`
	P50          float64 `json:"p50_ms"`
	P99          float64 `json:"p99_ms"`
}

// load drives a server as fast as its acks come, one frame in flight on each
// connection, and counts from when all are connected.
func load(ctx context.Context, role string, bytes int, o options) (run, error) {
	return drive(ctx, role, o, func(cfg *bench.Config) { cfg.Bytes = bytes }, nil)
}

// drive drives a server and counts while all are connected and beside says yes;
// it is asked about once a second, with the server's address.
func drive(ctx context.Context, role string, o options, how func(*bench.Config), beside func(address string) bool) (got run, err error) {
	c, err := start(ctx, role, o)
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	cfg := bench.DefaultConfig()
	cfg.Collector, cfg.Site, cfg.Origin = c.Address, siteKey, siteOrigin
	cfg.Connections, cfg.Window = o.connections, 1
	cfg.Duration, cfg.Drain = o.seconds+time.Minute, 0 // the end is made below: a busy machine takes long to connect
	how(&cfg)
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	var from, to usage
	var first, last bench.Result
	var fault error
	if _, err = bench.Run(ctx, cfg, func(r bench.Result) {
		if r.Connected < int64(o.connections) || fault != nil || last.Seconds-first.Seconds >= o.seconds.Seconds() && last.Acked > 0 {
			return
		}
		if beside != nil && !beside(c.Address) {
			return
		}
		if to, fault = c.usage(); first.Acked == 0 {
			from, first = to, r
		}
		if last = r; last.Seconds-first.Seconds >= o.seconds.Seconds() {
			enough()
		}
	}); err == nil {
		err = fault
	}
	switch {
	case err != nil:
		return got, err
	case last.WrongAcks > 0 || len(last.Refused) > 0 || len(last.Closes) > 0:
		return got, fmt.Errorf("the server did not do as it should: %+v", last)
	case last.Acked <= first.Acked || to.CPU <= from.CPU:
		return got, errors.New("not all connections could be made, or no frame was acknowledged")
	}
	return run{Role: role, Bytes: cfg.Bytes, PerCPUSecond: float64(last.Acked-first.Acked) / (to.CPU - from.CPU),
		Rate: float64(last.Acked-first.Acked) / (last.Seconds - first.Seconds), P50: last.Between(first, 0.5), P99: last.Between(first, 0.99)}, nil
}
