package process

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Patience only ends a test that fails anyway.
const Patience = 90 * time.Second

// ErrNotYet is for what Eventually awaits and what has no more to say.
var ErrNotYet = errors.New("not yet")

// Eventually tries until f has no complaint, or fails with its last one.
func Eventually(t testing.TB, what string, within time.Duration, f func() error) {
	t.Helper()
	err := ErrNotYet
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if err = f(); err == nil {
			return
		}
	}
	t.Fatalf("%s: not within %s: %v", what, within, err)
}

// Ready tells what /readyz answers; 0: nothing.
func (p *Process) Ready(t testing.TB) int {
	t.Helper()
	resp := p.get(t, "/readyz")
	if resp == nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

// get asks the process; nil where it does not answer. Whoever asks closes the body.
func (p *Process) get(t testing.TB, path string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.Base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		return nil
	}
	return resp
}

// AwaitReady waits until /readyz answers with this status; it fails when the process ends before.
func (p *Process) AwaitReady(t testing.TB, status int) *Process {
	t.Helper()
	Eventually(t, fmt.Sprintf("hindsight %s answers %d at /readyz", p.Name, status), Patience, func() error {
		select {
		case <-p.done:
			t.Fatalf("hindsight %s has ended: %v\n%s", p.Name, p.err, Tail(p.Out.String(), 4000))
		default:
		}
		if got := p.Ready(t); got != status {
			return fmt.Errorf("it answers %d", got)
		}
		return nil
	})
	return p
}

// AwaitKilled waits for it to be killed by its fault point: nobody else does that.
func (p *Process) AwaitKilled(t testing.TB, point string) {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(Patience):
		t.Fatalf("hindsight %s never passed %s", p.Name, point)
	}
	if status, ok := p.Cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("hindsight %s ended before it passed %s: %v\n%s", p.Name, point, p.err, Tail(p.Out.String(), 2000))
	}
}

// AwaitFrozen waits for it to stop itself at its fault point.
func (p *Process) AwaitFrozen(t testing.TB, point string) {
	t.Helper()
	Eventually(t, "hindsight "+p.Name+" freezes at "+point, Patience, func() error {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Pid()))
		if err != nil {
			return err
		}
		if state := strings.TrimSpace(string(raw[bytes.LastIndexByte(raw, ')')+1:]))[:1]; state != "T" {
			return fmt.Errorf("its state is %s", state)
		}
		return nil
	})
}
