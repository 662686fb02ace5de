package recording

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"hindsight/internal/store"
	"hindsight/internal/wire"
)

// tape is what a store would hold; it counts what is held at once.
type tape struct {
	chunks   []store.ReplayChunk
	payloads map[string]map[uint32]store.ReplayPayload
	fetches  []string
}

func (tp *tape) add(t *testing.T, document string, sequence uint32, offset int64, events string) {
	t.Helper()
	var parsed []struct{ Timestamp float64 }
	if err := json.Unmarshal([]byte(events), &parsed); err != nil {
		t.Fatal(err)
	}
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := store.ReplayChunk{Document: document, Sequence: sequence, ClockOffset: offset, RawBytes: uint32(len(events))} // small
	if len(parsed) > 0 {
		c.FirstTS, c.LastTS = int64(parsed[0].Timestamp), int64(parsed[len(parsed)-1].Timestamp)
	}
	tp.chunks = append(tp.chunks, c)
	if tp.payloads == nil {
		tp.payloads = map[string]map[uint32]store.ReplayPayload{}
	}
	if tp.payloads[document] == nil {
		tp.payloads[document] = map[uint32]store.ReplayPayload{}
	}
	tp.payloads[document][sequence] = store.ReplayPayload{Document: document, Sequence: sequence, Codec: "zstd", Bytes: enc.EncodeAll([]byte(events), nil)}
}

func (tp *tape) source(_ context.Context, document string, first, last uint32) ([]store.ReplayPayload, error) {
	tp.fetches = append(tp.fetches, fmt.Sprintf("%s:%d-%d", document, first, last))
	var out []store.ReplayPayload
	if document == "" {
		for _, document := range slices.Sorted(maps.Keys(tp.payloads)) {
			for _, sequence := range slices.Sorted(maps.Keys(tp.payloads[document])) {
				if sequence >= first && sequence <= last {
					out = append(out, tp.payloads[document][sequence])
				}
			}
		}
		return out, nil
	}
	for seq := first; seq <= last; seq++ {
		if p, ok := tp.payloads[document][seq]; ok {
			out = append(out, p)
		}
	}
	return out, nil
}

func inflater(t *testing.T) *Inflater {
	t.Helper()
	i, err := NewInflater()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.Close)
	return i
}

