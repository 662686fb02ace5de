package processor

import (
	"bytes"
	"testing"
)

func TestSheetsArePackedOnce(t *testing.T) {
	var s packedSheets
	made := 0
	get := func(name byte, size int) []byte {
		return s.get([32]byte{name}, func() []byte {
			made++
			return bytes.Repeat([]byte{name}, size)
		})
	}
	for range 3 {
		if got := get(1, 100); !bytes.Equal(got, bytes.Repeat([]byte{1}, 100)) {
			t.Fatalf("another sheet: %v", got[:1])
		}
		if got := get(2, 50); len(got) != 50 || got[0] != 2 {
			t.Fatalf("another sheet: %v", got[:1])
		}
	}
	if made != 2 {
		t.Errorf("packed %d times, want 2", made)
	}
	// What is remembered is bounded: after so much the first one is made again.
	for name := byte(3); name < 10; name++ {
		get(name, maxPackedSheets/4)
		if s.bytes > maxPackedSheets+32 {
			t.Fatalf("%d bytes remembered", s.bytes)
		}
	}
	if get(1, 100); made != 10 {
		t.Errorf("packed %d times, want 10", made)
	}
}
