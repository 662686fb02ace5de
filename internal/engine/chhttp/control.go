package chhttp

import (
	"context"
	"sync"
	"time"

	"hindsight/internal/engine/chdb"
)

// killEvery is how often a kill is repeated while its target still runs: the
// engine may not have registered a statement yet when the first one comes.
const killEvery = 50 * time.Millisecond

// control owns the anchor connection, which keeps the engine alive and kills
// what runs on the others.
type control struct {
	mu   sync.Mutex
	conn *chdb.Conn
}

func (c *control) query(sql string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn == nil {
		return "", chdb.ErrConnect
	}
	out, _, err := c.conn.Query(sql, "TSVRaw", nil)
	return string(out), err
}

func (c *control) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conn.Close()
	c.conn = nil
}

// kill asks the engine to stop the statements that match. It does not wait:
// KILL … SYNC never returns in the embedded engine.
func (c *control) kill(where string) error {
	_, err := c.query("KILL QUERY WHERE " + where + " ASYNC")
	return err
}

// killUntilDone repeats the kill until wait returns or ctx is done.
func (c *control) killUntilDone(ctx context.Context, where string, wait func()) error {
	done := make(chan struct{})
	go func() { // ends with the statements, whose owner is the HTTP server
		defer close(done)
		wait()
	}()
	tick := time.NewTicker(killEvery)
	defer tick.Stop()
	for {
		select { // nothing to kill: do not ask
		case <-done:
			return nil
		default:
		}
		if err := c.kill(where); err != nil {
			return err
		}
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// watch kills the statement when ctx ends before stop is called. stop returns
// after the last kill, so that the connection is quiet when it goes back.
func (c *control) watch(ctx context.Context, where string) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-done:
			return
		case <-ctx.Done():
		}
		_ = c.killUntilDone(context.WithoutCancel(ctx), where, func() { <-done })
	}()
	return func() {
		close(done)
		<-ended
	}
}
