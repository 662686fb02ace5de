package collector

import (
	"testing"
	"time"
)

// TestMeter: tokens come back at their rate, never more than the burst, and what
// would take too long takes nothing.
func TestMeter(t *testing.T) {
	start := time.Now()
	var m meter
	m.set(10, 5)
	for i, step := range []struct {
		after    time.Duration
		n        int
		patience time.Duration
		wait     time.Duration
		ok       bool
	}{
		{0, 5, 0, 0, true},  // the burst
		{0, 1, 0, 0, false}, // nothing is left
		{0, 2, time.Second, 200 * time.Millisecond, true},              // on credit
		{0, 9, time.Second, 0, false},                                  // more than there can ever be
		{200 * time.Millisecond, 1, 0, 0, false},                       // the credit is paid, no more
		{300 * time.Millisecond, 1, 0, 0, true},                        // one has come back
		{time.Hour, 5, 0, 0, true},                                     // full, and not fuller
		{time.Hour, 1, 50 * time.Millisecond, 0, false},                // longer than the patience
		{time.Hour, 1, time.Second, 100 * time.Millisecond, true},      // not longer
		{time.Hour + 100*time.Millisecond, 0, 0, 0, true},              // a beacon of nothing
		{time.Hour - time.Second, 1, time.Second, 0, false},            // a clock that went back makes no tokens
		{2 * time.Hour, 5, time.Second, 0, true},                       //
		{2 * time.Hour, 5, time.Second, 500 * time.Millisecond, true},  // half a second's worth
		{2 * time.Hour, 5, time.Second, 1000 * time.Millisecond, true}, // a second's worth
		{2 * time.Hour, 1, time.Second, 0, false},                      //
	} {
		wait, ok := m.take(start.Add(step.after), step.n, step.patience)
		if wait.Round(time.Microsecond) != step.wait || ok != step.ok {
			t.Errorf("step %d: waits %v, ok %v; not %v, %v", i, wait, ok, step.wait, step.ok)
		}
	}
	m.giveBack(5)
	if wait, ok := m.take(start.Add(2*time.Hour), 1, time.Second); !ok || wait.Round(time.Microsecond) != 600*time.Millisecond {
		t.Errorf("after giving back: waits %v, ok %v", wait, ok)
	}
}

// TestClaimIsWhole: what one quota refuses is not taken out of another.
func TestClaimIsWhole(t *testing.T) {
	now := time.Now()
	var own, site quota
	own.set(10, 0, limitConnectionFrames, limitConnectionBytes)
	site.set(0, 1, limitSiteFrames, limitSiteBytes) // a burst of one message
	most := int(site.bytes.burst)
	for range 100 {
		if _, over := claim(now, 0, 1, most+1, &own, &site); over != limitSiteBytes {
			t.Fatalf("over %q", over)
		}
	}
	if wait, over := claim(now, 0, 50, most, &own, &site); wait != 0 || over != "" {
		t.Errorf("all that there is: waits %v, over %q", wait, over)
	}
	if _, over := claim(now, 0, 1, 0, &own, &site); over != limitConnectionFrames {
		t.Errorf("over %q", over)
	}
	if wait, over := claim(now, 0, 1<<30, 1<<30, nil, nil); wait != 0 || over != "" {
		t.Errorf("without quotas: waits %v, over %q", wait, over)
	}
}
