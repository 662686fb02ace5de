package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"hindsight/internal/wire"
)

// client sends the batches of one session as a tracker does: it keeps within
// the collector's window, holds every frame until its ack, and after a broken
// connection sends again what was not acknowledged.
type client struct {
	url     string
	dialer  websocket.Dialer
	header  http.Header
	sampled func(siteRate float64) bool
	reached *atomic.Bool // whether the collector has ever said welcome to the run
	decided bool         // whether sampled was asked
	replays bool         // and its answer

	pending []batch // not yet settled, oldest first
	tried   int     // how many of pending were sent before on some connection
	sent    Stats
}

// Bounds of trying: how often without any ack in between, and how long one
// answer may take. A collector that waits for its log may be slow for long.
const (
	maxTries      = 8
	firstTries    = 3 // as long as no connection of the run has come about
	handshakeWait = 15 * time.Second
	answerWait    = 90 * time.Second
	rateWait      = 10 * time.Second
)

// errPermanent marks what trying again cannot mend.
var errPermanent = errors.New("the collector does not take this")

func newClient(url, origin, userAgent string, reached *atomic.Bool) *client {
	return &client{
		url: url, reached: reached,
		dialer: websocket.Dialer{
			Subprotocols:     []string{wire.Subprotocol},
			HandshakeTimeout: handshakeWait,
		},
		header: http.Header{"Origin": {origin}, "User-Agent": {userAgent}},
	}
}

// send returns when every batch is acknowledged.
func (c *client) send(ctx context.Context, batches []batch) error {
	c.pending = batches
	for tries := 0; ; tries++ {
		before := len(c.pending)
		err := c.connection(ctx)
		if len(c.pending) == 0 {
			return nil
		}
		if len(c.pending) < before {
			tries = 0
		}
		most := firstTries
		if c.reached.Load() {
			most = maxTries
		}
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, errPermanent):
			return err
		case tries+1 >= most:
			return fmt.Errorf("%d frames are not acknowledged after %d tries: %w", len(c.pending), tries+1, err)
		}
		c.sent.Reconnects++
		if err := pause(ctx, delay(tries, err)); err != nil {
			return err
		}
	}
}

// delay before the next try: from 0.25 s, doubling, and at least what the close
// code asks for.
func delay(tries int, err error) time.Duration {
	wait := min(250*time.Millisecond<<tries, 10*time.Second)
	if websocket.IsCloseError(err, int(wire.CloseRate)) {
		wait = max(wait, rateWait)
	}
	return wait
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// connection sends as much as one connection takes.
func (c *client) connection(ctx context.Context) error {
	conn, response, err := c.dialer.DialContext(ctx, c.url, c.header)
	if err != nil {
		if response != nil {
			_ = response.Body.Close()
			return fmt.Errorf("open the stream: the collector answered %s: %w", response.Status, err)
		}
		return fmt.Errorf("open the stream: %w", err)
	}
	defer func() { _ = conn.Close() }()
	// A cancelled context ends the reads below.
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	s := &stream{client: c, conn: conn}
	err = s.run()
	if code := closeCode(err); code != 0 && !code.MayReconnect() {
		return fmt.Errorf("%w: it closed the connection with %d (%s)", errPermanent, int(code), code.Name())
	}
	return err
}

// closeCode is the code in err, or 0.
func closeCode(err error) wire.CloseCode {
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		return wire.CloseCode(closed.Code)
	}
	return 0
}
