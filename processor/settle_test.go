package processor

import (
	"bytes"
	"testing"

	"hindsight/internal/wire"
)

// TestLetterKeepsItsPayload: it is written when the log has used the memory of
// the record for others.
func TestLetterKeepsItsPayload(t *testing.T) {
	f := fetched(t, newFrame(t, testHeader(), section(""), "", wire.CodecGzip), testOrigin)
	f.Value = f.Value[:99]
	value, want := f.Value, bytes.Clone(f.Value)
	_, err := testDecoder(t).decode(f)
	l := unreadLetter(f, err)
	clear(value)
	if !l.payload || !bytes.Equal(l.fetched.Value, want) {
		t.Fatalf("payload kept: %t, %d bytes of %d", l.payload, len(l.fetched.Value), len(want))
	}
}
