package demo

import (
	"fmt"
	"time"

	"hindsight/internal/wire"
)

// encode makes the frame, and tells the inflated length of its replay section.
// Encoding the same batch again gives the same content; only sent_at moves.
func (b batch) encode(consent wire.ConsentState, sampled bool) (frame []byte, replay int, err error) {
	h := b.header
	h.Consent = consent
	h.SentAt = float64(time.Now().UnixMilli())
	events := b.replay
	if sampled {
		h.Flags |= wire.FlagSampled
	} else {
		events = nil
	}
	frame, err = wire.EncodeFrame(h, b.signals, events, wire.CodecGzip)
	if err != nil {
		return nil, 0, fmt.Errorf("encode a frame: %w", err)
	}
	return frame, len(events), nil
}

// consentFor is the state that a visitor who agrees has under the site's mode.
func consentFor(mode string) (wire.ConsentState, error) {
	switch mode {
	case "ask", "required":
		return wire.ConsentGranted, nil
	case "implied":
		return wire.ConsentImplied, nil
	case "none":
		return wire.ConsentNotNeeded, nil
	}
	return 0, fmt.Errorf("%w: unknown consent mode %q", errPermanent, mode)
}
