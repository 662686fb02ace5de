package diskroom

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// fill makes a file of so many bytes with something in them.
func fill(t *testing.T, name string, bytes int) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	content := make([]byte, bytes)
	for i := range content {
		content[i] = byte(i*7 + i>>8)
	}
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestGuard(t *testing.T) {
	dir := t.TempDir()
	core, logs := observer.New(zap.InfoLevel)
	reg := prometheus.NewRegistry()
	fill(t, filepath.Join(dir, "log", "1.dat"), 600<<10)
	before, err := Used(dir)
	if err != nil || before < 600<<10 {
		t.Fatalf("%d, %v", before, err)
	}
	g := New(dir, before+200<<10, zap.New(core), reg)
	measure := func(wantFull bool) {
		t.Helper()
		if err := g.Measure(); err != nil {
			t.Fatal(err)
		}
		if full := g.Full(); (full != nil) != wantFull {
			t.Fatalf("with %d of %d bytes: %v", g.used.Load(), g.most, full)
		}
	}
	measure(false)
	fill(t, filepath.Join(dir, "store", "a", "b"), 240<<10)
	measure(true)
	measure(true)
	fill(t, filepath.Join(dir, "store", "a", "b"), 192<<10) // below the limit, by less than a fiftieth
	measure(true)
	if err := os.Remove(filepath.Join(dir, "store", "a", "b")); err != nil {
		t.Fatal(err)
	}
	measure(false)
	if n := logs.Len(); n != 2 {
		t.Errorf("told %d times", n)
	}
	if n, err := testutil.GatherAndCount(reg, "hindsight_disk_used_bytes", "hindsight_disk_max_bytes"); n != 2 || err != nil {
		t.Errorf("%d figures, %v", n, err)
	}
}

// A hole takes nothing.
func TestUsedOfHoles(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "sparse"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(1 << 30); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if used, err := Used(dir); err != nil || used > 1<<20 {
		t.Errorf("%d bytes, %v", used, err)
	}
	if _, err := Used(filepath.Join(dir, "none")); err != nil {
		t.Errorf("a directory that is not there (yet): %v", err)
	}
}

// TestLinksCountOnce: deleting rows must not make a data directory larger than it is.
func TestLinksCountOnce(t *testing.T) {
	dir := t.TempDir()
	fill(t, filepath.Join(dir, "old", "column"), 100_000)
	before, err := Used(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Link(filepath.Join(dir, "old", "column"), filepath.Join(dir, "old", "again")); err != nil {
		t.Fatal(err)
	}
	after, err := Used(dir)
	if err != nil || after != before {
		t.Errorf("%d bytes before a second name, %d with it (%v)", before, after, err)
	}
}
