package wire

// ConsentState is what the header says about the visitor's consent.
type ConsentState uint8

// The states of the protocol, section 3.
const (
	ConsentUnknown ConsentState = iota
	ConsentGranted
	ConsentDenied
	ConsentImplied
	ConsentNotNeeded
)

var consentNames = [...]string{"unknown", "granted", "denied", "implied", "not_needed"}

// String is a name for people and metrics.
func (c ConsentState) String() string {
	if int(c) < len(consentNames) {
		return consentNames[c]
	}
	return "invalid"
}
