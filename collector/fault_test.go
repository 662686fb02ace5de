package collector

import (
	"context"
	"testing"

	"hindsight/internal/eventlog"
	"hindsight/internal/wire"
)

// poisonedLog panics at one batch: a fault of the program.
type poisonedLog struct{ *faultyLog }

func (l poisonedLog) Append(ctx context.Context, r *eventlog.Record, done func(error)) error {
	if r.Sequence == 666 {
		panic("fault")
	}
	return l.faultyLog.Append(ctx, r, done)
}

// A fault ends the connection that it happened on, for good, and no other; and
// it leaves nothing behind that would hold up a stop but the append it broke.
func TestFaultEndsOneConnection(t *testing.T) {
	g := newRig(t, poisonedLog{newFaultyLog()}, nil)
	bad, other := g.connect(), g.connect()
	bad.send(g.frame(666, nil))
	bad.closed(wire.CloseProtocol)
	other.send(g.frame(1, nil))
	other.ack(1)
	if g.batches(resultPanic) != 1 || g.logs.Len() != 1 {
		t.Errorf("counted %v times, %d log lines", g.batches(resultPanic), g.logs.Len())
	}
	g.appends.done() // the one that panicked never answers
}
