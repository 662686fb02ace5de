package store

import (
	"testing"
	"time"
)

// A round that took long is followed by a longer pause, which is bounded: derived tables stay near.
func TestDeriverPause(t *testing.T) {
	d := NewDeriver(nil, DeriverConfig{}, nil, nil)
	for took, want := range map[time.Duration]time.Duration{
		0: time.Second, 50 * time.Millisecond: time.Second, 80 * time.Millisecond: 1600 * time.Millisecond,
		time.Second: 3 * time.Second, time.Minute: 3 * time.Second,
	} {
		if got := d.pause(took); got != want {
			t.Errorf("after %s: %s, want %s", took, got, want)
		}
	}
}
