package processor

import (
	"strings"
	"testing"
)

// TestShortNodesAreWrittenOut: what is checked and stored is rrweb's form, and
// a section without anything short is taken as it came.
func TestShortNodesAreWrittenOut(t *testing.T) {
	d, err := newDecoder(nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the buffer of the first is used by the second
		events, section, err := d.read([]byte(`[{"type":2,"timestamp":1,"data":{"id":4,"node":["p",{},"tea"]}}]`))
		if err != nil {
			t.Fatal(err)
		}
		want := `{"node":{"type":2,"tagName":"p","attributes":{},"id":4,"childNodes":[{"type":3,"textContent":"tea","id":5}]}}`
		if len(events) != 1 || string(events[0].Data) != want || !strings.Contains(string(section), want) {
			t.Errorf("%s\n%+v", section, events)
		}
		long := []byte(`[{"type":2,"timestamp":1,"data":{"node":{"type":3,"textContent":"tea","id":5}}}]`)
		if _, section, err = d.read(long); err != nil || &section[0] != &long[0] {
			t.Errorf("%v: %s", err, section)
		}
	}
	if _, _, err := d.read([]byte(`[{"type":2,"timestamp":1,"data":{"node":["p",{},"tea"]}}]`)); err == nil {
		t.Error("a short node without an id was taken")
	}
}
