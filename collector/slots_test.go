package collector

import (
	"context"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// holding is a lease that began so long ago and has so many bytes by now.
func holding(s *slots, now time.Time, ago time.Duration, bytes int, end func()) {
	s.holders[&lease{end: end, grace: s.grace, began: now.Add(-ago), came: bytes, due: now.Add(time.Second)}] = struct{}{}
}

// TestFasterTakesThePlaceOfFarSlower: the slowest goes, once it had its time, and only for somebody far faster.
func TestFasterTakesThePlaceOfFarSlower(t *testing.T) {
	now := time.Now()
	for name, c := range map[string]struct {
		pace float64
		want string
	}{
		"far faster than one":            {100_000, "trickles"},
		"as slow as the slowest":         {18_000, ""},
		"faster, but not by far":         {60_000, ""},
		"far faster than all":            {1e9, "trickles"},
		"of whom nothing is known":       {unknownPace, "trickles"},
		"as fast as what came in a wink": {1e9, "trickles"},
	} {
		s := newSlots(4, 4*time.Second, nil)
		gone := ""
		goes := func(name string) func() { return func() { gone = name } }
		holding(s, now, 10*time.Second, 170_000, goes("trickles"))
		holding(s, now, 10*time.Second, 400_000, goes("a slow network"))
		holding(s, now, 5*time.Second, 4_000_000, goes("fast"))
		holding(s, now, 3*time.Second, 100, goes("has just begun"))
		holding(s, now, 10*time.Second, 100, nil) // cannot be ended
		if s.evict(now, c.pace); gone != c.want {
			t.Errorf("%s: %q had to go, want %q", name, gone, c.want)
		}
	}
}

// TestFastestIsServedFirst: and of equal ones the first; who waits long enough comes before all.
func TestFastestIsServedFirst(t *testing.T) {
	s := newSlots(0, time.Second, nil)
	now := time.Now()
	add := func(pace float64, waited time.Duration) *waiter {
		w := &waiter{pace: pace, since: now.Add(-waited), given: make(chan struct{})}
		s.queue = append(s.queue, w)
		return w
	}
	slow, first, second, patient := add(20_000, time.Minute), add(1e6, time.Minute), add(1e6, 30*time.Second), add(20_000, 2*time.Hour)
	for i, want := range []*waiter{patient, first, second, slow} {
		s.pass()
		select {
		case <-want.given:
		default:
			t.Fatalf("another one than the %dth was served", i+1)
		}
	}
	if s.pass(); s.left() != 1 {
		t.Errorf("%d are free where nobody waits", s.left())
	}
}

// TestWaiterThatGoesLosesNoSlot: neither while it waits nor just when it is served.
func TestWaiterThatGoesLosesNoSlot(t *testing.T) {
	s := newSlots(1, time.Hour, nil)
	held, err := s.take(t.Context(), 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.take(ctx, 1, nil); err == nil {
		t.Fatal("a slot that was out was given")
	}
	w := &waiter{pace: 1, since: time.Now(), given: make(chan struct{})}
	s.queue = append(s.queue, w)
	s.give(held)
	s.leave(w) // which has just been served
	if s.left() != 1 || len(s.queue) != 0 {
		t.Errorf("%d free, %d wait", s.left(), len(s.queue))
	}
}

// TestHonestBesideThoseThatTrickle: senders just above the slowest pace hold all large buffers, and more of them wait;
// an honest frame and an honest beacon get through all the same, one after the other.
func TestHonestBesideThoseThatTrickle(t *testing.T) {
	const large, senders, size = 4, 64, 850_000
	g := newRig(t, newFaultyLog(), func(c *Config, _ *Deps) { c.LargeFrames, c.SlowAfter = large, 300*time.Millisecond })
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	for range senders {
		c, frame := g.connect(), g.large(1, size)
		go func() {
			w, err := c.ws.NextWriter(websocket.BinaryMessage)
			if err == nil {
				_, err = w.Write(frame[:100<<10]) // the beginning comes at once, the rest takes 20 s
			}
			for at := 100 << 10; err == nil && at < len(frame); at += 4 << 10 {
				select {
				case <-stop:
					return
				case <-time.After(100 * time.Millisecond):
				}
				_, err = w.Write(frame[at:min(at+4<<10, len(frame))])
			}
		}()
	}
	eventually(t, "all large buffers are out and others wait", func() bool {
		s := g.buffers.slots[largest]
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.free == 0 && len(s.queue) >= 3*large
	})
	honest := g.connect()
	for n := range uint64(3) {
		honest.send(g.large(uint32(n+1), size))
		honest.ack(n + 1)
	}
	if answer := g.post(t, testKey, testOrigin, g.large(9, size)); answer.StatusCode != 204 {
		t.Errorf("a beacon: %d", answer.StatusCode)
	}
	if counter(g.metrics.limits, limitSlow) == 0 || counter(g.metrics.closes, "4002") == 0 {
		t.Error("nobody was made to go")
	}
}
