package engine_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hindsight/internal/engine"
	"hindsight/internal/engine/enginetest"
)

// patience lets a hang fail; no result depends on it.
const patience = time.Minute

func until(t *testing.T, what string, reached func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !reached(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not in %v", what, patience)
		}
	}
}

// TestKillUnderInserts kills the child again and again while rows go in: every
// insert that was acknowledged must be there afterwards.
func TestKillUnderInserts(t *testing.T) {
	reg := prometheus.NewRegistry()
	s := engine.New(enginetest.Config(t, t.TempDir()), zap.NewNop(), reg)
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	conn := enginetest.Open(t, enginetest.Options(s.Socket()))
	ctx := context.Background()
	for _, sql := range []string{"CREATE DATABASE k", `CREATE TABLE k.t (n UInt64) ENGINE = ReplacingMergeTree ORDER BY n
		SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`} {
		if err := conn.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	var acknowledged atomic.Int64 // batches of 100 rows, in order
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for next := uint64(0); ; {
			select {
			case <-stop:
				return
			default:
			}
			if err := insertHundred(ctx, conn, next); err != nil {
				continue // the same rows again
			}
			next += 100
			acknowledged.Add(1)
		}
	}()
	const kills = 4
	for i := range kills {
		before := acknowledged.Load()
		until(t, "inserts go on", func() bool { return acknowledged.Load() >= before+5 })
		pid := s.PID()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		until(t, "the child is started again", func() bool { now := s.PID(); return now != 0 && now != pid && s.Ready() == nil })
		t.Logf("kill %d: ready again after %v", i+1, time.Since(began).Round(time.Millisecond))
	}
	close(stop)
	<-stopped
	var distinct, highest uint64
	if err := conn.QueryRow(ctx, "SELECT count(), max(n) FROM k.t FINAL").Scan(&distinct, &highest); err != nil {
		t.Fatal(err)
	}
	if want := uint64(acknowledged.Load()) * 100; distinct < want || distinct != highest+1 {
		t.Errorf("%d rows up to %d; %d were acknowledged", distinct, highest, want)
	}
	if n := counter(t, reg, "hindsight_engine_restarts_total"); n != kills {
		t.Errorf("%v restarts counted, want %d", n, kills)
	}
}

func counter(t *testing.T, reg *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetCounter().GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

func insertHundred(ctx context.Context, conn clickhouse.Conn, from uint64) error {
	batch, err := conn.PrepareBatch(ctx, "INSERT INTO k.t (n)")
	if err != nil {
		return err
	}
	for i := range uint64(100) {
		if err := batch.Append(from + i); err != nil {
			return err
		}
	}
	return batch.Send()
}

func TestInUse(t *testing.T) {
	dir := t.TempDir()
	first := enginetest.StartWith(t, enginetest.Config(t, dir))
	second := engine.New(enginetest.Config(t, dir), zap.NewNop(), nil)
	if err := second.Start(t.Context()); !errors.Is(err, engine.ErrInUse) {
		t.Errorf("the second one: %v", err)
	}
	if err := second.Stop(t.Context()); err != nil {
		t.Errorf("stopping what did not start: %v", err)
	}
	conn := enginetest.Open(t, enginetest.Options(first.Socket()))
	if err := conn.Ping(t.Context()); err != nil {
		t.Errorf("the first one afterwards: %v", err)
	}
}

func TestStartErrors(t *testing.T) {
	t.Run("library missing", func(t *testing.T) {
		cfg := enginetest.Config(t, t.TempDir())
		cfg.Library = filepath.Join(t.TempDir(), "libchdb.so")
		if err := engine.New(cfg, zap.NewNop(), nil).Start(t.Context()); !errors.Is(err, engine.ErrLibraryMissing) {
			t.Error(err)
		}
	})
	t.Run("library broken", func(t *testing.T) {
		cfg := enginetest.Config(t, t.TempDir())
		cfg.Library = filepath.Join(t.TempDir(), "libchdb.so")
		if err := os.WriteFile(cfg.Library, []byte("no library"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := engine.New(cfg, zap.NewNop(), nil).Start(t.Context()); err == nil || !strings.Contains(err.Error(), "load engine library") {
			t.Error(err)
		}
	})
	t.Run("unwritable", func(t *testing.T) { // also for root: a file stands in the way
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		cfg := enginetest.Config(t, filepath.Join(file, "data"))
		if err := engine.New(cfg, zap.NewNop(), nil).Start(t.Context()); !errors.Is(err, engine.ErrUnwritable) {
			t.Error(err)
		}
	})
	t.Run("child ends at once", func(t *testing.T) {
		cfg := enginetest.Config(t, t.TempDir())
		cfg.Command = []string{"/bin/false"}
		s := engine.New(cfg, zap.NewNop(), nil)
		if err := s.Start(t.Context()); err == nil || s.Ready() == nil {
			t.Errorf("%v, ready %v", err, s.Ready())
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := engine.New(enginetest.Config(t, t.TempDir()), zap.NewNop(), nil).Start(ctx); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// TestSocketOfDeepDirectory: a path that is too long for a socket still works,
// and another process finds it from the data directory.
func TestSocketOfDeepDirectory(t *testing.T) {
	for name, dir := range map[string]string{
		"short": t.TempDir(),
		"deep":  filepath.Join(t.TempDir(), strings.Repeat("d", 60), strings.Repeat("e", 60)),
	} {
		t.Run(name, func(t *testing.T) {
			cfg := enginetest.Config(t, dir)
			if _, err := engine.FindSocket(dir); !errors.Is(err, engine.ErrNotRunning) {
				t.Errorf("before: %v", err)
			}
			s := engine.New(cfg, zap.NewNop(), nil)
			if err := s.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			found, err := engine.FindSocket(dir)
			if err != nil || found != s.Socket() || len(found) > 103 {
				t.Errorf("found %q, %v; the socket is %q", found, err, s.Socket())
			}
			for path, want := range map[string]os.FileMode{found: 0o600, filepath.Dir(found): 0o700} {
				if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
					t.Errorf("%s: %v, %v; want %o", path, info.Mode(), err, want)
				}
			}
			if err := enginetest.Open(t, enginetest.Options(found)).Ping(t.Context()); err != nil {
				t.Error(err)
			}
			if err := s.Stop(t.Context()); err != nil {
				t.Error(err)
			}
			if _, err := engine.FindSocket(dir); !errors.Is(err, engine.ErrNotRunning) {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}
