package wire

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// SessionID names a session. The tracker makes it: two bytes hold the UTC day,
// big-endian, fourteen are random. The day comes first so that ids of one day
// lie together wherever they are sorted.
type SessionID [16]byte

// NewSessionID makes a random id on the given day.
func NewSessionID(day Day) SessionID {
	var id SessionID
	// crypto/rand.Read is documented never to fail.
	_, _ = rand.Read(id[2:])
	binary.BigEndian.PutUint16(id[:2], uint16(day))
	return id
}

// ParseSessionID reads the text form.
func ParseSessionID(text string) (SessionID, error) {
	id, err := parse16(text)
	return SessionID(id), err
}

// Day is the UTC day that the tracker wrote into the id.
func (id SessionID) Day() Day { return Day(binary.BigEndian.Uint16(id[:2])) }

// String is the text form: 32 lower-case hexadecimal digits.
func (id SessionID) String() string { return hex.EncodeToString(id[:]) }

// AppendText appends the text form to dst.
func (id SessionID) AppendText(dst []byte) ([]byte, error) { return hex.AppendEncode(dst, id[:]), nil }

// DocumentID names one page load; it is random.
type DocumentID [16]byte

// NewDocumentID makes a random id.
func NewDocumentID() DocumentID {
	var id DocumentID
	_, _ = rand.Read(id[:])
	return id
}

// ParseDocumentID reads the text form.
func ParseDocumentID(text string) (DocumentID, error) {
	id, err := parse16(text)
	return DocumentID(id), err
}

// String is the text form: 32 lower-case hexadecimal digits.
func (id DocumentID) String() string { return hex.EncodeToString(id[:]) }

// AppendText appends the text form to dst.
func (id DocumentID) AppendText(dst []byte) ([]byte, error) { return hex.AppendEncode(dst, id[:]), nil }

// TabID names a browser tab. It is an attribute and no identity: a duplicated
// tab copies its storage, the id included.
type TabID [8]byte

// Uint64 is the id as it is stored: its bytes read little-endian.
func (id TabID) Uint64() uint64 { return binary.LittleEndian.Uint64(id[:]) }

// String is 16 lower-case hexadecimal digits, the bytes in their order.
func (id TabID) String() string { return hex.EncodeToString(id[:]) }

// VisitorHash is the first 16 bytes of the SHA-256 of a visitor's id. The
// collector never sees the id itself.
type VisitorHash [16]byte

// IsZero tells whether the frame names no visitor.
func (v VisitorHash) IsZero() bool { return v == VisitorHash{} }

// String is 32 lower-case hexadecimal digits.
func (v VisitorHash) String() string { return hex.EncodeToString(v[:]) }

// parse16 takes the text form only: upper-case digits would give one id two
// names.
func parse16(text string) ([16]byte, error) {
	var id [16]byte
	if len(text) != 32 {
		return id, fmt.Errorf("id has %d characters, not 32", len(text))
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		default:
			return id, fmt.Errorf("id holds something that is no lower-case hexadecimal digit")
		}
		id[i/2] = id[i/2]<<4 | c
	}
	return id, nil
}