func (tp *tape) play(t *testing.T, span Range) []string {
	t.Helper()
	var out []string
	err := Stream(context.Background(), inflater(t), tp.source, tp.chunks, span, func(event []byte) error {
		if !json.Valid(event) {
			t.Errorf("not JSON: %s", event)
		}
		out = append(out, string(event))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestStreamMergesDocumentsAndNeverReordersOne(t *testing.T) {
	var tp tape
	// Document a's clock goes back; document b runs beside it; c comes later.
	tp.add(t, "a", 1, 0, `[{"type":4,"timestamp":100,"d":"a1"},{"timestamp":300,"d":"a2"}]`)
	tp.add(t, "a", 3, 0, `[{"timestamp":250,"d":"a3"},{"timestamp":500,"d":"a4"}]`)
	tp.add(t, "b", 1, 1000, `[{"timestamp":-800,"d":"b1"},{"timestamp":-600,"d":"b2"}]`)
	tp.add(t, "c", 1, 0, `[{"timestamp":90000,"d":"c1"}]`)
	want := []string{
		`{"type":4,"timestamp":100,"d":"a1"}`,
		`{"timestamp":200,"d":"b1"}`,
		`{"timestamp":300,"d":"a2"}`,
		`{"timestamp":250,"d":"a3"}`,
		`{"timestamp":400,"d":"b2"}`,
		`{"timestamp":500,"d":"a4"}`,
		`{"timestamp":90000,"d":"c1"}`,
	}
	if d := cmp.Diff(want, tp.play(t, Always())); d != "" {
		t.Error(d)
	}
	if len(tp.fetches) != 1 {
		t.Errorf("a short session is fetched in %v", tp.fetches)
	}
}

// Of a long session no more than a run is fetched before its turn.
func TestStreamFetchesALongSessionInItsTurn(t *testing.T) {
	var tp tape
	long := `","x":"` + strings.Repeat("x", runBytes/3)
	tp.add(t, "a", 1, 0, `[{"timestamp":100,"d":"a1`+long+`"},{"timestamp":300,"d":"a2"}]`)
	tp.add(t, "b", 1, 0, `[{"timestamp":200,"d":"b1`+long+`"}]`)
	tp.add(t, "c", 1, 0, `[{"timestamp":90000,"d":"c1`+long+`"}]`)
	var order string
	for _, event := range tp.play(t, Always()) {
		order += event[strings.Index(event, `"d":"`)+5:][:2]
	}
	if want := "a1b1a2c1"; order != want {
		t.Errorf("%s, not %s", order, want)
	}
	if d := cmp.Diff([]string{"a:1-1", "b:1-1", "c:1-1"}, tp.fetches); d != "" {
		t.Error(d)
	}
	tp.fetches = nil
	if got := tp.play(t, Range{From: 80000, To: 100000}); len(got) != 1 || len(tp.fetches) != 1 {
		t.Errorf("%d events of %v", len(got), tp.fetches)
	}
}

func TestStreamRangeIsOfCorrectedTime(t *testing.T) {
	var tp tape
	tp.add(t, "a", 1, -50, `[{"timestamp":100},{"timestamp":150},{"timestamp":200.5}]`)
	tp.add(t, "a", 2, -50, `[{"timestamp":90000}]`)
	got := tp.play(t, Range{100, 151})
	if d := cmp.Diff([]string{`{"timestamp":100}`, `{"timestamp":150.5}`}, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"a:1-1"}, tp.fetches); d != "" {
		t.Errorf("a chunk outside the range is fetched: %s", d)
	}
}

func TestStreamFetchesInBoundedRuns(t *testing.T) {
	var tp tape
	for seq := uint32(1); seq <= 200; seq++ {
		tp.add(t, "a", seq, 0, fmt.Sprintf(`[{"timestamp":%d}]`, seq))
	}
	if got := tp.play(t, Always()); len(got) != 200 {
		t.Errorf("%d events", len(got))
	}
	if d := cmp.Diff([]string{"a:1-64", "a:65-128", "a:129-192", "a:193-200"}, tp.fetches); d != "" {
		t.Error(d)
	}
}

// What rests as a tracker sent it comes out as rrweb writes it, and among the others.
func TestStreamWritesOutWhatRestsShort(t *testing.T) {
	var tp tape
	tp.add(t, "a", 1, 5, `[{"type":4,"timestamp":100}]`)
	tp.add(t, "a", 2, 5, `[{"timestamp":0}]`)
	tp.chunks[1].FirstTS, tp.chunks[1].LastTS = 200, 320
	tp.payloads["a"][2] = store.ReplayPayload{Document: "a", Sequence: 2, Codec: "deflate", Bytes: deflated(t, `[[200,3,7,0,20],[120,3,7,0,40],{"type":4,"timestamp":330}]`)}
	want := []string{
		`{"type":4,"timestamp":105}`,
		`{"type":3,"data":{"source":3,"id":7,"x":0,"y":20},"timestamp":205}`,
		`{"type":3,"data":{"source":3,"id":7,"x":0,"y":40},"timestamp":325}`,
		`{"type":4,"timestamp":335}`,
	}
	// Twice: a writer is used again.
	for range 2 {
		if d := cmp.Diff(want, tp.play(t, Always())); d != "" {
			t.Error(d)
		}
	}
	for name, text := range map[string]string{
		"no JSON":             `[[200,3,7,0,20]`,
		"no event":            `[7]`,
		"longer than allowed": `[{"type":4,"timestamp":1,"x":"` + strings.Repeat("x", maxSection) + `"}]`,
	} {
		spoiled := tape{chunks: tp.chunks[1:], payloads: map[string]map[uint32]store.ReplayPayload{
			"a": {2: {Sequence: 2, Codec: "deflate", Bytes: deflated(t, text)}},
		}}
		if err := Stream(context.Background(), inflater(t), spoiled.source, spoiled.chunks, Always(), func([]byte) error { return nil }); err == nil {
			t.Errorf("%s passes", name)
		}
	}
	torn := tp.payloads["a"][2]
	torn.Bytes = torn.Bytes[:len(torn.Bytes)-3]
	tp.payloads["a"][2] = torn
	if err := Stream(context.Background(), inflater(t), tp.source, tp.chunks, Always(), func([]byte) error { return nil }); err == nil {
		t.Error("a torn section passes")
	}
}

func deflated(t *testing.T, text string) []byte {
	t.Helper()
	out, err := wire.Deflate(nil, wire.CodecDeflateRaw, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestStreamRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*store.ReplayPayload){
		"an unknown codec":        func(p *store.ReplayPayload) { p.Codec = "none" },
		"an encrypted chunk":      func(p *store.ReplayPayload) { p.KeyID = 7 },
		"bytes that are not zstd": func(p *store.ReplayPayload) { p.Bytes = []byte("hello") },
	} {
		var tp tape
		tp.add(t, "a", 1, 0, `[{"timestamp":1}]`)
		p := tp.payloads["a"][1]
		spoil(&p)
		tp.payloads["a"][1] = p
		err := Stream(context.Background(), inflater(t), tp.source, tp.chunks, Always(), func([]byte) error { return nil })
		if err == nil {
			t.Errorf("%s passes", name)
		}
	}
	var bomb tape
	bomb.add(t, "a", 1, 0, `[{"timestamp":1,"x":"`+strings.Repeat("x", maxSection)+`"}]`)
	if err := Stream(context.Background(), inflater(t), bomb.source, bomb.chunks, Always(), func([]byte) error { return nil }); err == nil {
		t.Error("a section over the limit passes")
	}
	var tp tape
	tp.add(t, "a", 1, 0, `[{"timestamp":1}]`)
	stop := errors.New("stop")
	if err := Stream(context.Background(), inflater(t), tp.source, tp.chunks, Always(), func([]byte) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("emit's error: %v", err)
	}
}

func TestPicture(t *testing.T) {
	var tp tape
	tp.add(t, "a", 1, 5, `[{"type":4,"timestamp":1,"n":1}]`)
	tp.add(t, "a", 2, 5, `[{"type":3,"timestamp":2},{"type":2,"timestamp":3},{"type":2,"timestamp":4}]`)
	tp.add(t, "a", 4, 5, `[{"type":4,"timestamp":8,"n":2},{"type":2,"timestamp":9}]`)
	for _, c := range []struct {
		sequence uint32
		want     []string
	}{
		{1, nil},
		{2, []string{`{"type":4,"timestamp":6,"n":1}`, `{"type":2,"timestamp":8}`}},
		{3, nil},
		{4, []string{`{"type":4,"timestamp":13,"n":2}`, `{"type":2,"timestamp":14}`}},
	} {
		got, ok, err := Picture(context.Background(), inflater(t), tp.source, tp.chunks, c.sequence)
		if err != nil || ok != (c.want != nil) {
			t.Errorf("sequence %d: %v, %v", c.sequence, ok, err)
		}
		var text []string
		for _, e := range got {
			text = append(text, string(e))
		}
		if d := cmp.Diff(c.want, text); d != "" {
			t.Error(d)
		}
	}
}

// FuzzScan holds the scanner against encoding/json: of every array of objects
// with a numeric timestamp it must find the same objects.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		`[]`, ` [ {"timestamp":1} , {"timestamp" : 2.5e3, "a":{"timestamp":9,"b":[1,"]}\"\\"]}} ] `,
		`[{"timestamp":1,"type":2,"timestamp":3}]`, `[{"type":4}]`, `[1]`, `[{"timestamp":"1"}]`, `[{"a":"\`, `[{"timestamp":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, gotErr := scanAll(raw)
		var want []json.RawMessage
		if json.Unmarshal(raw, &want) != nil {
			return // not JSON: only no panic is asked for
		}
		for _, w := range want {
			var members map[string]json.RawMessage
			var ts float64
			if json.Unmarshal(w, &members) != nil || members == nil || bytes.Contains(raw, []byte(`\u`)) ||
				json.Unmarshal(members["timestamp"], &ts) != nil || string(members["timestamp"]) == "null" {
				return // not rrweb events (or a key in escapes, which no recorder writes)
			}
		}
		if gotErr != nil || len(got) != len(want) {
			t.Fatalf("%d of %d events, %v", len(got), len(want), gotErr)
		}
		for i := range want {
			if !bytes.Equal(bytes.TrimSpace(want[i]), got[i].raw) {
				t.Fatalf("event %d: %s, want %s", i, got[i].raw, want[i])
			}
			if !json.Valid(appendShifted(nil, got[i], 12345)) {
				t.Fatalf("event %d is spoiled by shifting: %s", i, got[i].raw)
			}
		}
	})
}

func scanAll(raw []byte) ([]event, error) {
	s, err := newScanner(raw)
	if err != nil {
		return nil, err
	}
	var out []event
	for {
		e, ok, err := s.next()
		if err != nil || !ok {
			return out, err
		}
		out = append(out, e)
	}
}

func BenchmarkScanAndShift(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 1))
	var array bytes.Buffer
	array.WriteByte('[')
	for i := range 2000 {
		if i > 0 {
			array.WriteByte(',')
		}
		fmt.Fprintf(&array, `{"type":3,"data":{"source":1,"positions":[{"x":%d,"y":%d,"id":12,"timeOffset":-5}]},"timestamp":%d}`, rnd.IntN(2000), rnd.IntN(2000), 1700000000000+i)
	}
	array.WriteByte(']')
	b.SetBytes(int64(array.Len()))
	var buf []byte
	for b.Loop() {
		s, _ := newScanner(array.Bytes())
		for {
			e, ok, err := s.next()
			if err != nil {
				b.Fatal(err)
			}
			if !ok {
				break
			}
			buf = appendShifted(buf[:0], e, 17)
		}
	}
}
