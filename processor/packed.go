package processor

// packedSheets remembers style sheets as they are stored, by the hash of what
// they say: each session of a site defines the same ones. The zero value is
// ready; it is for one goroutine.
type packedSheets struct {
	packed map[[32]byte][]byte
	bytes  int
}

// maxPackedSheets bounds what is remembered, bytes. Beyond it everything is
// forgotten: what is in use comes back with the next sessions.
const maxPackedSheets = 4 << 20

// get gives the sheet of this hash, made by pack where it is not remembered.
func (s *packedSheets) get(hash [32]byte, pack func() []byte) []byte {
	if p, ok := s.packed[hash]; ok {
		return p
	}
	p := pack()
	if s.packed == nil || s.bytes+len(p) > maxPackedSheets {
		s.packed, s.bytes = map[[32]byte][]byte{}, 0
	}
	s.packed[hash] = p
	s.bytes += len(p) + len(hash)
	return p
}
