package processor

import (
	"fmt"

	"github.com/klauspost/compress/zstd"

	"hindsight/internal/eventlog"
)

// Reasons for dead letters and refusals, as they stand in metrics and headers.
const (
	reasonRecord       = "record"        // the log's record is not what a collector writes
	reasonFrame        = "frame"         // the frame's header is wrong
	reasonMismatch     = "mismatch"      // record headers and frame name different batches
	reasonSignals      = "signals"       // the signals section cannot be inflated or decoded
	reasonReplay       = "replay"        // the replay section cannot be inflated
	reasonReplayFormat = "replay_format" // it is no array of rrweb events
	reasonGuard        = "guard_"        // and the guard's reason
	reasonStore        = "store"         // the store refuses a row for what it is
)

// undecodable says why a record cannot be made into rows at all.
type undecodable struct {
	reason string
	cause  error
}

func (e *undecodable) Error() string { return e.reason + ": " + e.cause.Error() }
func (e *undecodable) Unwrap() error { return e.cause }

// decoder makes rows of records: what the core makes, compressed for the store.
// It is for one goroutine.
type decoder struct {
	*Core
	zstd   *zstd.Encoder
	sheets packedSheets
}

func newDecoder(opener Opener, region Region, g Guard) (*decoder, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
	if err != nil {
		return nil, fmt.Errorf("make compressor: %w", err)
	}
	return &decoder{Core: NewCore(opener, region, g, nil), zstd: enc}, nil
}

// decode makes rows of one record of the log. The error is *undecodable.
func (d *decoder) decode(f *eventlog.Fetched) (Decoded, error) {
	out, err := d.Decode(f)
	if err != nil {
		return out, err
	}
	if c := out.Record.Chunk; c != nil {
		c.Payload = d.pack(c.Payload)
	}
	for i := range out.Record.Sheets {
		row := &out.Record.Sheets[i]
		row.Payload = d.sheets.get(row.Hash, func() []byte { return d.pack(row.Payload) })
	}
	return out, nil
}

func (d *decoder) pack(text []byte) []byte {
	return d.zstd.EncodeAll(text, make([]byte, 0, len(text)/4+64))
}
