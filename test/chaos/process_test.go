// Package chaos ends, freezes and starves the processes of a real Hindsight while batches are on their way, and holds
// every table of the store against that of an undisturbed run of the same input (docs/delivery.md).
//
// The program under test is built with the tag "faults" (internal/fault): `make test-chaos`, and `make chaos` for the
// long form.
package chaos

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hindsight/internal/fault"
)

// process is one running hindsight; what it prints is kept.
type process struct {
	name string
	base string // http://127.0.0.1:port of health and metrics
	cmd  *exec.Cmd
	out  *output
	done chan struct{}
	err  error // of Wait; read after done
}

type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// binary is the program under test.
func binary(t testing.TB) string {
	t.Helper()
	path, err := filepath.Abs("../../bin/hindsight-faults")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("bin/hindsight-faults is missing: run these tests by `make test-chaos` (%v)", err)
	}
	return path
}

// command is hindsight with these arguments and a port of its own, not started yet.
func command(t testing.TB, args ...string) *process {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	p := &process{name: args[0], base: "http://" + address, out: &output{}, done: make(chan struct{})}
	p.cmd = exec.Command(binary(t), append(args, "--listen", address, "--log-format", "json")...)
	p.cmd.Env = append(os.Environ(), fault.Variable+"=")
	return p
}

// start starts it, and kills it at the test's end.
func (p *process) start(t testing.TB) *process {
	t.Helper()
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start hindsight %s: %v", p.name, err)
	}
	go func() { p.err = p.cmd.Wait(); close(p.done) }()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("the end of what hindsight %s said:\n%s", p.name, tail(p.out.String(), 3000))
		}
	})
	return p
}

// again starts what has ended once more, at the same address.
func (p *process) again(t testing.TB) *process {
	t.Helper()
	next := &process{name: p.name, base: p.base, out: &output{}, done: make(chan struct{}), cmd: exec.Command(p.cmd.Path, p.cmd.Args[1:]...)}
	next.cmd.Env = p.cmd.Env
	return next.start(t)
}

func tail(s string, n int) string {
	if len(s) > n {
		return "…" + s[len(s)-n:]
	}
	return s
}

// kill ends it by SIGKILL and waits for it.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// terminate asks it to stop in order.
func (p *process) terminate(t testing.TB) {
	t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
		if p.err != nil {
			t.Errorf("hindsight %s ended with %v after SIGTERM", p.name, p.err)
		}
	case <-time.After(30 * time.Second):
		t.Errorf("hindsight %s still runs 30 s after SIGTERM", p.name)
		p.kill()
	}
}

func (p *process) signal(t testing.TB, s syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatalf("signal %v to hindsight %s: %v", s, p.name, err)
	}
}

// awaitKilled waits for it to be killed by its fault point: nobody else does that.
func (p *process) awaitKilled(t testing.TB, point string) {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		t.Fatalf("hindsight %s never passed %s", p.name, point)
	}
	if status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("hindsight %s ended before it passed %s: %v\n%s", p.name, point, p.err, tail(p.out.String(), 2000))
	}
}

// awaitFrozen waits for it to stop itself at its fault point.
func (p *process) awaitFrozen(t testing.TB, point string) {
	t.Helper()
	eventually(t, "hindsight "+p.name+" freezes at "+point, func() error {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
		if err != nil {
			return err
		}
		if state := strings.TrimSpace(string(raw[bytes.LastIndexByte(raw, ')')+1:]))[:1]; state != "T" {
			return fmt.Errorf("its state is %s", state)
		}
		return nil
	})
}

// ready tells what /readyz answers; 0: nothing.
func (p *process) ready() int {
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Get(p.base + "/readyz")
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

// awaitReady waits until /readyz answers with this status.
func (p *process) awaitReady(t testing.TB, status int) *process {
	t.Helper()
	eventually(t, fmt.Sprintf("hindsight %s answers %d at /readyz", p.name, status), func() error {
		select {
		case <-p.done:
			t.Fatalf("hindsight %s has ended: %v\n%s", p.name, p.err, tail(p.out.String(), 3000))
		default:
		}
		if got := p.ready(); got != status {
			return fmt.Errorf("it answers %d", got)
		}
		return nil
	})
	return p
}

// patience only ends a test that fails anyway.
const patience = 90 * time.Second

// eventually tries until f has no complaint, or fails with its last one.
func eventually(t testing.TB, what string, f func() error) {
	t.Helper()
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if err = f(); err == nil {
			return
		}
	}
	t.Fatalf("%s: not within %s: %v", what, patience, err)
}
