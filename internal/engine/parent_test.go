package engine_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"

	"hindsight/internal/engine"
	"hindsight/internal/engine/enginetest"
)

// parentVariable makes the test TestAsParent a parent process of its own, on the
// data directory that it names. The test is not meant to be run by itself.
const parentVariable = "HINDSIGHT_TEST_PARENT_DIR"

// TestAsParent runs a supervisor until SIGTERM, as the program does. Without the
// variable it checks the same in this process, once.
func TestAsParent(t *testing.T) {
	dir, ctx := os.Getenv(parentVariable), context.Background()
	alone := dir == ""
	if alone {
		dir = t.TempDir()
	}
	ctx, cancel := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer cancel()
	s := engine.New(enginetest.Config(t, dir), zap.NewNop(), nil)
	if err := s.Start(ctx); err != nil {
		t.Fatal(err)
	}
	if alone {
		cancel()
	} else {
		fmt.Printf("child=%d\n", s.PID())
	}
	<-ctx.Done()
	if err := s.Stop(context.Background()); err != nil || s.PID() != 0 {
		t.Errorf("stop: %v, child %d", err, s.PID())
	}
}

// startParent starts the test above as a process and returns its child's pid.
func startParent(t *testing.T, dir string) (*exec.Cmd, int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestAsParent$")
	cmd.Env = append(os.Environ(), parentVariable+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if pid, ok := strings.CutPrefix(lines.Text(), "child="); ok {
			n, err := strconv.Atoi(pid)
			if err != nil {
				t.Fatal(err)
			}
			go func() { // so that the parent never blocks on its output
				for lines.Scan() {
				}
			}()
			return cmd, n
		}
	}
	t.Fatal("the parent did not start")
	return nil, 0
}

func alive(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return syscall.Kill(pid, 0) == nil
	}
	_, state, _ := strings.Cut(string(b), ") ")
	return !strings.HasPrefix(state, "Z") // waits only for its parent to look
}

// busy keeps the engine of dir busy, so that stopping has something to stop.
func busy(t *testing.T, dir string) {
	t.Helper()
	socket, err := engine.FindSocket(dir)
	if err != nil {
		t.Fatal(err)
	}
	conn := enginetest.Open(t, enginetest.Options(socket))
	for range 3 {
		go func() { // ends with the engine
			_ = conn.Exec(context.Background(), "SELECT count() FROM numbers(10000000000000) WHERE NOT ignore(sipHash64(number), 'busy')")
		}()
	}
	until(t, "statements run", func() bool {
		var n uint64
		err := conn.QueryRow(context.Background(), "SELECT countIf(position(query, 'busy') > 0 AND position(query, 'processes') = 0) FROM system.processes").Scan(&n)
		return err == nil && n == 3
	})
}

// TestKilledParent: kill -9 of the parent ends the child, and the directory is
// free for the next one.
func TestKilledParent(t *testing.T) {
	dir := t.TempDir()
	parent, child := startParent(t, dir)
	busy(t, dir)
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	until(t, "the child is gone", func() bool { return !alive(child) })
	t.Logf("the child was gone after %v", time.Since(began).Round(time.Millisecond))
	next := enginetest.StartWith(t, enginetest.Config(t, dir))
	if err := enginetest.Open(t, enginetest.Options(next.Socket())).Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestTerminatedParent: SIGTERM ends both while statements run.
func TestTerminatedParent(t *testing.T) {
	dir := t.TempDir()
	parent, child := startParent(t, dir)
	busy(t, dir)
	began := time.Now()
	if err := parent.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := parent.Wait(); err != nil {
		t.Errorf("the parent: %v", err)
	}
	t.Logf("both were gone after %v", time.Since(began).Round(time.Millisecond))
	if alive(child) {
		t.Error("the child outlived its parent")
	}
}

// TestFrozenChild: a child that does not answer to SIGTERM is killed.
func TestFrozenChild(t *testing.T) {
	cfg := enginetest.Config(t, t.TempDir())
	cfg.StopTimeout = 200 * time.Millisecond
	s := engine.New(cfg, zap.NewNop(), nil)
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	child := s.PID()
	if err := syscall.Kill(child, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	if alive(child) {
		t.Error("the frozen child is still there")
	}
}

// TestTerminatedChild: a child that someone else ends with SIGTERM ends cleanly
// and is started again.
func TestTerminatedChild(t *testing.T) {
	dir := t.TempDir()
	s := enginetest.StartWith(t, enginetest.Config(t, dir))
	busy(t, dir)
	child := s.PID()
	if err := syscall.Kill(child, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	until(t, "another child answers", func() bool { now := s.PID(); return now != 0 && now != child && s.Ready() == nil })
	if err := enginetest.Open(t, enginetest.Options(s.Socket())).Ping(t.Context()); err != nil {
		t.Error(err)
	}
}
