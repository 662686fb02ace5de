package seal

import (
	"fmt"
	"net/netip"
)

// Address is an opened client address. It exists for one purpose, a coarse
// region, and prints as "[sealed]" however it is printed: by fmt with any verb,
// by a logger, as JSON. The value sits in a closure: fmt cannot call methods on
// unexported fields, and with some verbs it follows pointers, but a function it
// shows as the place of its code.
type Address struct {
	reveal func() netip.Addr
}

const hidden = "[sealed]"

// ForRegionLookup yields the address to a lookup of a coarse region. Do not
// keep, log or store what it returns.
func (a Address) ForRegionLookup() netip.Addr {
	if a.reveal == nil {
		return netip.Addr{}
	}
	return a.reveal()
}

// String never shows the address.
func (a Address) String() string { return hidden }

// GoString never shows the address.
func (a Address) GoString() string { return hidden }

// Format never shows the address, whatever the verb.
func (a Address) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// MarshalText never shows the address; encoding/json uses it too.
func (a Address) MarshalText() ([]byte, error) { return []byte(hidden), nil }
