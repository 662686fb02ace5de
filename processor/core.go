package processor

import (
	"errors"

	"hindsight/internal/eventlog"
	"hindsight/internal/rrweb"
	"hindsight/internal/seal"
	"hindsight/internal/store"
	"hindsight/internal/wire"
	"hindsight/processor/guard"
)

// Opener opens sealed client addresses; *seal.Sealer is one.
type Opener interface {
	Open(sealed []byte, b seal.Binding) (seal.Address, error)
}

// Guard judges what a replay section tells of fields; *guard.Guard is one. What
// it knows of documents it is told by Learn, and forgets at the start of a
// generation.
type Guard interface {
	Check(doc guard.Document, sequence uint32, fields []rrweb.Field) guard.Verdict
	Reason(doc guard.Document, sequence uint32, fields []rrweb.Field) string
	Knows(doc guard.Document) bool
	Lost(doc guard.Document) bool
	Worn() bool
	Learn(doc guard.Document, protected map[int64]uint32)
	Forget()
}

// Sections reads the sections of a frame. What it gives may lie in memory of its
// own and hold until it is asked again; errors of Replay are of the section, of
// which it need not give the text.
type Sections interface {
	Signals(s *wire.Signals, raw []byte) error
	Replay(raw []byte, limit int) (rrweb.Section, error)
}

// scanners reads sections in one pass each.
type scanners struct{ replay rrweb.Reader }

func (*scanners) Signals(s *wire.Signals, raw []byte) error { return s.Decode(raw) }

func (c *scanners) Replay(raw []byte, limit int) (rrweb.Section, error) {
	return c.replay.Measure(raw, limit)
}

// Decoded is what became of a record.
type Decoded struct {
	Record *store.Record
	// Refused is why the replay section was left out, "" when it was not;
	// Guarded tells whether it was the guard.
	Refused string
	Guarded bool
	// Late tells that sections of higher sequences which may be stored by now were
	// judged without knowing what this one shows.
	Late bool
	// Invalid and Unknown count dropped signals and members, Excess signals of which
	// a batch has more than are kept, BadSheets definitions of style sheets that were
	// left out.
	Invalid, Unknown, Excess, BadSheets int
	// Jumped tells that times were corrected because the clock had been set.
	Jumped bool
	// Sealed tells that the client's address could not be opened.
	Sealed bool

	// Came is the replay section as the tracker sent it, where it came as raw
	// deflate and nothing was taken out of it: then it may rest as it is.
	// Otherwise Form is what is kept of it as the tracker wrote it; it holds
	// until the next record.
	Came, Form []byte
}

// Core makes rows of records: it inflates a frame, reads its sections, judges
// and bins, each in memory that it keeps, so that what one frame costs in
// allocations does not depend on how much is in it. It is for one goroutine.
type Core struct {
	opener   Opener
	region   Region
	guard    Guard
	sections Sections
	agents   *agents

	signals wire.Signals
	texts   texts
	rooms   rooms
	raw     []byte
	form    []byte // a section without its definitions of style sheets, as the tracker wrote it
	sheets  knownSheets
}

// maxKeptBuffer bounds the buffer that is kept between records.
const maxKeptBuffer = 4 << 20

// NewCore makes a core that has learnt nothing yet. sections is nil but where
// something is to be compared with the core's own way of reading them.
func NewCore(opener Opener, region Region, g Guard, sections Sections) *Core {
	if sections == nil {
		sections = &scanners{}
	}
	return &Core{opener: opener, region: region, guard: g, sections: sections, agents: newAgents()}
}

// Decode makes rows of one record of the log. Payloads of style sheets are not
// compressed yet, and the recording has none: Decoded says of what it is made.
// The error says why nothing can be made of the record.
func (d *Core) Decode(f *eventlog.Fetched) (Decoded, error) {
	r, err := eventlog.DecodeRecord(f)
	if err != nil {
		return Decoded{}, &undecodable{reasonRecord, err, d.safe(f.Value, "")}
	}
	frame, err := wire.ParseFrame(r.Frame)
	if err != nil {
		return Decoded{}, &undecodable{reasonFrame, err, true}
	}
	if frame.Session != wire.SessionID(r.Session) || frame.Document != wire.DocumentID(r.Document) || frame.Sequence != r.Sequence {
		return Decoded{}, &undecodable{reasonMismatch, errors.New("record headers and frame name different batches"), d.safe(r.Frame, r.Site)}
	}
	out := Decoded{}
	out.Record, out.Sealed = d.batch(&r, &frame)
	sig, err := d.decodeSignals(&frame)
	if err != nil {
		return Decoded{}, &undecodable{reasonSignals, err, d.safe(r.Frame, r.Site)}
	}
	c := newClock(frame.Session, sig, frame.SentAt, r.Received)
	var times span
	if sig != nil {
		b := &out.Record.Batch
		b.Path, b.View = sig.Path, uint16(sig.View)
		m := maker{
			rec: out.Record, sig: sig, clock: &c, span: &times, path: sig.Path, view: uint16(sig.View),
			ua: agent{device: b.Device}, texts: &d.texts, rooms: &d.rooms,
		}
		out.Excess = m.signals()
		out.Invalid, out.Unknown = sig.Invalid, sig.UnknownKinds+sig.UnknownMembers
	}
	d.replay(&frame, &out, &c, &times)
	d.finish(out.Record, sig, &c, &times, r.Received.UnixMilli())
	out.Jumped = c.jumped
	return out, nil
}

