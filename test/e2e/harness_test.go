// Package e2e tests the whole product from outside: real processes, a real browser, real files.
package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hindsight/demo"
	"hindsight/test/process"
)

const (
	siteKey = "e2e-key-0123456789"
	// clientAddress is the only place in the world this address occurs: connections to the collector come from it.
	clientAddress = "127.77.13.9"
)

// start runs hindsight with these arguments and environment; what it says is added to out.
func start(t testing.TB, out *process.Output, address string, env []string, args ...string) *process.Process {
	t.Helper()
	p := process.New(process.Binary(t, "hindsight", "build"), address, args...)
	p.Out, p.Cmd.Env = out, append(p.Cmd.Env, env...)
	return p.Start(t)
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

// shop serves the demo site from an origin of its own, with the tracker from trackerURL. Recording has no budget: on a
// busy machine the tracker would take the waiting for a core for work of its own, rest, and miss what is looked for.
func shop(t testing.TB, trackerURL string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(demo.Handler(demo.HandlerConfig{SiteKey: siteKey, TrackerURL: trackerURL + "/t.js", Consent: "implied", SampleRate: 1, Budget: "0"}))
	t.Cleanup(s.Close)
	return s
}

// node runs a browser step of test/e2e/browser and decodes its answer.
func node(t testing.TB, script string, task map[string]any, answer any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	if err := process.BrowserStep(ctx, script, task, answer); err != nil {
		t.Fatal(err)
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
		return fmt.Errorf("GET %s: %w in %s", path, err, process.Tail(string(raw), 500))
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
		return nil, fmt.Errorf("%s %s: %s %s", method, path, resp.Status, process.Tail(string(raw), 500))
	}
	return raw, nil
}
