package processor

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"hindsight/internal/rrweb"
	"hindsight/internal/wire"
	"hindsight/processor/guard"
)

// FuzzDecode: no frame makes the decoder panic, and what it takes stays within
// its bounds. The seeds are few and small: each costs as much at the start as a
// hundred executions later. Lengths are mended, since hardly any change would
// get past them otherwise (FuzzParseHeader has what they must withstand).
func FuzzDecode(f *testing.F) {
	for _, name := range []string{"both-none", "both-gzip", "both-deflate", "kind-view"} {
		frame, err := os.ReadFile(filepath.Join("..", "internal", "wire", "testdata", "golden", name+".bin"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(frame)
	}
	d := NewCore(nil, noRegion{}, guard.New(), nil) // one for all: it must take anything after anything
	f.Fuzz(func(t *testing.T, frame []byte) {
		frame = mended(frame)
		h, err := wire.ParseHeader(frame)
		if err != nil {
			return
		}
		sound(t, d, h, frame)
	})
}

// The tracker's golden frames, and ours, make sound rows.
func TestGoldenFramesAreSound(t *testing.T) {
	golden, err := filepath.Glob(filepath.Join("..", "internal", "wire", "testdata", "golden", "*.bin"))
	if err != nil || len(golden) == 0 {
		t.Fatalf("no golden frames: %v", err)
	}
	d := NewCore(nil, noRegion{}, guard.New(), nil)
	for _, name := range golden {
		frame, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		h, err := wire.ParseHeader(frame)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		sound(t, d, h, frame)
	}
}

// mended is frame with section lengths that fit it.
func mended(frame []byte) []byte {
	if len(frame) < wire.HeaderSize {
		return frame
	}
	frame = bytes.Clone(frame)
	le, rest := binary.LittleEndian, uint32(len(frame)-wire.HeaderSize)
	signals := min(le.Uint32(frame[68:]), rest)
	for section, size := range []uint32{signals, rest - signals} {
		lengths := frame[68+8*section:]
		le.PutUint32(lengths, size)
		if codec := wire.Codec(frame[5+section]); codec == wire.CodecNone || size == 0 {
			le.PutUint32(lengths[4:], size)
		}
	}
	return frame
}

// What FuzzDecode changes gets past the lengths.
func TestMended(t *testing.T) {
	whole := newFrame(t, testHeader(), section(everyKind), replaySection(testOrigin), wire.CodecNone)
	for _, frame := range [][]byte{whole, whole[:len(whole)-7], whole[:200], append(bytes.Clone(whole), "more"...)} {
		if _, err := wire.ParseHeader(mended(frame)); err != nil {
			t.Errorf("%d of %d bytes: %v", len(frame), len(whole), err)
		}
	}
}

// FuzzSections is FuzzDecode from within: sections as they are once inflated, so that what is changed is what is read.
func FuzzSections(f *testing.F) {
	f.Add(section(everyKind), replaySection(testOrigin))
	f.Add(section(""), fmt.Sprintf(`[{"type":4,"data":{"href":"https://a.example/","width":9,"height":9},"timestamp":%[1]d},{"type":2,"data":{"id":1,"node":[0,{},[1,"html"],["p",{"class":"a"},"text",["input",{"type":"password"}]]]},"timestamp":%[1]d},[%[1]d,0,[2,3],[1,0,9,["b",{},"x"]],[3,"t"],[2,{"class":null}]],[5,1,10,20,2,0,-3,4,2,-40],[1,3,1,0,50],[1,2,2,3,4,5,0]]`, testOrigin))
	f.Add(section(`{"k":"view","t":1,"url":"https://a.example/x?y#z"}`), "[]")
	f.Add(section(""), fmt.Sprintf(`[%s,[-7,1,1,2,3,0],%[1]s,[ 7 ,3,1,0,50],%[1]s]`, defines("0011223344556677", "a{}")))
	d := NewCore(nil, noRegion{}, guard.New(), nil)
	f.Fuzz(func(t *testing.T, signals, replay string) {
		if len(signals) > wire.MaxSignals || len(replay) > wire.MaxReplay || len(signals)+len(replay) == 0 {
			return
		}
		h := testHeader()
		sound(t, d, h, newFrame(t, h, signals, replay, wire.CodecNone))
	})
}

// withoutSheets is a frame's replay section written out, but for its definitions of style sheets.
func withoutSheets(t *testing.T, frame []byte) string {
	t.Helper()
	f, err := wire.ParseFrame(frame)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := f.InflateReplay(nil)
	if err != nil {
		t.Fatal(err)
	}
	var reader rrweb.Reader
	section, err := reader.Read(raw, wire.MaxReplay)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for i := range section.Events {
		e := &section.Events[i]
		if _, defines, _ := e.Sheet(); !defines {
			left = append(left, string(section.Text[e.Start:e.Start+e.Size]))
		}
	}
	return "[" + strings.Join(left, ",") + "]"
}

// sound holds that a frame is either refused or made into rows that any reader can bear.
func sound(t *testing.T, d *Core, h wire.Header, frame []byte) {
	t.Helper()
	out, err := d.Decode(fetched(t, frame, testOrigin))
	if err != nil {
		return
	}
	if c := out.Record.Chunk; c != nil && out.Came == nil {
		var reader rrweb.Reader
		if again, err := reader.Read(out.Form, wire.MaxReplay); err != nil || string(again.Text) != withoutSheets(t, frame) || int(c.RawBytes) != len(again.Text) {
			t.Errorf("what rests becomes another text: %v\n%s\n%d bytes of %s", err, again.Text, c.RawBytes, withoutSheets(t, frame))
		}
	}
	b := out.Record.Batch
	day := h.Session.Day().Time().UnixMilli()
	if b.FirstAt > b.LastAt || b.FirstAt < day-dayMS || b.LastAt >= day+3*dayMS {
		t.Errorf("times %d … %d of day %d", b.FirstAt, b.LastAt, day)
	}
	for _, e := range out.Record.Events {
		if !json.Valid([]byte(e.Data)) {
			t.Errorf("data of %s is no JSON: %q", e.Kind, e.Data)
		}
		if !utf8.ValidString(e.Name) || !utf8.ValidString(e.Data) {
			t.Errorf("%s is no text: %q %q", e.Kind, e.Name, e.Data)
		}
	}
}
