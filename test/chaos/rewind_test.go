package chaos

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hindsight/test/process"
)

// TestRewind stores everything again on purpose while records keep coming; then puts an older copy of the store back,
// and stores again what it lacks.
func TestRewind(t *testing.T) {
	t.Parallel()
	want := len(baseline(t)["batches"])
	s := newStack(t)
	pieces := parts(frames(t), 4)

	s.feeder(t).mustFeed(t, pieces[0])
	p := s.processor(t, "")
	s.settled(t)
	p.Terminate(t)
	p = s.rewind(t, pieces[1])
	s.settled(t)
	s.stop(t, p)

	old := s.data + ".old"
	store := filepath.Join(s.data, "store")
	copyDir(t, store, old)
	s.embedded = s.embedded.Again(t).AwaitReady(t, 200)
	s.feeder(t).mustFeed(t, pieces[2])
	p = s.processor(t, "")
	s.settled(t)
	s.stop(t, p)

	if err := os.RemoveAll(store); err != nil {
		t.Fatal(err)
	}
	copyDir(t, old, store)
	s.embedded = s.embedded.Again(t).AwaitReady(t, 200)
	if n, fed := len(s.dump(t)["batches"]), want-len(pieces[3]); n >= fed {
		t.Fatalf("the older copy holds %d batches of %d: it proves nothing", n, fed)
	}
	p = s.rewind(t, pieces[3])
	s.compare(t)
	s.stop(t, p)
}

// rewound reaches back behind the oldest batch of the input: a record's time is that of its arrival, which the feeder
// sets to when the batch was made.
const rewound = 96 * time.Hour

// rewind starts a processor that stores everything again, while a feeder appends.
func (s *stack) rewind(t testing.TB, frames [][]byte) *process.Process {
	t.Helper()
	in := s.feeder(t)
	fed := make(chan error, 1)
	go func() { fed <- in.feed(t.Context(), frames, 5*time.Millisecond) }()
	p := s.processor(t, "", "--rewind", rewound.String()).AwaitReady(t, 200)
	if err := <-fed; err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(p.Out.String(), "offsets were set back on purpose") {
		t.Error("nothing was set back")
	}
	return p
}

func copyDir(t testing.TB, from, to string) {
	t.Helper()
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Fatalf("copy the store: %v: %s", err, out)
	}
}
