package chaos

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"hindsight/test/process"
)

// diskBytes is the size of the log's disk in TestLogDiskFull.
const diskBytes = 24 << 20

// TestLogDiskFull fills the disk of the log, a tmpfs of its own, and empties it again. The collector is not ready
// meanwhile, acknowledges nothing, keeps its connections, and goes on by itself.
func TestLogDiskFull(t *testing.T) {
	asUser, err := mayMount(t.TempDir())
	if err != nil {
		t.Skipf("SKIPPED, and not proven here: this machine lets these tests mount no disk of their own (%v)", err)
	}
	t.Parallel()
	baseline(t)
	s := newStackWith(t, func(s *stack) *process.Process {
		p := s.embeddedCommand(t)
		disk := filepath.Join(s.data, "log", "data")
		if err := os.MkdirAll(disk, 0o700); err != nil {
			t.Fatal(err)
		}
		onDiskOfItsOwn(p.Cmd, disk, diskBytes, asUser)
		return p
	})
	// The disk is seen by that process alone, and through it.
	filler := filepath.Join("/proc", fmt.Sprint(s.embedded.Pid()), "root", s.data, "log", "data", "filler")
	s.outage(t, outage{
		begin: func() { fill(t, filler) },
		end: func() {
			if err := os.Remove(filler); err != nil {
				t.Fatal(err)
			}
		},
	})
}

// TestLogCannotGrow is TestLogDiskFull on machines of every kind: from a moment on the system refuses each write that
// would make a file of the log larger.
func TestLogCannotGrow(t *testing.T) {
	t.Parallel()
	baseline(t)
	s := newStack(t)
	s.outage(t, outage{
		begin: func() { limitFiles(t, s.embedded, 1) },
		end:   func() { limitFiles(t, s.embedded, -1) },
	})
}

// TestLogFrozenThenKilled freezes the log, so that it takes connections and answers nothing, and later kills it.
func TestLogFrozenThenKilled(t *testing.T) {
	t.Parallel()
	baseline(t)
	s := newStack(t)
	s.outage(t,
		outage{
			begin: func() { s.embedded.Signal(t, syscall.SIGSTOP) },
			end:   func() { s.embedded.Signal(t, syscall.SIGCONT) },
		},
		outage{
			begin: func() { s.embedded.Kill() },
			end:   func() { s.embedded = s.embedded.Again(t).AwaitReady(t, 200) },
		})
}

// outage takes the log away and gives it back.
type outage struct{ begin, end func() }

// outage sends the input through a collector, with outages in between, and compares.
func (s *stack) outage(t *testing.T, outages ...outage) {
	c := s.collector(t).Start(t).AwaitReady(t, 200)
	input := frames(t)
	crowd := visit(t, c.Base, input, 8, 5*time.Millisecond)
	for i, o := range outages {
		crowd.awaitAcks(t, len(input)*(i+1)/(len(outages)+2))
		crowd.awaitConnections(t)
		connections := crowd.connections()
		o.begin()
		c.AwaitReady(t, 503)
		// The last page of a segment's file may have room for a few more.
		var acked int64
		eventually(t, "no more acks", func() error {
			acked = crowd.acked()
			time.Sleep(300 * time.Millisecond)
			if now := crowd.acked(); now != acked {
				return fmt.Errorf("%d came", now-acked)
			}
			return nil
		})
		if acked == int64(len(input)) {
			t.Fatal("everything is acknowledged: the outage proves nothing")
		}
		o.end()
		c.AwaitReady(t, 200)
		crowd.awaitAcks(t, int(acked)+1)
		if now := crowd.connections(); now != connections {
			t.Errorf("%d connections were made anew: the collector did not keep them", now-connections)
		}
	}
	crowd.finish(t)
	p := s.processor(t, "")
	s.compare(t)
	c.Terminate(t)
	s.stop(t, p)
}

// fill writes until the disk is full.
func fill(t testing.TB, name string) {
	t.Helper()
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, size := range []int{1 << 20, 4 << 10, 1} {
		for {
			if _, err := f.Write(make([]byte, size)); err != nil {
				if !errors.Is(err, syscall.ENOSPC) {
					t.Fatal(err)
				}
				break
			}
		}
	}
}
