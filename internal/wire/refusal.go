package wire

import "errors"

// Reason says why a frame is refused; the texts are part of the protocol.
type Reason string

// The reasons of the protocol, section 6.
const (
	ReasonMalformed  Reason = "malformed"
	ReasonVersion    Reason = "version"
	ReasonTooLarge   Reason = "too_large"
	ReasonSessionDay Reason = "session_day"
	ReasonConsent    Reason = "consent"
)

// RefusalError says that a frame cannot be taken. Detail is a fixed text for
// people; it never holds anything of the frame.
type RefusalError struct {
	Reason Reason
	Detail string
}

func (e *RefusalError) Error() string { return "frame refused: " + string(e.Reason) + ": " + e.Detail }

// ReasonOf is the reason inside err, or "" when err is no refusal.
func ReasonOf(err error) Reason {
	var refusal *RefusalError
	if errors.As(err, &refusal) {
		return refusal.Reason
	}
	return ""
}

// One value per fault, made once: refusing costs no allocation, so a flood of
// bad frames costs no more than one of good ones.
var (
	errShort       = &RefusalError{ReasonMalformed, "shorter than a header"}
	errMagic       = &RefusalError{ReasonMalformed, "magic byte is not 0x48"}
	errVersion     = &RefusalError{ReasonVersion, "frame version is not 1"}
	errFlags       = &RefusalError{ReasonMalformed, "unknown flags"}
	errConsent     = &RefusalError{ReasonMalformed, "unknown consent state"}
	errCodec       = &RefusalError{ReasonMalformed, "unknown codec"}
	errReserved    = &RefusalError{ReasonMalformed, "reserved bytes are not zero"}
	errSequence    = &RefusalError{ReasonMalformed, "sequence is zero"}
	errSentAt      = &RefusalError{ReasonMalformed, "sent_at is no time"}
	errSection     = &RefusalError{ReasonMalformed, "lengths of a section contradict its codec"}
	errEmpty       = &RefusalError{ReasonMalformed, "both sections are empty"}
	errLength      = &RefusalError{ReasonMalformed, "length is not that of header and sections"}
	errTooLarge    = &RefusalError{ReasonTooLarge, "frame over 900000 bytes"}
	errInflated    = &RefusalError{ReasonTooLarge, "declared inflated length over its limit"}
	errImplausible = &RefusalError{ReasonMalformed, "declared inflated length is more than the codec can give"}
)
