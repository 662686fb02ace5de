package inflate

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// deflated is raw by the standard library; its levels make stored, fixed and
// dynamic blocks.
func deflated(t testing.TB, raw []byte, level int) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, level)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// texts are of every kind that makes other blocks, codes and matches.
func texts() [][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 100_000)
	few := make([]byte, 100_000)
	skewed := make([]byte, 300_000) // codes of every length up to 15
	for i := range noise {
		noise[i], few[i] = byte(random.Uint32()), "ab"[random.IntN(2)]
	}
	for i := range skewed {
		for skewed[i] = 0; skewed[i] < 60 && random.IntN(8) < 5; skewed[i]++ {
		}
		skewed[i] *= 4
	}
	var sections strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&sections, `[%d,1,%d,40,5,-450,20,-5,5,50],["div",{"class":"card c%d"},["b",{},"Täa %x"]],`, i*7%100, i, i%9, i*i)
	}
	all := [][]byte{
		{}, {'x'}, []byte("hello, hello, hello"), bytes.Repeat([]byte{'a'}, 70_000), bytes.Repeat([]byte("abc"), 999),
		noise, few, skewed, []byte(sections.String()), append(noise[:40_000:40_000], sections.String()...),
	}
	for size := range 20 {
		all = append(all, bytes.Repeat([]byte("0123456789abcdefghi")[:size], 20))
	}
	return all
}

func TestInflate(t *testing.T) {
	var z Inflater
	before := []byte("before")
	for i, raw := range texts() {
		for level := flate.HuffmanOnly; level <= flate.BestCompression; level++ {
			got, err := z.Inflate(before, deflated(t, raw, level), len(raw))
			if err != nil || !bytes.Equal(got[len(before):], raw) || !bytes.HasPrefix(got, before) {
				t.Fatalf("text %d, level %d: %d bytes of %d, %v", i, level, len(got), len(raw), err)
			}
		}
	}
}

func TestWrongLengthAndTail(t *testing.T) {
	var z Inflater
	for i, raw := range texts() {
		for _, level := range []int{flate.NoCompression, flate.HuffmanOnly, flate.BestSpeed, flate.DefaultCompression} {
			packed := deflated(t, raw, level)
			for _, by := range []int{-1, -len(raw) / 2, 1, 300} {
				if len(raw)+by < 0 || by == 0 {
					continue
				}
				if _, err := z.Inflate(nil, packed, len(raw)+by); !errors.Is(err, ErrLength) {
					t.Errorf("text %d, level %d, told %+d bytes: %v", i, level, by, err)
				}
			}
			if got, err := z.Inflate([]byte("kept"), append(packed[:len(packed):len(packed)], 0), len(raw)); !errors.Is(err, ErrCorrupt) || string(got) != "kept" {
				t.Errorf("text %d, level %d, with a tail: %q, %v", i, level, got, err)
			}
		}
	}
}

// TestCut: no beginning of a stream is taken for a whole one.
func TestCut(t *testing.T) {
	var z Inflater
	raw := texts()[8][:6000]
	for _, level := range []int{flate.NoCompression, flate.HuffmanOnly, flate.DefaultCompression} {
		packed := deflated(t, raw, level)
		for n := range packed {
			if _, err := z.Inflate(nil, packed[:n], len(raw)); !errors.Is(err, ErrCorrupt) {
				t.Fatalf("level %d, %d of %d bytes: %v", level, n, len(packed), err)
			}
		}
	}
}

// bitsOf packs numbers as deflate does: the least bit first.
func bitsOf(pairs ...int) []byte {
	var out []byte
	at := 0
	for i := 0; i < len(pairs); i += 2 {
		for bit := range pairs[i+1] {
			if at%8 == 0 {
				out = append(out, 0)
			}
			out[at/8] |= byte(pairs[i]>>bit&1) << (at % 8)
			at++
		}
	}
	return out
}

// code is a code of n bits as it stands in the stream.
func code(c, n int) (reversed int) {
	for bit := range n {
		reversed |= c >> bit & 1 << (n - 1 - bit)
	}
	return reversed
}

// TestRefused: streams that break the format, each in its own way.
func TestRefused(t *testing.T) {
	for name, raw := range map[string][]byte{
		"nothing at all":                  nil,
		"a block of the third kind":       bitsOf(1, 1, 3, 2),
		"lengths of a stored block":       {1, 1, 0, 0, 0, 'x'},
		"a match before the beginning":    bitsOf(1, 1, 1, 2, code(1, 7), 7, 0, 5, 0, 7),
		"symbol 286":                      bitsOf(1, 1, 1, 2, code(0xc6, 8), 8, 0, 5, 0, 7),
		"distance 30":                     bitsOf(1, 1, 1, 2, code(0x30+'a', 8), 8, code(1, 7), 7, code(30, 5), 5, 0, 7),
		"287 literals":                    bitsOf(1, 1, 2, 2, 30, 5, 0, 5, 0, 4, 0, 64),
		"31 distances":                    bitsOf(1, 1, 2, 2, 0, 5, 30, 5, 0, 4, 0, 64),
		"codes that are not all told":     bitsOf(1, 1, 2, 2, 0, 5, 0, 5, 0, 4, 2, 3, 0, 64),
		"more codes of a bit than can be": bitsOf(1, 1, 2, 2, 0, 5, 0, 5, 0, 4, 1, 3, 1, 3, 1, 3, 0, 64),
		"a repetition of no length":       bitsOf(1, 1, 2, 2, 0, 5, 0, 5, 0, 4, 1, 3, 1, 3, 0, 6, 0, 64),
	} {
		out, err := io.ReadAll(flate.NewReader(bytes.NewReader(raw)))
		var z Inflater
		if got, our := z.Inflate(nil, raw, len(out)); our == nil || err == nil {
			t.Errorf("%s: %x, %v; the standard library says %v", name, got, our, err)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	var z Inflater
	raw := texts()[8][:8000]
	packed := deflated(t, raw, flate.DefaultCompression)
	var room []byte
	if n := testing.AllocsPerRun(20, func() {
		out, err := z.Inflate(room[:0], packed, len(raw))
		if err != nil {
			t.Fatal(err)
		}
		room = out
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
