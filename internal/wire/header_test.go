package wire

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"
	"time"
)

func sampleHeader() Header {
	day := DayOf(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	h := Header{
		Flags: FlagLast | FlagSampled, Consent: ConsentImplied, Sequence: 7, SentAt: 1772366400123.5,
		Tab: TabID{1, 2, 3, 4, 5, 6, 7, 8}, Visitor: VisitorHash{0xaa, 15: 0xbb},
		Document: DocumentID{0xd0, 15: 0x0d},
	}
	h.Session = SessionID{15: 0x51}
	binary.BigEndian.PutUint16(h.Session[:], uint16(day))
	return h
}

func sampleFrame(t testing.TB, codec Codec) []byte {
	t.Helper()
	frame, err := EncodeFrame(sampleHeader(), []byte(`{"origin":1,"view":0,"path":"/","signals":[]}`), []byte(`[]`), codec)
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

func TestHeaderRoundTrip(t *testing.T) {
	for codec := CodecNone; codec <= CodecDeflateRaw; codec++ {
		got, err := ParseHeader(sampleFrame(t, codec))
		if err != nil {
			t.Fatal(err)
		}
		want := sampleHeader()
		want.Signals, want.Replay = got.Signals, got.Replay
		if got != want {
			t.Errorf("codec %d: got %+v, want %+v", codec, got, want)
		}
		if got.Signals.Codec != codec || got.Signals.Raw != 45 || got.Replay.Raw != 2 {
			t.Errorf("codec %d: sections %+v %+v", codec, got.Signals, got.Replay)
		}
	}
}

func TestHeaderRefusals(t *testing.T) {
	le := binary.LittleEndian
	cases := map[string]struct {
		spoil func(b []byte) []byte
		want  Reason
	}{
		"empty":                {func(b []byte) []byte { return nil }, ReasonMalformed},
		"short":                {func(b []byte) []byte { return b[:HeaderSize-1] }, ReasonMalformed},
		"magic":                {func(b []byte) []byte { b[0] = 'h'; return b }, ReasonMalformed},
		"version 2":            {func(b []byte) []byte { b[1] = 2; return b }, ReasonVersion},
		"version 0, two bytes": {func(b []byte) []byte { b[1] = 0; return b[:2] }, ReasonVersion},
		"unknown flag":         {func(b []byte) []byte { b[2] |= 8; return b }, ReasonMalformed},
		"high flag":            {func(b []byte) []byte { b[3] = 1; return b }, ReasonMalformed},
		"consent state":        {func(b []byte) []byte { b[4] = 5; return b }, ReasonMalformed},
		"signals codec":        {func(b []byte) []byte { b[5] = 3; return b }, ReasonMalformed},
		"replay codec":         {func(b []byte) []byte { b[6] = 3; return b }, ReasonMalformed},
		"reserved byte":        {func(b []byte) []byte { b[7] = 1; return b }, ReasonMalformed},
		"reserved word":        {func(b []byte) []byte { b[84] = 1; return b }, ReasonMalformed},
		"sequence zero":        {func(b []byte) []byte { le.PutUint32(b[64:], 0); return b }, ReasonMalformed},
		"lengths differ":       {func(b []byte) []byte { b[72]++; return b }, ReasonMalformed},
		"tail":                 {func(b []byte) []byte { return append(b, 0) }, ReasonMalformed},
		"cut":                  {func(b []byte) []byte { return b[:len(b)-1] }, ReasonMalformed},
		"sent_at NaN":          {func(b []byte) []byte { le.PutUint64(b[88:], math.Float64bits(math.NaN())); return b }, ReasonMalformed},
		"sent_at negative":     {func(b []byte) []byte { le.PutUint64(b[88:], math.Float64bits(-1)); return b }, ReasonMalformed},
		"sent_at infinite":     {func(b []byte) []byte { le.PutUint64(b[88:], math.Float64bits(math.Inf(1))); return b }, ReasonMalformed},
		"both empty": {func(b []byte) []byte {
			clear(b[68:84])
			return b[:HeaderSize]
		}, ReasonMalformed},
		"compressed but empty": {func(b []byte) []byte {
			b[6] = 1
			clear(b[76:84])
			return b[:len(b)-2]
		}, ReasonMalformed},
		"more than the codec can give": {func(b []byte) []byte {
			b[5] = 1
			le.PutUint32(b[72:], 45*maxExpansion+1)
			return b
		}, ReasonMalformed},
		"signals inflate too far": {func(b []byte) []byte { b[5] = 1; le.PutUint32(b[72:], MaxSignals+1); return b }, ReasonTooLarge},
		"replay inflates too far": {func(b []byte) []byte { b[6] = 1; le.PutUint32(b[80:], MaxReplay+1); return b }, ReasonTooLarge},
		"section too long":        {func(b []byte) []byte { le.PutUint32(b[76:], 1<<31); return b }, ReasonTooLarge},
		"sections overflow":       {func(b []byte) []byte { le.PutUint32(b[68:], 1<<32-1); le.PutUint32(b[76:], 1<<32-1); return b }, ReasonTooLarge},
		"frame too long":          {func(b []byte) []byte { return append(b, make([]byte, MaxFrame)...) }, ReasonTooLarge},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := ParseHeader(c.spoil(sampleFrame(t, CodecNone)))
			if got := ReasonOf(err); got != c.want {
				t.Errorf("got %q (%v), want %q", got, err, c.want)
			}
		})
	}
}

