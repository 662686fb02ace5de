package seal

import (
	"fmt"
	"net/netip"
)

// Address is an opened client address. It exists for one purpose, a coarse
// region, and prints as "[sealed]" however it is printed: by fmt with any verb,
// by a logger, as JSON. The value sits behind a pointer so that fmt, which
// cannot call methods on unexported fields, finds no digits there either.
type Address struct {
	addr *netip.Addr
}

const hidden = "[sealed]"

// ForRegionLookup yields the address to a lookup of a coarse region. Do not
// keep, log or store what it returns.
func (a Address) ForRegionLookup() netip.Addr {
	if a.addr == nil {
		return netip.Addr{}
	}
	return *a.addr
}

// String never shows the address.
func (a Address) String() string { return hidden }

// GoString never shows the address.
func (a Address) GoString() string { return hidden }

// Format never shows the address, whatever the verb.
func (a Address) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// MarshalText never shows the address; encoding/json uses it too.
func (a Address) MarshalText() ([]byte, error) { return []byte(hidden), nil }
