// Package e2e tests the whole product from outside: real processes, a real browser, real files.
package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"hindsight/demo"
)

const (
	siteKey = "e2e-key-0123456789"
	// clientAddress is the only place in the world this address occurs: connections to the collector come from it.
	clientAddress = "127.77.13.9"
)

// binary is the program under test, built by `make build`.
func binary(t testing.TB) string {
	t.Helper()
	path, err := filepath.Abs("../../bin/hindsight")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("bin/hindsight is missing: run `make build` first (%v)", err)
	}
	return path
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// process is one running hindsight; what it prints is kept.
type process struct {
	name string
	cmd  *exec.Cmd
	out  *lockedBuffer
	done chan struct{}
	err  error
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start runs hindsight with these arguments in a process group of its own and kills that group at the test's end.
func start(t testing.TB, out *lockedBuffer, env []string, args ...string) *process {
	t.Helper()
	p := &process{name: args[0], cmd: exec.Command(binary(t), args...), out: out, done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start hindsight %s: %v", args[0], err)
	}
	go func() { p.err = p.cmd.Wait(); close(p.done) }()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("output of hindsight %s, answered requests left out:\n%s", p.name, tail(withoutRequests(out.String()), 3000))
		}
	})
	return p
}

// withoutRequests leaves out the lines that tell of a request that was answered, of which a test makes thousands.
func withoutRequests(s string) string {
	var kept strings.Builder
	for line := range strings.Lines(s) {
		if !strings.Contains(line, `"level":"info"`) || !strings.Contains(line, `"msg":"request"`) {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

func tail(s string, n int) string {
	if len(s) > n {
		return "…" + s[len(s)-n:]
	}
	return s
}

// kill ends the process by SIGKILL and waits for it. Only the process itself is hit: a child that stays behind
// would show in the tests.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// terminate asks the process to stop in order and says how long it took.
func (p *process) terminate(t testing.TB) time.Duration {
	t.Helper()
	begin := time.Now()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
		if p.err != nil {
			t.Errorf("hindsight %s ended with %v after SIGTERM", p.name, p.err)
		}
	case <-time.After(15 * time.Second):
		t.Errorf("hindsight %s still runs 15 s after SIGTERM", p.name)
		p.kill()
	}
	return time.Since(begin)
}

// waitReady polls /readyz; it fails when the process ends before.
func (p *process) waitReady(t testing.TB, base string) {
	t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for time.Now().Before(deadline) {
		select {
		case <-p.done:
			t.Fatalf("hindsight %s ended before it was ready: %v\n%s", p.name, p.err, tail(p.out.String(), 4000))
		default:
		}
		if resp, err := http.Get(base + "/readyz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("hindsight %s is not ready after 60 s\n%s", p.name, tail(p.out.String(), 4000))
}

// forwarder passes connections on to a target that is named later, coming from clientAddress. It outlives restarts
// of the target.
type forwarder struct {
	url    string
	target atomic.Pointer[string]
}

func newForwarder(t testing.TB) *forwarder {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &forwarder{url: "http://" + l.Addr().String()}
	var open sync.WaitGroup
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				open.Wait()
				return
			}
			open.Go(func() { f.pass(in) })
		}
	}()
	return f
}

func (f *forwarder) to(base string) {
	address := strings.TrimPrefix(base, "http://")
	f.target.Store(&address)
}

func (f *forwarder) pass(in net.Conn) {
	defer in.Close()
	target := f.target.Load()
	if target == nil {
		return
	}
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(clientAddress)}}
	out, err := dialer.Dial("tcp", *target)
	if err != nil {
		return
	}
	defer out.Close()
	go func() {
		_, _ = io.Copy(out, in)
		_ = out.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(in, out)
}

// shop serves the demo site from an origin of its own, with the tracker from trackerURL.
func shop(t testing.TB, trackerURL string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(demo.Handler(demo.HandlerConfig{SiteKey: siteKey, TrackerURL: trackerURL + "/t.js", Consent: "implied", SampleRate: 1}))
	t.Cleanup(s.Close)
	return s
}

// node runs a browser step of test/e2e/browser and decodes its answer.
func node(t testing.TB, script string, task map[string]any, answer any) {
	t.Helper()
	chrome := os.Getenv("CHROME")
	if chrome == "" {
		path, err := exec.LookPath("chromium")
		if err != nil {
			t.Fatal("these tests need a browser: install Chromium, or set CHROME to its path")
		}
		chrome = path
	}
	task["chrome"] = chrome
	in, err := json.Marshal(task)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "browser/"+script)
	cmd.Stdin = bytes.NewReader(in)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, tail(stderr.String(), 4000))
	}
	if err := json.Unmarshal(stdout.Bytes(), answer); err != nil {
		t.Fatalf("%s answered %q: %v", script, tail(stdout.String(), 1000), err)
	}
}

// client asks the API.
type client struct {
	base, token string
}

func (c client) get(path string, answer any) error {
	raw, err := c.raw(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, answer); err != nil {
		return fmt.Errorf("GET %s: %w in %s", path, err, tail(string(raw), 500))
	}
	return nil
}

// do sends a request without a body.
func (c client) do(method, path string, answer any) error {
	raw, err := c.request(method, path)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, answer)
}

func (c client) raw(path string) ([]byte, error) { return c.request(http.MethodGet, path) }

func (c client) request(method, path string) ([]byte, error) {
	req, err := http.NewRequest(method, c.base+"/api/v1"+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 300 {
		return nil, fmt.Errorf("%s %s: %s %s", method, path, resp.Status, tail(string(raw), 500))
	}
	return raw, nil
}

// eventually tries until f has no complaint, or fails with its last one.
func eventually(t testing.TB, what string, within time.Duration, f func() error) {
	t.Helper()
	deadline := time.Now().Add(within)
	err := errors.New("never tried")
	for time.Now().Before(deadline) {
		if err = f(); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s: not within %s: %v", what, within, err)
}
