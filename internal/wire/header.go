package wire

import (
	"encoding/binary"
	"math"
)

// Flags of a frame.
const (
	// FlagLast: the tracker knows of nothing that follows in this document.
	FlagLast uint16 = 1 << iota
	// FlagDemo: generated, not a visit.
	FlagDemo
	// FlagSampled: this document sends replays.
	FlagSampled

	knownFlags = FlagLast | FlagDemo | FlagSampled
)

// Section describes one section of a frame.
type Section struct {
	Codec Codec
	// Size is its length in the frame, Raw its length when inflated, in bytes.
	Size, Raw uint32
}

// Header is the first 96 bytes of a frame.
type Header struct {
	Flags    uint16
	Consent  ConsentState
	Session  SessionID
	Document DocumentID
	Tab      TabID
	Visitor  VisitorHash
	// Sequence counts the batches of a document from 1.
	Sequence uint32
	Signals  Section
	Replay   Section
	// SentAt is Unix ms by the browser's clock, rewritten at each sending.
	SentAt float64
}

// ParseHeader checks a whole frame's header and length. The error, when there
// is one, is a *RefusalError. It allocates nothing and keeps nothing of b.
func ParseHeader(b []byte) (Header, error) {
	if len(b) > MaxFrame {
		return Header{}, errTooLarge
	}
	h, size, err := peekHeader(b)
	switch {
	case err != nil:
		return Header{}, err
	case size != len(b):
		return Header{}, errLength
	}
	return h, nil
}

// peekHeader reads the header at the start of b and the length of the frame it
// belongs to. The length is 0 when it cannot be known, and may be set beside an
// error: such a frame can be stepped over.
func peekHeader(b []byte) (Header, int, error) {
	if len(b) >= 2 && b[0] == magic && b[1] != Version {
		return Header{}, 0, errVersion
	}
	if len(b) < HeaderSize {
		return Header{}, 0, errShort
	}
	if b[0] != magic {
		return Header{}, 0, errMagic
	}
	le := binary.LittleEndian
	h := Header{
		Flags:    le.Uint16(b[2:]),
		Consent:  ConsentState(b[4]),
		Session:  SessionID(b[8:24]),
		Document: DocumentID(b[24:40]),
		Tab:      TabID(b[40:48]),
		Visitor:  VisitorHash(b[48:64]),
		Sequence: le.Uint32(b[64:]),
		Signals:  Section{Codec(b[5]), le.Uint32(b[68:]), le.Uint32(b[72:])},
		Replay:   Section{Codec(b[6]), le.Uint32(b[76:]), le.Uint32(b[80:])},
		SentAt:   math.Float64frombits(le.Uint64(b[88:])),
	}
	if b[7] != 0 || le.Uint32(b[84:]) != 0 {
		return h, 0, errReserved
	}
	size := HeaderSize + int64(h.Signals.Size) + int64(h.Replay.Size)
	if size > MaxFrame {
		return h, 0, errTooLarge
	}
	return h, int(size), h.check()
}

// check judges the fields that do not decide where the frame ends.
func (h *Header) check() error {
	switch {
	case h.Flags&^knownFlags != 0:
		return errFlags
	case h.Consent > ConsentNotNeeded:
		return errConsent
	case h.Sequence == 0:
		return errSequence
	case !(h.SentAt >= 0 && h.SentAt <= maxTime): // also catches NaN
		return errSentAt
	case h.Signals.Size == 0 && h.Replay.Size == 0:
		return errEmpty
	}
	if err := h.Signals.check(MaxSignals); err != nil {
		return err
	}
	return h.Replay.check(MaxReplay)
}

func (s Section) check(limit uint32) error {
	switch {
	case s.Codec > CodecDeflateRaw:
		return errCodec
	case s.Raw > limit:
		return errInflated
	case s.Codec == CodecNone && s.Size != s.Raw:
		return errSection
	case s.Codec != CodecNone && (s.Size == 0 || s.Raw == 0):
		return errSection
	case s.Codec != CodecNone && uint64(s.Raw) > uint64(s.Size)*maxExpansion:
		return errImplausible
	}
	return nil
}

// append writes the header in its wire form.
func (h *Header) append(dst []byte) []byte {
	le := binary.LittleEndian
	dst = append(dst, magic, Version)
	dst = le.AppendUint16(dst, h.Flags)
	dst = append(dst, byte(h.Consent), byte(h.Signals.Codec), byte(h.Replay.Codec), 0)
	dst = append(dst, h.Session[:]...)
	dst = append(dst, h.Document[:]...)
	dst = append(dst, h.Tab[:]...)
	dst = append(dst, h.Visitor[:]...)
	for _, n := range [...]uint32{h.Sequence, h.Signals.Size, h.Signals.Raw, h.Replay.Size, h.Replay.Raw, 0} {
		dst = le.AppendUint32(dst, n)
	}
	return le.AppendUint64(dst, math.Float64bits(h.SentAt))
}

const (
	magic = 0x48
	// maxTime bounds times in Unix ms: the last that a JavaScript Date can hold.
	maxTime = 8.64e15
)
