package processor

import (
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"hindsight/internal/eventlog"
	"hindsight/internal/seal"
	"hindsight/internal/store"
	"hindsight/internal/wire"
	"hindsight/processor/guard"
	"hindsight/processor/rrweb"
)

// Opener opens sealed client addresses; *seal.Sealer is one.
type Opener interface {
	Open(sealed []byte, b seal.Binding) (seal.Address, error)
}

// Guard judges the events of a replay section; *guard.Guard is one. What it
// knows of documents it is told by Learn, and forgets at the start of a
// generation.
type Guard interface {
	Check(doc guard.Document, sequence uint32, events []rrweb.Event) guard.Verdict
	Knows(doc guard.Document) bool
	Learn(doc guard.Document, protected map[int64]uint32)
	Forget()
}

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

// decoded is what became of a record.
type decoded struct {
	record *store.Record
	// refused is why the replay section was left out, "" when it was not;
	// guarded tells whether it was the guard.
	refused string
	guarded bool
	// Dropped signals, for metrics.
	invalid, unknown int
	// badSheets is how many definitions of style sheets were left out.
	badSheets int
}

// decoder makes rows of records. It keeps buffers and what it has learnt of
// agents and documents; it is for one goroutine.
type decoder struct {
	opener Opener
	region Region
	guard  Guard
	agents *agents
	zstd   *zstd.Encoder

	signals wire.Signals
	raw     []byte
	long    []byte // a section with its short nodes written out
	kept    []byte // a section without its definitions of style sheets
	events  []rrweb.Event
}

// maxKeptBuffer bounds the buffer that is kept between records.
const maxKeptBuffer = 4 << 20

func newDecoder(opener Opener, region Region, g Guard) (*decoder, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
	if err != nil {
		return nil, fmt.Errorf("make compressor: %w", err)
	}
	return &decoder{opener: opener, region: region, guard: g, agents: newAgents(), zstd: enc}, nil
}

// decode makes rows of one record of the log. The error is *undecodable.
func (d *decoder) decode(f *eventlog.Fetched) (decoded, error) {
	r, err := eventlog.DecodeRecord(f)
	if err != nil {
		return decoded{}, &undecodable{reasonRecord, err}
	}
	frame, err := wire.ParseFrame(r.Frame)
	if err != nil {
		return decoded{}, &undecodable{reasonFrame, err}
	}
	if frame.Session != wire.SessionID(r.Session) || frame.Document != wire.DocumentID(r.Document) || frame.Sequence != r.Sequence {
		return decoded{}, &undecodable{reasonMismatch, errors.New("record headers and frame name different batches")}
	}
	out := decoded{record: d.batch(&r, &frame)}
	sig, err := d.decodeSignals(&frame)
	if err != nil {
		return decoded{}, &undecodable{reasonSignals, err}
	}
	c := newClock(frame.Session, sig, frame.SentAt, r.Received)
	var times span
	if sig != nil {
		b := &out.record.Batch
		b.Path, b.View = sig.Path, uint16(sig.View)
		m := maker{
			rec: out.record, sig: sig, clock: &c, span: &times, path: sig.Path, view: uint16(sig.View),
			ua: agent{device: b.Device},
		}
		m.signals()
		out.invalid, out.unknown = sig.Invalid, sig.UnknownKinds+sig.UnknownMembers
	}
	d.replay(&frame, &out, &c, &times)
	d.finish(out.record, sig, &c, &times, r.Received.UnixMilli())
	return out, nil
}

// batch begins the batch's row with what header and record tell.
func (d *decoder) batch(r *eventlog.Record, f *wire.Frame) *store.Record {
	ua := d.agents.read(r.Agent)
	return &store.Record{
		Identity: store.Identity{Site: r.Site, Session: r.Session, Document: r.Document, Sequence: r.Sequence},
		Batch: store.BatchRow{
			Tab: f.Tab.Uint64(), Visitor: f.Visitor, Flags: f.Flags, Consent: uint8(f.Consent),
			ReceivedAt: r.Received.UnixMilli(), SentAt: int64(f.SentAt), Via: r.Via,
			Browser: ua.browser, BrowserVersion: ua.browserVersion, OS: ua.os, OSVersion: ua.osVersion, Device: ua.device,
			Country:      d.country(r),
			SignalsBytes: f.Signals.Raw, ReplayBytes: f.Replay.Raw,
		},
	}
}

// country opens the client's address, asks, and lets it go. An address that
// cannot be opened (a key that is gone) merely has no country.
func (d *decoder) country(r *eventlog.Record) string {
	if len(r.Address) == 0 {
		return ""
	}
	addr, err := d.opener.Open(r.Address, seal.Binding{Site: r.Site, Document: r.Document, Sequence: r.Sequence})
	if err != nil {
		return ""
	}
	return d.region.Country(addr.ForRegionLookup())
}

// decodeSignals gives nil when the frame has no signals section.
func (d *decoder) decodeSignals(f *wire.Frame) (*wire.Signals, error) {
	if f.Signals.Raw == 0 {
		return nil, nil
	}
	raw, err := f.InflateSignals(d.buffer())
	if err != nil {
		return nil, err
	}
	d.raw = raw
	return &d.signals, d.signals.Decode(raw)
}

// replay takes the replay section in, or says why not: then the signals are
// kept and the recording shows a gap.
func (d *decoder) replay(f *wire.Frame, out *decoded, c *clock, times *span) {
	if f.Replay.Raw == 0 {
		return
	}
	rec := out.record
	rec.Batch.ReplayState = store.ReplayRefused
	section, err := f.InflateReplay(d.buffer())
	if err != nil {
		out.refused = reasonReplay
		return
	}
	d.raw = section
	events, section, err := d.read(section)
	defer clear(events) // they are parts of the section: let go of it
	if err != nil {
		out.refused = reasonReplayFormat
		return
	}
	// Before the guard: what it refuses takes no style sheet along.
	section, events, out.badSheets = d.takeSheets(rec, section, events)
	doc := guard.Document{Site: rec.Site, Session: rec.Session, Document: rec.Document}
	verdict := d.guard.Check(doc, rec.Sequence, events)
	rec.Protected = verdict.Shown
	if verdict.Reason != "" {
		out.refused, out.guarded = verdict.Reason, true
		return
	}
	rec.Batch.ReplayState = store.ReplayKept
	d.replayRows(rec, c, times, section, events)
}

// read gives a section with its short nodes written out, and its events.
func (d *decoder) read(section []byte) ([]rrweb.Event, []byte, error) {
	long, err := rrweb.Expand(d.long, section, wire.MaxReplay)
	if err != nil {
		return nil, nil, err
	}
	if len(long) > 0 && len(section) > 0 && &long[0] != &section[0] {
		if d.long = long; cap(long) > maxKeptBuffer {
			d.long = nil
		}
	}
	events, err := rrweb.Events(d.events[:0], long)
	d.events = events[:0]
	return events, long, err
}

// finish fills in what the whole batch decides.
func (d *decoder) finish(rec *store.Record, sig *wire.Signals, c *clock, times *span, received int64) {
	if !times.any {
		switch {
		case sig != nil:
			times.add(c.at(sig.Origin))
		default: // nothing tells a time but the sending itself
			times.add(min(max(received, c.lo), c.hi))
		}
	}
	b := &rec.Batch
	b.FirstAt, b.LastAt = times.first, times.last
	b.OffsetMS, b.OffsetSource = c.offsetMS(), c.source
}

func (d *decoder) buffer() []byte {
	if cap(d.raw) > maxKeptBuffer {
		d.raw = nil
	}
	return d.raw[:0]
}
