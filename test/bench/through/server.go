package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	siteOrigin = "https://bench.example"
	adminToken = "bench-through-admin-token"
)

// server is `hindsight all` as a process of its own, on a data directory of its own.
type server struct {
	cmd    *exec.Cmd
	done   chan error
	out    bytes.Buffer // read after done
	dir    string
	making float64 // see place
	base   string
	site   string // id
	http   http.Client
}

// unlimited puts rate limits out of reach: all sessions come from one machine.
var unlimited = []string{"--connection-rate", "1e9", "--connection-bytes", "1TB", "--site-rate", "1e9", "--site-bytes", "1TB",
	"--connection-inflated", "1TB", "--site-inflated", "1TB"}

// start runs the program on a directory and waits until it is ready.
func start(ctx context.Context, binary, dir string, more []string) (_ *server, err error) {
	// Looking at it should cost the server little: what is asked for is not compressed.
	s := &server{dir: dir, done: make(chan error, 1), http: http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 16}}}
	address, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	s.base = "http://" + address
	args := append([]string{"all", "--listen", address, "--data", s.dir, "--demo=false", "--log-level", "warn",
		"--site-key", siteKey, "--site-origin", siteOrigin, "--site-consent", "implied"}, more...)
	s.cmd = exec.Command(binary, args...) //nolint:noctx // stop ends it, in order
	s.cmd.Env = append(os.Environ(), "HINDSIGHT_ADMIN_TOKEN="+adminToken)
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.out
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w (make build)", err)
	}
	go func() { s.done <- s.cmd.Wait() }()
	if err := s.ready(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

func freePort(ctx context.Context) (string, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (s *server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		var all struct {
			Sites []struct{ ID, Key string } `json:"sites"`
		}
		if raw, err := s.get(ctx, "/readyz", ""); err == nil && len(raw) > 0 {
			if raw, err = s.get(ctx, "/api/v1/sites", ""); err != nil {
				return err
			}
			if err := json.Unmarshal(raw, &all); err != nil {
				return err
			}
			for _, site := range all.Sites {
				if site.Key == siteKey {
					s.site = site.ID
					return nil
				}
			}
			return errors.New("the server does not know its site")
		}
		select {
		case err := <-s.done:
			s.done <- err
			return fmt.Errorf("the server ended: %w\n%s", err, s.out.String())
		case <-ctx.Done():
			return errors.New("the server is not ready after a minute")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// stop ends the process. Its data stays: see place.
func (s *server) stop() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // fails only when it has ended
	var err error
	select {
	case err = <-s.done:
	case <-time.After(20 * time.Second):
		err = errors.Join(errors.New("the server did not stop"), s.cmd.Process.Kill(), <-s.done)
	}
	return err
}

// said is the end of what the server printed; only after stop.
func (s *server) said() string {
	out := s.out.String()
	return out[max(0, len(out)-2000):]
}

// get asks the server; what is not 200 is an error.
func (s *server) get(ctx context.Context, path, accept string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+adminToken)
	if path == metricsPath {
		req.Header.Set("Accept-Encoding", "identity") // half of what an answer takes would be compressing it
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, resp.Status)
	}
	return raw, err
}

// events gives a session's events, one a line. query may be empty.
func (s *server) events(ctx context.Context, session, query string) ([]byte, error) {
	raw, err := s.get(ctx, "/api/v1/sites/"+s.site+"/sessions/"+session+"/events?"+query, "application/x-ndjson")
	if err != nil && strings.HasSuffix(err.Error(), "404 Not Found") {
		return nil, nil // nothing of it is stored yet
	}
	return raw, err
}

const metricsPath = "/metrics"

// metric is the sum of a metric's values whose name and labels begin so.
func (s *server) metric(ctx context.Context, name string) (sum float64, err error) {
	raw, err := s.get(ctx, metricsPath, "")
	if err != nil {
		return 0, err
	}
	for lines := bufio.NewScanner(bytes.NewReader(raw)); lines.Scan(); {
		line := lines.Text()
		if !strings.HasPrefix(line, name) {
			continue
		}
		v, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64)
		if err != nil {
			return 0, err
		}
		sum += v
	}
	return sum, nil
}
