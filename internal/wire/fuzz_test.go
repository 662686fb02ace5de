package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
)

func FuzzParseHeader(f *testing.F) {
	for _, codec := range codecs {
		f.Add(sampleFrame(f, codec))
	}
	f.Add([]byte{magic, 2})
	f.Add(bytes.Repeat([]byte{magic, 1}, 48))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := ParseHeader(b)
		if err != nil {
			if ReasonOf(err) == "" {
				t.Fatalf("error without a reason: %v", err)
			}
		} else {
			// What passes can be written again, to the same bytes.
			if again := h.append(nil); !bytes.Equal(again, b[:HeaderSize]) {
				t.Fatalf("header changed:\n%x\n%x", b[:HeaderSize], again)
			}
			if HeaderSize+int(h.Signals.Size)+int(h.Replay.Size) != len(b) || len(b) > MaxFrame {
				t.Fatalf("lengths do not add up: %+v of %d", h, len(b))
			}
			if _, frame, rest, err := NextFrame(append(bytes.Clone(b), 'H')); err != nil || !bytes.Equal(frame, b) || len(rest) != 1 {
				t.Fatalf("in a body of two: %v", err)
			}
		}
		// Cutting a body up comes to an end and loses no byte.
		total := 0
		for rest := b; len(rest) > 0; {
			var frame []byte
			_, frame, rest, _ = NextFrame(rest)
			if len(frame) == 0 {
				t.Fatal("no progress")
			}
			total += len(frame)
		}
		if total != len(b) {
			t.Fatalf("%d of %d bytes", total, len(b))
		}
	})
}

func FuzzInflate(f *testing.F) {
	raw := []byte(`[{"type":4,"data":{"href":"/"}}]`)
	for _, codec := range codecs {
		packed, err := Deflate(nil, codec, raw)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(codec), packed, len(raw))
		f.Add(byte(codec), packed[:len(packed)-1], len(raw))
		f.Add(byte(codec), append(packed, 0), len(raw)+1)
	}
	f.Fuzz(func(t *testing.T, codec byte, src []byte, raw int) {
		if raw > MaxReplay {
			return
		}
		got, err := Inflate([]byte("kept"), Codec(codec), src, raw)
		if err != nil {
			if !errors.Is(err, ErrSectionLength) && !errors.Is(err, ErrSectionCorrupt) {
				t.Fatalf("untyped error: %v", err)
			}
			if string(got) != "kept" {
				t.Fatalf("%d bytes given beside an error", len(got))
			}
			return
		}
		if len(got) != raw+4 || string(got[:4]) != "kept" {
			t.Fatalf("%d bytes, declared %d", len(got)-4, raw)
		}
		// A reader that was used must serve the next section as well.
		packed, err := Deflate(nil, Codec(codec), got)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Inflate(nil, Codec(codec), packed, len(got)); err != nil || !bytes.Equal(again, got) {
			t.Fatalf("not the same again: %v", err)
		}
	})
}

func FuzzSignals(f *testing.F) {
	f.Add([]byte(section(every)))
	f.Add([]byte(section(hinted)))
	f.Add(mouseSection())
	f.Add([]byte(section(`{"t":1,"k":"later","x":[{"y":"\ud83d\ude00"}]},{"k":"set"},7,null`)))
	f.Add([]byte(`{"origin":1e3,"view":0,"path":"/\u0000","signals":[ ] , "signal":{}}`))
	f.Add([]byte(`{"origin":01,"view":0,"path":"/","signals":[]}`))
	used := decode(f, section(every))
	f.Fuzz(func(t *testing.T, raw []byte) {
		fresh := new(Signals)
		err := fresh.Decode(raw)
		againErr := used.Decode(raw)
		if (err == nil) != (againErr == nil) {
			t.Fatalf("fresh: %v, used: %v", err, againErr)
		}
		if err != nil {
			if !errors.Is(err, ErrSignals) {
				t.Fatalf("untyped error: %v", err)
			}
			return
		}
		if !json.Valid(raw) {
			t.Fatalf("%q is no JSON and passes", raw)
		}
		kept := countKept(fresh)
		if kept != countKept(used) || kept+fresh.Invalid+fresh.UnknownKinds != fresh.Count || fresh.Count > MaxSignalCount {
			t.Fatalf("%d kept, %d invalid, %d unknown of %d", kept, fresh.Invalid, fresh.UnknownKinds, fresh.Count)
		}
		for _, props := range fresh.Sets {
			if !json.Valid([]byte(props.Props)) {
				t.Fatalf("props %q", props.Props)
			}
		}
	})
}

func countKept(s *Signals) int {
	return len(s.Views) + len(s.Loads) + len(s.Clicks) + len(s.Moves) + len(s.Scrolls) + len(s.Typings) + len(s.Errors) +
		len(s.Events) + len(s.Identifies) + len(s.Sets) + len(s.Consents) + len(s.Visibles) + len(s.Gaps) +
		len(s.Deads) + len(s.Attentions) + len(s.Fields) + len(s.Submits) + len(s.Vitals)
}
