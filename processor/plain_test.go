package processor

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

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
			compareText(t, got, want)
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

// compareText compares recordings as values and takes them out: the order of
// members is nobody's concern.
func compareText(t *testing.T, got, want Decoded) {
	t.Helper()
	if got.Record.Chunk == nil || want.Record.Chunk == nil {
		return
	}
	var g, w any
	if err := json.Unmarshal(got.Record.Chunk.Payload, &g); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(want.Record.Chunk.Payload, &w); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(w, g) { // which takes a thousandth of a diff's time
		t.Fatalf("recording (-encoding/json +ours):\n%s", cmp.Diff(w, g))
	}
	got.Record.Chunk.Payload, want.Record.Chunk.Payload = nil, nil
}