func TestFrameOfTheLargestSizePasses(t *testing.T) {
	replay := make([]byte, MaxFrame-HeaderSize)
	frame, err := EncodeFrame(sampleHeader(), nil, replay, CodecNone)
	if err != nil || len(frame) != MaxFrame {
		t.Fatalf("%d bytes, %v", len(frame), err)
	}
	if _, err := EncodeFrame(sampleHeader(), nil, append(replay, 0), CodecNone); ReasonOf(err) != ReasonTooLarge {
		t.Errorf("one byte more: %v", err)
	}
	if _, err := EncodeFrame(sampleHeader(), make([]byte, MaxSignals+1), nil, CodecGzip); ReasonOf(err) != ReasonTooLarge {
		t.Errorf("signals over the limit: %v", err)
	}
}

func TestParseHeaderDoesNotAllocate(t *testing.T) {
	good := sampleFrame(t, CodecNone)
	bad := append([]byte(nil), good...)
	bad[7] = 1
	for name, frame := range map[string][]byte{"good": good, "bad": bad} {
		if n := testing.AllocsPerRun(100, func() {
			h, err := ParseHeader(frame)
			if (err == nil) != (h.Sequence == 7 && frame[7] == 0) {
				t.Error("unexpected result")
			}
		}); n != 0 {
			t.Errorf("%s frame: %v allocations", name, n)
		}
	}
}

func TestNextFrame(t *testing.T) {
	one, two := sampleFrame(t, CodecNone), sampleFrame(t, CodecGzip)
	bad := append([]byte(nil), one...)
	bad[4] = 9 // a fault that leaves the length known
	body := append(append(append([]byte(nil), one...), bad...), two...)

	_, frame, rest, err := NextFrame(body)
	if err != nil || string(frame) != string(one) {
		t.Fatalf("first: %v", err)
	}
	if _, frame, rest, err = NextFrame(rest); ReasonOf(err) != ReasonMalformed || string(frame) != string(bad) {
		t.Fatalf("second: %v", err)
	}
	if _, frame, rest, err = NextFrame(rest); err != nil || string(frame) != string(two) || len(rest) != 0 {
		t.Fatalf("third: %v", err)
	}
	if _, _, rest, err = NextFrame(append(one[:20:20], one...)); err == nil || rest != nil {
		t.Errorf("a frame without a known end must end the body: %v", err)
	}
	if _, _, _, err = NextFrame(one[:len(one)-1]); ReasonOf(err) != ReasonMalformed {
		t.Errorf("cut frame: %v", err)
	}
}

func TestSetSentAtChangesNothingElse(t *testing.T) {
	frame := sampleFrame(t, CodecNone)
	before, _ := ParseHeader(frame)
	SetSentAt(frame, 42)
	after, err := ParseHeader(frame)
	if err != nil || after.SentAt != 42 {
		t.Fatalf("%v %v", after.SentAt, err)
	}
	before.SentAt = 42
	if before != after {
		t.Errorf("%+v became %+v", before, after)
	}
}

func TestIDs(t *testing.T) {
	day := DayOf(time.Date(2026, 7, 30, 23, 59, 59, 0, time.UTC))
	id := NewSessionID(day)
	if id.Day() != day || id.Day().String() != "2026-07-30" {
		t.Errorf("day %v of %v", id.Day(), id)
	}
	back, err := ParseSessionID(id.String())
	if err != nil || back != id {
		t.Errorf("%v, %v", back, err)
	}
	if one, other := NewDocumentID(), NewDocumentID(); NewSessionID(day) == id || one == other {
		t.Error("two random ids are equal")
	}
	for _, text := range []string{"", "00", id.String() + "0", "G" + id.String()[1:], "A" + id.String()[1:]} {
		if _, err := ParseSessionID(text); err == nil {
			t.Errorf("%q passes", text)
		}
	}
	document := NewDocumentID()
	text, _ := document.AppendText([]byte("x"))
	if back, err := ParseDocumentID(string(text[1:])); err != nil || back != document {
		t.Errorf("%v, %v", back, err)
	}
}

func TestDayWindow(t *testing.T) {
	today := DayOf(time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC))
	for offset, want := range map[int]bool{-8: false, -7: true, 0: true, 1: true, 2: false} {
		if got := Day(int(today) + offset).Current(today); got != want {
			t.Errorf("day %+d: %v", offset, got)
		}
	}
	if DayOf(time.Unix(-5, 0)) != 0 || DayOf(time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC)) != math.MaxUint16 {
		t.Error("days outside the range must be cut to it")
	}
	if Day(0).Current(0) != true || Day(9).Current(0) {
		t.Error("no wrap-around at the beginning of time")
	}
}

func TestReasonOfOtherErrors(t *testing.T) {
	if ReasonOf(errors.New("x")) != "" || ReasonOf(nil) != "" {
		t.Error("only refusals have a reason")
	}
}
