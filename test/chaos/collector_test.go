package chaos

import (
	"testing"
	"time"
)

// TestCollectorKilled kills the collector at random moments while visitors send: each time when a number of acks drawn
// from the seed has come. What was acknowledged is stored once; what was not is sent again, and stored once.
func TestCollectorKilled(t *testing.T) {
	t.Parallel()
	baseline(t)
	kills := 5
	if long() {
		kills = 30
	}
	random := seed(t)
	s := newStack(t)
	p := s.processor(t, "")
	c := s.collector(t).Start(t).AwaitReady(t, 200)
	input := frames(t)
	crowd := visit(t, c.Base, input, 8, 5*time.Millisecond)
	for i := range kills {
		from, to := len(input)*i/kills, len(input)*(i+1)/kills-8
		crowd.awaitAcks(t, from+random.IntN(max(1, to-from)))
		c.Kill()
		c = c.Again(t)
	}
	crowd.finish(t)
	if crowd.resent() == 0 {
		t.Error("nothing was sent again: the kills prove nothing")
	}
	t.Logf("%d kills, %d connections, %d frames sent again", kills, crowd.connections(), crowd.resent())
	s.compare(t)
	c.Terminate(t)
	s.stop(t, p)
}
