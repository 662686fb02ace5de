package filewatch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(first, "1")
	w := New(first, second)
	write(first, "2") // between New and the first look
	loads, refuse := make(chan string, 100), "4b"
	load := func() error {
		text, _ := os.ReadFile(first)
		more, _ := os.ReadFile(second)
		got := string(text) + string(more)
		loads <- got
		if got == refuse { // once
			refuse = ""
			return errors.New("not yet")
		}
		return nil
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.Run(ctx, time.Millisecond, load) }()
	expect := func(want string) {
		t.Helper()
		for {
			select {
			case got := <-loads: // a look may fall between the steps of a change
				if got == want {
					return
				}
			case <-time.After(time.Minute):
				t.Fatalf("%q was never loaded", want)
			}
		}
	}
	expect("2")
	write(second, "b") // it was not there
	expect("2b")
	old, err := os.Stat(first)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other")
	write(other, "3") // as long as before, and as old
	if err := os.Chtimes(other, old.ModTime(), old.ModTime()); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(other, first); err != nil {
		t.Fatal(err)
	}
	expect("3b")
	write(first, "4")
	expect("4b")
	expect("4b") // tried again, since it failed
	stop()
	<-done
	if left := len(loads); left != 0 {
		t.Errorf("%d loads without a change", left)
	}
}
