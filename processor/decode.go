package processor

import (
	"fmt"

	"github.com/klauspost/compress/zstd"

	"hindsight/internal/eventlog"
	"hindsight/internal/store"
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
	safe   bool // its frame may be kept
}

func (e *undecodable) Error() string { return e.reason + ": " + e.cause.Error() }
func (e *undecodable) Unwrap() error { return e.cause }

// decoder makes rows of records: what the core makes, as small as the store keeps it.
// It is for one goroutine.
type decoder struct {
	*Core
	zstd    *zstd.Encoder
	deflate deflater
	packed  packedSheets
}

func newDecoder(opener Opener, region Region, g Guard) (*decoder, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return nil, fmt.Errorf("make compressor: %w", err)
	}
	return &decoder{Core: NewCore(opener, region, g, nil), zstd: enc, deflate: newDeflater()}, nil
}

// decode makes rows of one record of the log. The error is *undecodable.
func (d *decoder) decode(f *eventlog.Fetched) (Decoded, error) {
	out, err := d.Decode(f)
	if err != nil {
		return out, err
	}
	if c := out.Record.Chunk; c != nil {
		if c.Payload, err = d.rest(out.Came, out.Form); err != nil {
			return out, &undecodable{reasonReplay, err, false}
		}
		c.Codec = store.ChunkDeflate
		out.Came, out.Form = nil, nil // they lie in the frame and in the core
	}
	for i := range out.Record.Sheets {
		row := &out.Record.Sheets[i]
		row.Payload = d.packed.get(row.Hash, func() []byte {
			return d.zstd.EncodeAll(row.Payload, make([]byte, 0, len(row.Payload)/4+64))
		})
	}
	return out, nil
}

// rest makes of a section what is stored. One that came compressed rests as it
// came: it was read and judged, and what its short form stands for can be
// written out as well by who reads it. Where something was taken out of it, or
// where it came as plain text, its short form is compressed, which is a third of
// the long one.
func (d *decoder) rest(came, form []byte) ([]byte, error) {
	if came != nil {
		return d.rooms.keep(came), nil
	}
	packed, err := d.deflate.pack(form)
	return d.rooms.keep(packed), err
}
