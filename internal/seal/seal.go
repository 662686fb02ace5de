// Package seal hides a client's network address while it travels in the log.
//
// The collector seals the address into a record header; the processor opens it
// once, asks for a coarse region, and lets it go. Between the two nobody can
// read it: not a broker's operator, not a backup of the log's disk. Sealing is
// AES-256-GCM with a key id in front, so that keys can be rotated, and bound to
// the batch (site, document, sequence), so that a sealed address cannot be
// moved to another batch and still open.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"sync"
)

// KeySize is the length of a sealing key in bytes (AES-256).
const KeySize = 32

const (
	keyIDSize = 4
	nonceSize = 12
	plainSize = 16 // always the 16-byte form, so that the length does not tell v4 from v6
	tagSize   = 16
	// Size is the length of a sealed address in bytes.
	Size = keyIDSize + nonceSize + plainSize + tagSize
)

var (
	// ErrUnknownKey says that the address was sealed with a key this Sealer
	// does not hold: rotated away, or lost with the process that drew it. The
	// record then merely has no region.
	ErrUnknownKey = errors.New("sealed with a key that is not known here")
	// ErrInvalid says that the bytes are not an address sealed for this batch.
	ErrInvalid = errors.New("not an address sealed for this batch")
)

// Binding names the batch that a sealed address belongs to.
type Binding struct {
	Site     string
	Document [16]byte
	Sequence uint32
}

type key struct {
	id   [keyIDSize]byte
	aead cipher.AEAD
}

// Sealer seals with its first key and opens with any. It is safe for
// concurrent use.
type Sealer struct {
	keys  []key
	rooms sync.Pool // of *room
}

// room is what sealing needs for a moment; it is used again, for one is needed
// for every frame.
type room struct {
	plain  [plainSize]byte
	bound  [160]byte
	random [16 * nonceSize]byte
	unused int // bytes at its end that no nonce was made of yet
}

// NewSealer takes keys of KeySize bytes each: the first seals, all open. To
// rotate, put the new key in front and drop the old one when the log holds no
// record sealed with it.
func NewSealer(keys [][]byte) (*Sealer, error) {
	if len(keys) == 0 {
		return nil, errors.New("no sealing key given")
	}
	s := &Sealer{keys: make([]key, 0, len(keys))}
	for i, raw := range keys {
		if len(raw) != KeySize {
			return nil, fmt.Errorf("sealing key %d has %d bytes, not %d", i+1, len(raw), KeySize)
		}
		block, err := aes.NewCipher(raw)
		if err != nil {
			return nil, fmt.Errorf("sealing key %d: %w", i+1, err)
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, fmt.Errorf("sealing key %d: %w", i+1, err)
		}
		s.keys = append(s.keys, key{id: keyID(raw), aead: aead})
	}
	return s, nil
}

// NewRandomSealer draws a key that lives in this process only: after a restart
// nobody can open what it sealed.
func NewRandomSealer() *Sealer {
	raw := make([]byte, KeySize)
	_, _ = rand.Read(raw) // never fails: the runtime stops the program instead
	s, err := NewSealer([][]byte{raw})
	if err != nil {
		panic(err) // cannot be: the length is right
	}
	return s
}

// keyID is public: four bytes of a hash that says nothing about the key.
func keyID(raw []byte) (id [keyIDSize]byte) {
	sum := sha256.Sum256(append([]byte("hindsight sealing key id\x00"), raw...))
	copy(id[:], sum[:])
	return id
}

// Seal appends the sealed form of addr (Size bytes) to dst. An invalid addr
// appends nothing: an unknown address is an absent header.
func (s *Sealer) Seal(dst []byte, addr netip.Addr, b Binding) []byte {
	if !addr.IsValid() {
		return dst
	}
	r, ok := s.rooms.Get().(*room)
	if !ok {
		r = new(room)
	}
	r.plain = addr.As16() // drops the zone, which is local to the collector
	k := &s.keys[0]
	start := len(dst)
	dst = append(dst, k.id[:]...)
	dst = append(dst, make([]byte, nonceSize)...)
	nonce := dst[start+keyIDSize:]
	r.draw(nonce)
	dst = k.aead.Seal(dst, nonce, r.plain[:], b.append(r.bound[:0]))
	r.plain = [plainSize]byte{}
	s.rooms.Put(r)
	return dst
}

// draw takes a nonce of random bytes, each used once; asking for those of one
// nonce costs as much as for those of several.
func (r *room) draw(nonce []byte) {
	if r.unused == 0 {
		_, _ = rand.Read(r.random[:])
		r.unused = len(r.random)
	}
	from := len(r.random) - r.unused
	r.unused -= copy(nonce, r.random[from:from+nonceSize])
}

// Open returns the address that was sealed for this batch. Errors are
// ErrUnknownKey and ErrInvalid.
func (s *Sealer) Open(sealed []byte, b Binding) (Address, error) {
	if len(sealed) != Size {
		return Address{}, ErrInvalid
	}
	id := [keyIDSize]byte(sealed)
	var room [160]byte
	found := false
	for i := range s.keys {
		if s.keys[i].id != id {
			continue
		}
		found = true
		plain, err := s.keys[i].aead.Open(nil, sealed[keyIDSize:keyIDSize+nonceSize],
			sealed[keyIDSize+nonceSize:], b.append(room[:0]))
		if err == nil && len(plain) == plainSize {
			addr := netip.AddrFrom16([plainSize]byte(plain)).Unmap()
			return Address{reveal: func() netip.Addr { return addr }}, nil
		}
	}
	if !found {
		return Address{}, ErrUnknownKey
	}
	return Address{}, ErrInvalid
}

// append writes the additional data that a sealed address is bound to. The
// site's length stands in front so that two bindings never read the same.
func (b Binding) append(dst []byte) []byte {
	dst = append(dst, 1) // version of this layout
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(b.Site)))
	dst = append(dst, b.Site...)
	dst = append(dst, b.Document[:]...)
	return binary.BigEndian.AppendUint32(dst, b.Sequence)
}
