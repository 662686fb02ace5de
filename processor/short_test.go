package processor

import (
	"strings"
	"testing"

	"hindsight/internal/rrweb"
	"hindsight/internal/wire"
)

// TestShortNodesAreWrittenOut: what is checked and stored is rrweb's form, and
// a section without anything short is taken as it came.
func TestShortNodesAreWrittenOut(t *testing.T) {
	var r rrweb.Reader
	read := func(section string) (rrweb.Section, error) { return r.Read([]byte(section), wire.MaxReplay) }
	for range 2 { // the buffer of the first is used by the second
		got, err := read(`[{"type":2,"timestamp":1,"data":{"id":4,"node":["p",{},"tea"]}}]`)
		if err != nil {
			t.Fatal(err)
		}
		want := `{"node":{"type":2,"tagName":"p","attributes":{},"id":4,"childNodes":[{"type":3,"textContent":"tea","id":5}]}}`
		if len(got.Events) != 1 || string(got.Events[0].Data) != want || !strings.Contains(string(got.Text), want) {
			t.Errorf("%s\n%+v", got.Text, got.Events)
		}
		const long = `[{"type":2,"timestamp":1,"data":{"node":{"type":3,"textContent":"tea","id":5}}}]`
		if got, err = read(long); err != nil || string(got.Text) != long {
			t.Errorf("%v: %s", err, got.Text)
		}
	}
	if _, err := read(`[{"type":2,"timestamp":1,"data":{"node":["p",{},"tea"]}}]`); err == nil {
		t.Error("a short node without an id was taken")
	}
}
