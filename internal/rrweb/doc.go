// Package rrweb reads recordings in rrweb's format as far as the server must:
// it checks that a replay section is a valid JSON array of events, finds what
// each event is, walks the nodes inside, and writes out what is written short.
// It keeps nothing.
//
// Its input comes from strangers: every byte is checked before anything is
// believed, nesting is bounded, and the readers are fuzzed.
package rrweb

// Types of events, as rrweb numbers them.
const (
	TypeFullSnapshot = 2
	TypeIncremental  = 3
	TypeMeta         = 4
	TypeCustom       = 5
	// TypeLast is the highest number the protocol allows.
	TypeLast = 8
)

// Sources of incremental events.
const (
	SourceMutation = 0
	SourceInput    = 5
)

// NodeElement is the type of an element among snapshot nodes.
const NodeElement = 2
