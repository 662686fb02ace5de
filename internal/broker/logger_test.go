package broker

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// What a full disk says again and again does not fill the one of the log; what
// is said else is told beside it.
func TestWarningsAreBounded(t *testing.T) {
	core, logs := observer.New(zapcore.DebugLevel)
	l := newKfakeLogger(zap.New(core))
	for i := range 1000 {
		l.Logf(kfake.LogLevelWarn, "persist batch %d: no space", i)
	}
	l.Logf(kfake.LogLevelWarn, "another thing")
	l.Logf(kfake.LogLevelError, "a failure")
	l.Logf(kfake.LogLevelInfo, "not told")
	all := logs.All()
	// A slow machine may take longer than it is silent for: one more each time.
	if len(all) < warningsAtOnce+2 || len(all) > warningsAtOnce+100 {
		t.Fatalf("%d lines", len(all))
	}
	if got := all[3].ContextMap()["detail"]; got != "persist batch 3: no space" {
		t.Errorf("the fourth: %v", got)
	}
	for i, want := range []string{"another thing", "a failure"} {
		if got := all[len(all)-2+i].ContextMap()["detail"]; got != want {
			t.Errorf("%v, want %v", got, want)
		}
	}
}
