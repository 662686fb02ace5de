package processor

import (
	"bytes"
	"testing"
)

// TestRoomsAreUsedAgain: when a batch is stored its rows' memory is the next
// one's, empty; no two lists share a part of it; and what a backlog took is let
// go when it is worked off.
func TestRoomsAreUsedAgain(t *testing.T) {
	var r rooms
	place := map[*string]bool{}
	for batch := range 3 {
		r.reset()
		known := 0
		for n := range 5000 {
			list := r.events.take(n%7, slabRows)
			if len(list) != 0 || cap(list) != n%7 {
				t.Fatalf("a list of %d for %d, asked for %d", len(list), cap(list), n%7)
			}
			list = list[:cap(list)]
			for i := range list {
				if list[i].Path != "" {
					t.Fatalf("batch %d: a row is %q: it was somebody else's", batch, list[i].Path)
				}
				list[i].Path = "taken"
				if place[&list[i].Path] {
					known++
				}
				place[&list[i].Path] = true
			}
		}
		if batch > 0 && known < 14_900 { // of 14,995; the last piece is not always the same
			t.Errorf("batch %d: %d rows lie where rows lay before", batch, known)
		}
	}
	for range 12 {
		r.reset()
		r.events.take(1, slabRows)
	}
	r.reset()
	if n := len(r.events.idle); n > 2 {
		t.Errorf("%d pieces are kept for batches that need one", n)
	}
}

// TestKeptBytes are of their own, also where they are long.
func TestKeptBytes(t *testing.T) {
	var r rooms
	var room []byte
	var all [][]byte
	for n := range 400 {
		room = append(room[:0], bytes.Repeat([]byte{byte(n)}, n*n)...)
		all = append(all, r.keep(room))
	}
	for n, kept := range all {
		if !bytes.Equal(kept, bytes.Repeat([]byte{byte(n)}, n*n)) {
			t.Errorf("%d bytes are not what was kept", n*n)
		}
	}
	r.reset()
	if len(r.payloads.idle) < 2 {
		t.Errorf("%d pieces are kept for the next batch", len(r.payloads.idle))
	}
}
