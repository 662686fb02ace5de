package processor

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hindsight/internal/rrweb"
	"hindsight/internal/wire"
	"hindsight/internal/wire/wiretest"
	"hindsight/processor/guard"
	"hindsight/test/bench/plain"
)

// TestRowsAreThoseOfPlainJSON: the frames of real visits become the same rows,
// whether scanners read them or encoding/json.
func TestRowsAreThoseOfPlainJSON(t *testing.T) {
	for _, name := range []string{wiretest.RecordedShop, wiretest.RecordedHeavy} {
		frames, err := wiretest.Recorded(name)
		if err != nil {
			t.Fatal(err)
		}
		ours := NewCore(nil, noRegion{}, guard.New(), nil)
		theirs := NewCore(nil, noRegion{}, guard.New(), plain.Sections{})
		signals, events, protected := 0, 0, 0
		for i, frame := range frames {
			want, err := theirs.Decode(fetched(t, frame, testOrigin))
			if err != nil {
				t.Fatalf("%s, frame %d: %v", name, i, err)
			}
			got, err := ours.Decode(fetched(t, frame, testOrigin))
			if err != nil || got.Refused != "" {
				t.Fatalf("%s, frame %d: %v, refused %q", name, i, err, got.Refused)
			}
			compareText(t, frame)
			got.Form, want.Form = nil, nil // encoding/json does not say where an event stands
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s, frame %d (-encoding/json +ours):\n%s", name, i, diff)
			}
			signals += int(got.Record.Batch.Signals)
			events += int(got.Record.Batch.ReplayEvents)
			protected += len(got.Record.Protected)
		}
		if signals == 0 || events < 100 || name == wiretest.RecordedShop && protected == 0 {
			t.Errorf("%s holds %d signals, %d events, %d protected fields: too little to tell anything", name, signals, events, protected)
		}
	}
}

// compareText compares the recording of a frame, written out either way, as
// values: the order of members is nobody's concern.
func compareText(t *testing.T, frame []byte) {
	t.Helper()
	f, err := wire.ParseFrame(frame)
	if err != nil {
		t.Fatal(err)
	}
	if f.Replay.Raw == 0 {
		return
	}
	raw, err := f.InflateReplay(nil)
	if err != nil {
		t.Fatal(err)
	}
	var reader rrweb.Reader
	got, err := reader.Read(raw, wire.MaxReplay)
	if err != nil {
		t.Fatal(err)
	}
	want, err := plain.Sections{}.Replay(raw, wire.MaxReplay)
	if err != nil {
		t.Fatal(err)
	}
	var g, w any
	if err := errors.Join(json.Unmarshal(got.Text, &g), json.Unmarshal(want.Text, &w)); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(w, g) { // which takes a thousandth of a diff's time
		t.Fatalf("recording (-encoding/json +ours):\n%s", cmp.Diff(w, g))
	}
}
