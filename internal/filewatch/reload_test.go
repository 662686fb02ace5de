package filewatch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// TestReload: a file that stays wrong is told of once and counted at every look; then it is right, and wrong again.
func TestReload(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("right")
	w := New(file)
	core, logs := observer.New(zap.InfoLevel)
	reg := prometheus.NewRegistry()
	loads := make(chan string)
	load := func() error {
		text, _ := os.ReadFile(file)
		loads <- string(text)
		if string(text) == "wrong" {
			return errors.New("it is wrong")
		}
		return nil
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.Reload(ctx, time.Millisecond, Reload{What: "the file", Load: load, Metric: "loads_total",
			Loaded: func() []zap.Field { return []zap.Field{zap.Int("size", 5)} }}, zap.New(core), reg)
	}()
	expect := func(want string) {
		t.Helper()
		for {
			select {
			case got := <-loads:
				if got == want {
					return
				}
			case <-time.After(time.Minute):
				t.Fatalf("%q was never loaded", want)
			}
		}
	}
	for range 2 {
		write("wrong")
		for range 3 {
			expect("wrong")
		}
		write("right again")
		expect("right again")
	}
	stop()
	<-done
	if n := logs.FilterLevelExact(zap.WarnLevel).FilterMessageSnippet("the file was replaced by one that cannot be used").Len(); n != 2 {
		t.Errorf("told %d times that it is wrong, not once for each of 2 times", n)
	}
	if logs.FilterLevelExact(zap.InfoLevel).FilterField(zap.Int("size", 5)).Len() < 2 {
		t.Error("what was loaded is not told")
	}
	if n, err := testutil.GatherAndCount(reg, "loads_total"); n != 2 || err != nil {
		t.Errorf("%d counters, %v", n, err)
	}
}
