package site

import (
	"slices"

	"hindsight/internal/wire"
)

// Mode is how a site asks for consent.
type Mode string

// The modes, strictest first.
const (
	// ModeAsk: the tracker shows its own prompt.
	ModeAsk Mode = "ask"
	// ModeRequired: the site asks and tells the tracker.
	ModeRequired Mode = "required"
	// ModeImplied: recorded until the visitor objects.
	ModeImplied Mode = "implied"
	// ModeNone: the owner has another legal ground.
	ModeNone Mode = "none"
)

// Modes lists the modes, strictest first.
func Modes() []Mode { return []Mode{ModeAsk, ModeRequired, ModeImplied, ModeNone} }

func modeNames() []string {
	var names []string
	for _, mode := range Modes() {
		names = append(names, string(mode))
	}
	return names
}

func (m Mode) valid() bool { return slices.Contains(Modes(), m) }

// Allows tells whether a frame with the given consent state may be taken. An
// unknown mode allows what the strictest does.
func (m Mode) Allows(state wire.ConsentState) bool {
	switch state {
	case wire.ConsentGranted:
		return true
	case wire.ConsentImplied:
		return m == ModeImplied || m == ModeNone
	case wire.ConsentNotNeeded:
		return m == ModeNone
	}
	return false
}

// AllowsConsentState is Allows of the site's mode.
func (s *Site) AllowsConsentState(state wire.ConsentState) bool { return s.Consent.Allows(state) }
