package processor

import (
	"encoding/hex"
	"math"

	"hindsight/internal/store"
	"hindsight/internal/wire"
)

// proofWindow is how far the moment of a choice may lie from the signal that
// tells of it, in ms of the same clock: a choice is told at once, and a time
// further off was made up to prolong it.
const proofWindow = 10 * 60 * 1000

// proof keeps a choice that was just made. What a later session tells of it is
// compared with this and is no proof itself.
func (m *maker) proof(c *wire.Consent) {
	if c.State != "granted" || c.Held || math.Abs(m.sig.Origin+c.T-c.Given) > proofWindow {
		return
	}
	var key [16]byte
	if n, err := hex.Decode(key[:], []byte(c.Key)); err != nil || n != len(key) || len(c.Key) != 2*len(key) {
		return
	}
	m.rec.Consents = append(m.rec.Consents, store.ConsentRow{
		Key: key, At: int64(c.Given), State: c.State, Version: cut(c.Version, maxWord), URL: cut(c.URL, maxURLText),
	})
}
