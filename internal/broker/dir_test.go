package broker

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"hindsight/internal/eventlog"
)

func newBroker(t *testing.T, cfg Config) *Broker {
	t.Helper()
	b, err := New(cfg, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func stopBroker(t *testing.T, b *Broker) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := b.Stop(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestInUse(t *testing.T) {
	dir := t.TempDir()
	b := newBroker(t, Config{Dir: dir})
	if _, err := FindAddr(dir); !errors.Is(err, ErrNotRunning) {
		t.Fatalf("before the start: %v", err)
	}
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := newBroker(t, Config{Dir: dir})
	if err := second.Start(t.Context()); !errors.Is(err, ErrInUse) || strings.Contains(err.Error(), "\n") {
		t.Fatalf("a second start: %v", err)
	}
	if addr, err := FindAddr(dir); err != nil || addr != b.Addr() {
		t.Fatalf("found %q, %v", addr, err)
	}
	id := b.ID()
	stopBroker(t, b)
	if _, err := FindAddr(dir); !errors.Is(err, ErrNotRunning) {
		t.Fatalf("after the stop: %v", err)
	}
	if err := second.Start(t.Context()); err != nil {
		t.Fatalf("the directory is not free after the stop: %v", err)
	}
	if second.ID() != id || len(id) != 32 {
		t.Fatalf("log id %q, then %q", id, second.ID())
	}
	if got, err := eventlog.LogID(t.Context(), eventlog.Config{Brokers: []string{second.Addr()}}); err != nil || got != id {
		t.Fatalf("clients see the log id %q, %v", got, err)
	}
	stopBroker(t, second)
}

func TestNotWritable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// A path through a file: not even root can make it.
	err := newBroker(t, Config{Dir: filepath.Join(file, "log")}).Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "directory") {
		t.Fatalf("%v", err)
	}
}

func TestPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "log")
	b := newBroker(t, Config{Dir: dir})
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer stopBroker(t, b)
	for path, want := range map[string]os.FileMode{dir: 0o700 | os.ModeDir, filepath.Join(dir, "log.sock"): 0o600 | os.ModeSocket} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v", filepath.Base(path), info.Mode(), err)
		}
	}
}

// TestLongPath: a path too long for a socket gets one elsewhere, which can be
// found, and which a killed process's successor removes.
func TestLongPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	b := newBroker(t, Config{Dir: dir})
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	addr, err := FindAddr(dir)
	if err != nil || len(addr) > maxSocketPath+len(unixPrefix) {
		t.Fatalf("%q, %v", addr, err)
	}
	path := strings.TrimPrefix(addr, unixPrefix)
	if info, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Fatalf("the socket's directory: %v, %v", info, err)
	}
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	stopBroker(t, b)
	if _, err := os.Stat(filepath.Dir(path)); !os.IsNotExist(err) {
		t.Fatalf("the socket's directory is left: %v", err)
	}

	// As a killed process leaves it.
	left, err := os.MkdirTemp(os.TempDir(), tempPattern)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, addressFile), []byte(unixPrefix+filepath.Join(left, "log.sock")), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	stopBroker(t, b)
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Fatal("a killed process's directory is left")
	}
}

func TestTrimTarget(t *testing.T) {
	old, now := time.Unix(1000, 0), time.Unix(2000, 0)
	seg := func(base, size int64) segment { return segment{base, size, old} }
	young := func(base, size int64) segment { return segment{base, size, now} }
	for name, c := range map[string]struct {
		segments  []segment
		committed int64
		want      int64
	}{
		"nothing":                    {nil, 100, -1},
		"one segment":                {[]segment{seg(0, 10)}, 100, -1},
		"two segments stay":          {[]segment{seg(0, 10), seg(50, 10)}, 100, 0},
		"the first of three":         {[]segment{seg(0, 10), seg(50, 10), seg(80, 10)}, 100, 50},
		"an empty last one":          {[]segment{seg(0, 10), seg(50, 10), seg(80, 10), seg(100, 0)}, 100, 50},
		"only below the commit":      {[]segment{seg(0, 1), seg(10, 1), seg(20, 1), seg(30, 1), seg(40, 1)}, 19, 10},
		"committed at a segment":     {[]segment{seg(0, 1), seg(10, 1), seg(20, 1), seg(30, 1), seg(40, 1)}, 20, 20},
		"not sorted":                 {[]segment{seg(100, 1), seg(9, 1), seg(80, 1), seg(0, 1)}, 100, 80},
		"the young are kept":         {[]segment{seg(0, 1), young(10, 1), young(20, 1), young(30, 1)}, 40, 10},
		"nothing committed up there": {[]segment{seg(50, 1), seg(60, 1), seg(70, 1)}, 10, -1},
	} {
		if got := trimTarget(c.segments, c.committed, old); got != c.want {
			t.Errorf("%s: %d, not %d", name, got, c.want)
		}
	}
}
