package engine

import (
	"errors"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func TestLineLog(t *testing.T) {
	core, seen := observer.New(zap.WarnLevel)
	l := newLineLog(zap.New(core))
	for _, part := range []string{"first ", "line\nSELECT 'secret \\' word', 5", " FROM t\n\n", strings.Repeat("x", 3*lineBytes) + "\nno end"} {
		if n, err := l.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatal(n, err)
		}
	}
	l.flush()
	want := []string{"first line", "SELECT '…', 5 FROM t", strings.Repeat("x", lineBytes), "no end"}
	for i, e := range seen.TakeAll() {
		if got := e.ContextMap()["line"]; i >= len(want) || got != want[i] {
			t.Errorf("line %d: %q", i, got)
		}
	}
	if _, err := l.Write([]byte(strings.Repeat("again\n", 10*linesBurst))); err != nil {
		t.Fatal(err)
	}
	if n := seen.Len(); n < 1 || n > 2*linesBurst {
		t.Errorf("%d of %d lines came through", n, 10*linesBurst)
	}
}

func TestReport(t *testing.T) {
	for name, reason := range reasons {
		r := reportOf(reason)
		if r.Reason != name || !errors.Is(r.err(), reason) {
			t.Errorf("%s: %+v, %v", name, r, r.err())
		}
	}
	if err := (report{Version: "1"}).err(); err != nil {
		t.Error(err)
	}
}

func FuzzLineLog(f *testing.F) {
	f.Add([]byte("a'b\n'c"), []byte("\n"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		core, seen := observer.New(zap.WarnLevel)
		l := newLineLog(zap.New(core))
		_, _ = l.Write(a)
		_, _ = l.Write(b)
		l.flush()
		for _, e := range seen.All() {
			if line, _ := e.ContextMap()["line"].(string); len(line) > 2*lineBytes+8 || strings.ContainsRune(line, '\n') {
				t.Fatalf("line %q", line)
			}
		}
	})
}
