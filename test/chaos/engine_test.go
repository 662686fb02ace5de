package chaos

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hindsight/test/process"
)

// TestEngineKilled kills the engine's process while the processor inserts: each time when a part is seen that an
// insert has begun and not yet renamed into its place. The processor waits, and stores again.
func TestEngineKilled(t *testing.T) {
	t.Parallel()
	baseline(t)
	s := newStack(t)
	in := s.feeder(t)
	p := s.processor(t, "").AwaitReady(t, 200)
	kills := 5
	if long() {
		kills = 20
	}
	for _, part := range parts(frames(t), kills) {
		old, left := s.engine(t), s.halfInserts()
		enough := make(chan struct{})
		fed := make(chan error, 1)
		go func() { fed <- in.feedUntil(t.Context(), part, enough) }()
		s.awaitHalfInsert(t, left)
		if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		close(enough)
		if err := <-fed; err != nil {
			t.Fatal(err)
		}
		eventually(t, "another engine", func() error {
			if now, err := s.findEngine(); err != nil || now == old {
				return errors.Join(process.ErrNotYet, err)
			}
			return nil
		})
	}
	s.compare(t)
	// The inserts of a batch, of marks, or of a derivation: each is seen alike.
	if said := p.Out.String(); !strings.Contains(said, "the log waits until it works") && !strings.Contains(said, "derivation fails") {
		t.Error("no insert failed: the kills came at no moment that proves anything")
	}
	s.stop(t, p)
}

// TestEngineKilledAtTheRename has the kernel kill the engine when it is about to rename the part that an insert made.
func TestEngineKilledAtTheRename(t *testing.T) {
	if !long() {
		t.Skip("part of the long form (make chaos): it needs strace")
	}
	t.Parallel()
	baseline(t)
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Fatal("the long form needs strace")
	}
	s := newStack(t)
	in := s.feeder(t)
	p := s.processor(t, "").AwaitReady(t, 200)
	for i, part := range parts(frames(t), 8) {
		old := s.engine(t)
		tracer := exec.Command(strace, "-f", "-qq", "-o", "/dev/null", "-p", strconv.Itoa(old),
			"-e", "trace=rename,renameat,renameat2", "-e", fmt.Sprintf("inject=rename,renameat,renameat2:signal=KILL:when=%d", 1+3*i))
		if err := tracer.Start(); err != nil {
			t.Fatal(err)
		}
		enough := make(chan struct{})
		fed := make(chan error, 1)
		go func() { fed <- in.feedUntil(t.Context(), part, enough) }()
		eventually(t, "the engine dies at a rename", func() error {
			if now, err := s.findEngine(); err != nil || now == old {
				return errors.Join(process.ErrNotYet, err)
			}
			return nil
		})
		close(enough)
		_ = tracer.Wait()
		if err := <-fed; err != nil {
			t.Fatal(err)
		}
	}
	s.compare(t)
	s.stop(t, p)
}

// awaitHalfInsert waits until an insert's part lies there under its first name, and is none of those left by a kill.
func (s *stack) awaitHalfInsert(t testing.TB, left map[string]bool) {
	t.Helper()
	for end := time.Now().Add(process.Patience); time.Now().Before(end); time.Sleep(200 * time.Microsecond) {
		for name := range s.halfInserts() {
			if !left[name] {
				return
			}
		}
	}
	t.Fatal("no insert was ever seen")
}

// halfInserts are the parts of inserts that are not in their place yet.
func (s *stack) halfInserts() map[string]bool {
	found := map[string]bool{}
	// What goes away while it is looked at is no concern.
	_ = filepath.WalkDir(filepath.Join(s.data, "store"), func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil || !e.IsDir():
			return nil
		case strings.HasPrefix(e.Name(), "tmp_insert_"):
			found[path] = true
			return fs.SkipDir
		case strings.Count(e.Name(), "_") >= 3:
			return fs.SkipDir // a part
		}
		return nil
	})
	return found
}

// engine is the process of the engine.
func (s *stack) engine(t testing.TB) int {
	t.Helper()
	pid := 0
	eventually(t, "an engine", func() (err error) { pid, err = s.findEngine(); return err })
	return pid
}

// findEngine looks for the child of the embedded process.
func (s *stack) findEngine() (int, error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	for _, name := range stats {
		raw, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		// pid (name) state parent …
		fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
		if fields[1] == strconv.Itoa(s.embedded.Pid()) && fields[0] != "Z" {
			return strconv.Atoi(filepath.Base(filepath.Dir(name)))
		}
	}
	return 0, errors.New("the embedded process has no child")
}
