// Package wire is version 1 of the protocol between the tracker and a
// collector, as docs/wire-protocol.md defines it: ids, the header of a frame,
// its two sections, the signals inside, text messages and close codes.
//
// It does no input or output of its own. What comes from outside is bytes from
// strangers: every decoder here states its limits, allocates no more than the
// input can justify, and is fuzzed.
package wire

// Limits of protocol version 1.
const (
	// Version is the only frame version spoken here.
	Version = 1
	// Subprotocol is the WebSocket subprotocol of this version.
	Subprotocol = "hindsight.v1"
	// HeaderSize is the length of a frame's header in bytes.
	HeaderSize = 96
	// MaxFrame is the largest frame taken, in bytes, header included.
	MaxFrame = 900_000
	// MaxMessage is the hard limit of a WebSocket message in bytes: a message
	// over it ends the connection, one between MaxFrame and it is refused.
	MaxMessage = 2 << 20
	// MaxSignals is the largest signals section in bytes when inflated.
	MaxSignals = 1 << 20
	// MaxReplay is the largest replay section in bytes when inflated.
	MaxReplay = 16 << 20
	// MaxSignalCount is how many signals one section may hold.
	MaxSignalCount = 2000
	// MaxCells is how many cells one movement may hold.
	MaxCells = 300
	// MaxBands is how many bands one attention may hold.
	MaxBands = 300
	// MaxPath is the longest path of a page view, in characters.
	MaxPath = 1024
	// MaxSelector is the longest selector, in characters.
	MaxSelector = 512
	// MaxEventName is the longest name of a custom event, in characters.
	MaxEventName = 128
)
