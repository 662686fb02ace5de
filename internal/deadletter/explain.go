package deadletter

import (
	"context"
	"fmt"

	"hindsight/internal/eventlog"
	"hindsight/internal/wire"
)

// Payload reads the frame that was kept of a letter; nil when none was.
func Payload(ctx context.Context, log eventlog.Config, l *Letter) ([]byte, error) {
	if l.Payload == 0 {
		return nil, nil
	}
	f, err := eventlog.ReadRecord(ctx, log, eventlog.TopicDeadLetter, l.Partition, l.Offset)
	return f.Value, err
}

// Explain says what is wrong with a frame, in the decoder's words, which quote
// nothing of it; "" when this program can decode it.
func Explain(frame []byte) string {
	f, err := wire.ParseFrame(frame)
	if err != nil {
		return "frame: " + err.Error()
	}
	if f.Signals.Raw > 0 {
		raw, err := f.InflateSignals(nil)
		if err != nil {
			return err.Error()
		}
		var s wire.Signals
		if err := s.Decode(raw); err != nil {
			return "signals: " + err.Error()
		}
	}
	if f.Replay.Raw > 0 {
		if _, err := f.InflateReplay(nil); err != nil {
			return err.Error()
		}
	}
	return ""
}

// Describe says what a frame's header tells, in one line.
func Describe(frame []byte) string {
	h, err := wire.ParseHeader(frame)
	if err != nil {
		return fmt.Sprintf("%d bytes without a valid header", len(frame))
	}
	return fmt.Sprintf("session %s, document %s, sequence %d, signals %d bytes (%d inflated), replay %d bytes (%d inflated)",
		h.Session, h.Document, h.Sequence, h.Signals.Size, h.Signals.Raw, h.Replay.Size, h.Replay.Raw)
}
