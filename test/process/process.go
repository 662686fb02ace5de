// Package process runs the built program as tests from outside do: it starts it, asks whether it is ready, kills it,
// freezes it, starts it again at the same address, and shows what it said when the test has failed.
package process

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// Process is one hindsight, running or not started yet; what it prints is kept.
type Process struct {
	Name string    // its subcommand
	Base string    // http://127.0.0.1:port of its health and metrics
	Cmd  *exec.Cmd // may be changed until Start
	Out  *Output   // several processes may share one

	done chan struct{}
	err  error // of Wait; read after done
}

// Binary is the path of bin/name; target is the make target that builds it. For tests two directories below the root.
func Binary(t testing.TB, name, target string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "bin", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("bin/%s is missing: run `make %s` (%v)", name, target, err)
	}
	return path
}

// FreeAddress is an address of the loopback interface that nobody listens at now.
func FreeAddress(t testing.TB) string {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// New is the program at path with these arguments and "--listen address" behind them, not started yet. It has this
// process's environment and a process group of its own.
func New(path, address string, args ...string) *Process {
	p := &Process{
		Name: args[0], Base: "http://" + address, Out: &Output{}, done: make(chan struct{}),
		Cmd: exec.Command(path, append(args, "--listen", address)...), //nolint:noctx // it ends by Kill, in order or not
	}
	p.Cmd.Env = os.Environ()
	p.Cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return p
}

// Start starts it; at the test's end it is killed.
func (p *Process) Start(t testing.TB) *Process {
	t.Helper()
	p.Cmd.Stdout, p.Cmd.Stderr = p.Out, p.Out
	if err := p.Cmd.Start(); err != nil {
		t.Fatalf("start hindsight %s: %v", p.Name, err)
	}
	go func() { p.err = p.Cmd.Wait(); close(p.done) }()
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("the end of what hindsight %s said, answered requests left out:\n%s", p.Name, Tail(withoutRequests(p.Out.String()), 3000))
		}
	})
	return p
}

// Again starts what has ended once more, with the same arguments and environment, at the same address. What env says,
// NAME=VALUE, is added to the environment.
func (p *Process) Again(t testing.TB, env ...string) *Process {
	t.Helper()
	next := &Process{Name: p.Name, Base: p.Base, Out: &Output{}, done: make(chan struct{}), Cmd: exec.Command(p.Cmd.Path, p.Cmd.Args[1:]...)} //nolint:noctx // as in New
	next.Cmd.Env, next.Cmd.SysProcAttr = slices.Concat(p.Cmd.Env, env), &syscall.SysProcAttr{Setpgid: true}
	return next.Start(t)
}

// Kill ends it by SIGKILL and waits for it. Only the process itself is hit: a child that stays behind would show.
func (p *Process) Kill() {
	_ = p.Cmd.Process.Kill()
	<-p.done
}

// Terminate asks it to stop in order and tells how long that took; 30 s at most.
func (p *Process) Terminate(t testing.TB) time.Duration {
	t.Helper()
	begin := time.Now()
	_ = p.Cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
		if p.err != nil {
			t.Errorf("hindsight %s ended with %v after SIGTERM", p.Name, p.err)
		}
	case <-time.After(30 * time.Second):
		t.Errorf("hindsight %s still runs 30 s after SIGTERM", p.Name)
		p.Kill()
	}
	return time.Since(begin)
}

// Signal sends it a signal.
func (p *Process) Signal(t testing.TB, s syscall.Signal) {
	t.Helper()
	if err := p.Cmd.Process.Signal(s); err != nil {
		t.Fatalf("signal %v to hindsight %s: %v", s, p.Name, err)
	}
}

// Pid is its process id.
func (p *Process) Pid() int { return p.Cmd.Process.Pid }
