package wire

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Frame is a parsed frame. Its sections are parts of the bytes it was parsed
// from, still compressed.
type Frame struct {
	Header
	SignalsData []byte
	ReplayData  []byte
}

// ParseFrame checks a whole frame and finds its sections.
func ParseFrame(b []byte) (Frame, error) {
	h, err := ParseHeader(b)
	if err != nil {
		return Frame{}, err
	}
	end := HeaderSize + int(h.Signals.Size)
	return Frame{Header: h, SignalsData: b[HeaderSize:end], ReplayData: b[end:]}, nil
}

// InflateSignals appends the inflated signals section to dst.
func (f *Frame) InflateSignals(dst []byte) ([]byte, error) {
	out, err := Inflate(dst, f.Signals.Codec, f.SignalsData, int(f.Signals.Raw))
	if err != nil {
		return dst, fmt.Errorf("inflate signals: %w", err)
	}
	return out, nil
}

// InflateReplay appends the inflated replay section to dst.
func (f *Frame) InflateReplay(dst []byte) ([]byte, error) {
	out, err := Inflate(dst, f.Replay.Codec, f.ReplayData, int(f.Replay.Raw))
	if err != nil {
		return dst, fmt.Errorf("inflate replay: %w", err)
	}
	return out, nil
}

// NextFrame cuts the first frame off a body that holds several, one after the
// other. When the frame is refused but its end is known, rest goes on behind
// it; when the end cannot be known, rest is empty. The frame's bytes are given
// in both cases.
func NextFrame(body []byte) (h Header, frame, rest []byte, err error) {
	h, size, err := peekHeader(body)
	switch {
	case size == 0:
		return Header{}, body, nil, err
	case size > len(body):
		return Header{}, body, nil, errLength
	}
	return h, body[:size:size], body[size:], err
}

// EncodeFrame builds a frame: signals and replay are the inflated sections
// (either may be empty, not both), codec compresses whatever is not empty. The
// section fields of h are ignored. The error is a *RefusalError when a
// collector would refuse the result.
func EncodeFrame(h Header, signals, replay []byte, codec Codec) ([]byte, error) {
	return EncodeFrameCodecs(h, signals, replay, codec, codec)
}

// EncodeFrameCodecs is EncodeFrame with a codec for each section.
func EncodeFrameCodecs(h Header, signals, replay []byte, signalsCodec, replayCodec Codec) ([]byte, error) {
	if len(signals) > MaxSignals || len(replay) > MaxReplay {
		return nil, errInflated
	}
	out := make([]byte, HeaderSize, HeaderSize+(len(signals)+len(replay))/2)
	var err error
	if out, h.Signals, err = appendSection(out, signals, signalsCodec); err != nil {
		return nil, fmt.Errorf("compress signals: %w", err)
	}
	if out, h.Replay, err = appendSection(out, replay, replayCodec); err != nil {
		return nil, fmt.Errorf("compress replay: %w", err)
	}
	h.append(out[:0])
	if _, err := ParseHeader(out); err != nil {
		return nil, err
	}
	return out, nil
}

func appendSection(dst, raw []byte, codec Codec) ([]byte, Section, error) {
	if len(raw) == 0 {
		return dst, Section{}, nil
	}
	before := len(dst)
	dst, err := Deflate(dst, codec, raw)
	return dst, Section{Codec: codec, Size: uint32(len(dst) - before), Raw: uint32(len(raw))}, err
}

// SetSentAt rewrites the time of sending (Unix ms) in a frame that is sent
// again; nothing else of a frame may change.
func SetSentAt(frame []byte, unixMS float64) {
	binary.LittleEndian.PutUint64(frame[88:HeaderSize], math.Float64bits(unixMS))
}