// batch begins the batch's row with what header and record tell.
func (d *Core) batch(r *eventlog.Record, f *wire.Frame) (rec *store.Record, sealed bool) {
	ua := d.agents.read(r.Agent)
	country, sealed := d.country(r)
	rec = d.rooms.records.one()
	*rec = store.Record{
		Identity: store.Identity{Site: r.Site, Session: r.Session, Document: r.Document, Sequence: r.Sequence},
		Batch: store.BatchRow{
			Tab: f.Tab.Uint64(), Visitor: f.Visitor, Flags: f.Flags, Consent: uint8(f.Consent),
			ReceivedAt: r.Received.UnixMilli(), SentAt: int64(f.SentAt), Via: r.Via,
			Browser: ua.browser, BrowserVersion: ua.browserVersion, OS: ua.os, OSVersion: ua.osVersion, Device: ua.device,
			Country:      country,
			SignalsBytes: f.Signals.Raw, ReplayBytes: f.Replay.Raw,
		},
	}
	return rec, sealed
}

// country opens the client's address, asks, and lets it go. An address that
// cannot be opened (a key that is gone) merely has no country, and stays sealed.
func (d *Core) country(r *eventlog.Record) (country string, sealed bool) {
	if len(r.Address) == 0 {
		return "", false
	}
	addr, err := d.opener.Open(r.Address, seal.Binding{Site: r.Site, Document: r.Document, Sequence: r.Sequence})
	if err != nil {
		return "", true
	}
	return d.region.Country(addr.ForRegionLookup()), false
}

// decodeSignals gives nil when the frame has no signals section.
func (d *Core) decodeSignals(f *wire.Frame) (*wire.Signals, error) {
	if f.Signals.Raw == 0 {
		return nil, nil
	}
	raw, err := f.InflateSignals(d.buffer())
	if err != nil {
		return nil, err
	}
	d.raw = raw
	return &d.signals, d.sections.Signals(&d.signals, raw)
}

// safe tells whether a frame of which nothing else can be made may be kept as it
// is: its replay section, if it has one, is read and judged as any other.
func (d *Core) safe(value []byte, site string) bool {
	f, err := wire.ParseFrame(value)
	if err != nil || f.Replay.Raw == 0 {
		return true
	}
	raw, err := f.InflateReplay(d.buffer())
	if err != nil {
		return false
	}
	d.raw = raw
	section, err := d.sections.Replay(raw, wire.MaxReplay)
	if err != nil {
		return false
	}
	doc := guard.Document{Site: site, Session: f.Session, Document: f.Document}
	return d.guard.Reason(doc, f.Sequence, section.Fields) == ""
}

// replay takes the replay section in, or says why not: then the signals are
// kept and the recording shows a gap.
func (d *Core) replay(f *wire.Frame, out *Decoded, c *clock, times *span) {
	if f.Replay.Raw == 0 {
		return
	}
	rec := out.Record
	rec.Batch.ReplayState = store.ReplayRefused
	raw, err := f.InflateReplay(d.buffer())
	if err != nil {
		out.Refused = reasonReplay
		return
	}
	d.raw = raw
	section, err := d.sections.Replay(raw, wire.MaxReplay)
	if err != nil {
		out.Refused = reasonReplayFormat
		return
	}
	// Before the guard: what it refuses takes no style sheet along.
	kept, definitions, bad := d.takeSheets(rec, raw, section)
	out.BadSheets = bad
	doc := guard.Document{Site: rec.Site, Session: rec.Session, Document: rec.Document}
	verdict := d.guard.Check(doc, rec.Sequence, section.Fields)
	rec.Protected, out.Late = verdict.Shown, verdict.Late
	if verdict.Reason != "" {
		out.Refused, out.Guarded = verdict.Reason, true
		// But for what is left out it is as one that was kept and refused later.
		replayRows(rec, &store.ChunkRow{}, c, times, kept.size, kept.events)
		rec.Chunk, rec.Snapshots, rec.Batch.ReplayEvents = nil, nil, 0
		return
	}
	rec.Batch.ReplayState = store.ReplayKept
	replayRows(rec, d.rooms.chunks.one(), c, times, kept.size, kept.events)
	if f.Replay.Codec == wire.CodecDeflateRaw && definitions == 0 {
		out.Came = f.ReplayData
	} else {
		out.Form = kept.form
	}
}

// finish fills in what the whole batch decides.
func (d *Core) finish(rec *store.Record, sig *wire.Signals, c *clock, times *span, received int64) {
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

func (d *Core) buffer() []byte {
	if cap(d.raw) > maxKeptBuffer {
		d.raw = nil
	}
	return d.raw[:0]
}
