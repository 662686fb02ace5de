// Package enginetest starts the real embedded engine for tests of any package.
//
// The engine runs in a child process, which in a test is the test binary itself:
// a package that uses Start needs a TestMain that calls Main.
package enginetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"

	"hindsight/internal/engine"
)

// childArgument tells the test binary to be the engine's child.
const childArgument = "-hindsight-engine-child"

// Main runs the tests, or the engine's child when the binary was started as one.
// Use it as the body of TestMain.
func Main(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == childArgument {
		if err := engine.RunChild(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// Config is a configuration for an engine on dir with this binary as its child.
// A missing library fails the test with the sentence how to get it.
func Config(t testing.TB, dir string) engine.Config {
	t.Helper()
	library, err := engine.FindLibrary(repositoryLibrary())
	if err != nil {
		t.Fatal("the engine library is missing: run `npm ci --prefix deploy/engine` in the repository's root")
	}
	cfg := engine.DefaultConfig()
	cfg.Dir, cfg.Library = dir, library
	cfg.Command = []string{os.Args[0], childArgument}
	return cfg
}

// Start starts an engine on a directory of its own and stops it with the test.
func Start(t testing.TB) *engine.Supervisor {
	t.Helper()
	return StartWith(t, Config(t, t.TempDir()))
}

// StartWith starts an engine with the given configuration.
func StartWith(t testing.TB, cfg engine.Config) *engine.Supervisor {
	t.Helper()
	s := engine.New(cfg, zaptest.NewLogger(t, zaptest.Level(zap.ErrorLevel)), prometheus.NewRegistry())
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.Start(ctx); err != nil {
		t.Fatalf("start the engine: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Errorf("stop the engine: %v", err)
		}
	})
	return s
}

// Options are clickhouse-go's options for the engine behind a socket.
func Options(socket string) *clickhouse.Options {
	return &clickhouse.Options{
		Protocol:    clickhouse.HTTP,
		Addr:        []string{"127.0.0.1:0"},
		DialContext: engine.Dialer(socket),
		Compression: &clickhouse.Compression{Method: clickhouse.CompressionLZ4},
	}
}

// Open opens clickhouse-go on a socket and closes it with the test.
func Open(t testing.TB, options *clickhouse.Options) clickhouse.Conn {
	t.Helper()
	conn, err := clickhouse.Open(options)
	if err != nil {
		t.Fatalf("open the client: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// repositoryLibrary is the library that npm installed in this source tree, found
// from this file's place because a test runs in its package's directory. It is
// empty when the environment or no such file says so.
func repositoryLibrary() string {
	if os.Getenv(engine.LibraryVariable) != "" {
		return ""
	}
	_, file, _, _ := runtime.Caller(0)
	root := filepath.Join(filepath.Dir(file), "..", "..", "..")
	found, err := filepath.Glob(filepath.Join(root, "deploy", "engine", "node_modules", "@chdb", "lib-*", "libchdb.*"))
	if err != nil || len(found) == 0 {
		return ""
	}
	return found[0]
}
