package collector

import (
	"context"
	"errors"
	"sync"
	"testing"
)

// TestTally: what was counted before the wait is waited for, however the last of
// it ends; after close nothing more is counted.
func TestTally(t *testing.T) {
	for range 200 {
		var c tally
		const n = 8
		for range n {
			if !c.add() {
				t.Fatal("it is not closed")
			}
		}
		var ending sync.WaitGroup
		for range n {
			ending.Go(c.done)
		}
		waits := make(chan error, 2)
		for range cap(waits) {
			go func() { waits <- c.wait(t.Context()) }()
		}
		for range cap(waits) {
			if err := <-waits; err != nil || c.count() != 0 {
				t.Fatalf("%v, %d open", err, c.count())
			}
		}
		ending.Wait()
	}
	var c tally
	c.add()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("wait: %v", err)
	}
	if c.close(); c.add() || c.count() != 1 {
		t.Errorf("counted after it was closed; %d", c.count())
	}
	c.done()
	if err := c.wait(t.Context()); err != nil {
		t.Error(err)
	}
}
