package deflate

import (
	"bytes"
	"compress/flate"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"hindsight/internal/inflate"
)

// ways are both ways to pack.
var ways = map[string]func(p *Packer, dst, text []byte) []byte{
	"bytes": (*Packer).AppendBytes,
	"page":  (*Packer).AppendPage,
}

// unpacked is what the standard library makes of it; nothing may lie behind it.
func unpacked(tb testing.TB, packed []byte) []byte {
	tb.Helper()
	in := bytes.NewReader(packed)
	out, err := io.ReadAll(flate.NewReader(in))
	if err != nil || in.Len() > 0 {
		tb.Fatalf("the standard library does not take it: %v, %d bytes left", err, in.Len())
	}
	return out
}

// opened packs a text behind others and compares what two readers make of it.
func opened(tb testing.TB, p *Packer, text []byte) {
	tb.Helper()
	var z inflate.Inflater
	for name, way := range ways {
		before := []byte("before")
		packed := way(p, before, text)
		if !bytes.HasPrefix(packed, before) {
			tb.Fatalf("%s: what stood before it is lost", name)
		}
		packed = packed[len(before):]
		if got := unpacked(tb, packed); !bytes.Equal(got, text) {
			tb.Fatalf("%s: %d bytes become %d others", name, len(text), len(got))
		}
		if got, err := z.Inflate(nil, packed, len(text)); err != nil || !bytes.Equal(got, text) {
			tb.Fatalf("%s: %v", name, err)
		}
	}
}

func TestWhatIsPackedIsTheSameOpened(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	random := make([]byte, 100_000)
	for i := range random {
		random[i] = byte(rng.Uint32())
	}
	var every []byte
	for i := range 256 {
		every = append(every, byte(i))
	}
	p := New()
	for _, text := range [][]byte{
		nil, []byte("a"), []byte("[]"), every, random, bytes.Repeat([]byte("a"), 70_000),
		[]byte(strings.Repeat("abcd", 100) + "x" + strings.Repeat("abcde", 500)),
		append(append(bytes.Clone(random[:40_000]), random[:40_000]...), every...),
	} {
		opened(t, p, text)
	}
	// A match of every length and from every distance class.
	for size := range 600 {
		opened(t, p, append(append(bytes.Clone(random[:700]), 'x'), random[:size]...))
		back := 1 + rng.IntN(40_000)
		from := rng.IntN(50_000)
		text := append(bytes.Clone(random[from:from+back]), random[from:from+min(back, 300)]...)
		opened(t, p, text)
	}
}

// going is what a page sends as it goes, as trackers write it.
const going = `[[412,1,0,0,1,0,35,-12,1,50,41,-9,1,51,22,3,1,49,0,8,1,66],[1790,3,1,0,412],[50,3,1,0,655],[51,3,1,0,811],` +
	`[930,0,[14,2201],[14,33,2310,["li",{"class":"card"},["a",{"href":"/demo/tea/green"},"Green"]]],[2207,"3 items"]],` +
	`[2004,2,5,2310,311,402],[3,2,0,2310,311,402,0],[8,5,{"text":"***","isChecked":false,"id":811}],[1200,1,212,311,1,0,-4,60,1,50]]`

// snapshot is how a page begins.
const snapshot = `[{"type":4,"data":{"href":"https://shop.example/","width":1280,"height":800},"timestamp":1795371679101},` +
	`{"type":2,"data":{"id":1,"node":[0,{},[1,"html","",""],["html",{"lang":"en"},["body",{"class":"page-list"},"\n",` +
	`["ul",{"class":"products"},["li",{"class":"card"},["a",{"class":"name","href":"https://shop.example/tea/sencha"},"Sencha, first flush"],` +
	`["p",{"class":"price"},"12.50"],["button",{"type":"button","class":"buy"},"Into the basket"]],["li",{"class":"card"},` +
	`["a",{"class":"name","href":"https://shop.example/tea/assam"},"Assam, second flush"],["p",{"class":"price"},"9.80"],` +
	`["button",{"type":"button","class":"buy"},"Into the basket"]]]]]]},"timestamp":1795371679102}]`

// TestCodesFit holds the codes to what they were made for: packed so, texts of
// that kind become hardly longer than with codes that are counted for them alone.
func TestCodesFit(t *testing.T) {
	p := New()
	for _, c := range []struct {
		name  string
		text  string
		pack  func(p *Packer, dst, text []byte) []byte
		level int
		more  int // bytes
	}{
		{"bytes", going, (*Packer).AppendBytes, flate.HuffmanOnly, 64},
		{"page", snapshot, (*Packer).AppendPage, flate.BestSpeed, 96},
	} {
		var out bytes.Buffer
		w, err := flate.NewWriter(&out, c.level)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(c.text)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		packed := c.pack(p, nil, []byte(c.text))
		t.Logf("%s: %d bytes become %d, with codes of its own %d", c.name, len(c.text), len(packed), out.Len())
		if len(packed) > out.Len()+c.more {
			t.Errorf("%s: more than %d bytes longer", c.name, c.more)
		}
	}
}

func TestPackingAllocatesNothing(t *testing.T) {
	p, room := New(), make([]byte, 0, 8<<10)
	for name, way := range ways {
		if n := testing.AllocsPerRun(100, func() { way(p, room, []byte(snapshot)) }); n > 1 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func FuzzPack(f *testing.F) {
	for _, seed := range []string{"", "a", going, snapshot, strings.Repeat("ab", 40_000)} {
		f.Add([]byte(seed))
	}
	p := New()
	f.Fuzz(func(t *testing.T, text []byte) { opened(t, p, text) })
}
