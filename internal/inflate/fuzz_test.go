package inflate

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"testing"
)

// standard is what the standard library makes of the bytes that a section is:
// at most so many, the stream ends with them, nothing lies behind it.
func standard(src []byte, most int) ([]byte, bool) {
	in := bytes.NewReader(src)
	r := flate.NewReader(in)
	out, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	return out, err == nil && len(out) <= most && in.Len() == 0
}

// FuzzInflate: exactly what the standard library takes is taken, and becomes
// the same.
func FuzzInflate(f *testing.F) {
	const most = 1 << 16
	for _, raw := range texts() {
		raw = raw[:min(len(raw), 3000)]
		for _, level := range []int{flate.NoCompression, flate.HuffmanOnly, flate.BestSpeed, flate.DefaultCompression} {
			f.Add(deflated(f, raw, level))
		}
	}
	var z Inflater
	f.Fuzz(func(t *testing.T, src []byte) {
		want, ok := standard(src, most)
		told := len(want)
		if !ok {
			told = min(told, most)
		}
		got, err := z.Inflate(nil, src, told)
		if (err == nil) != ok || ok && !bytes.Equal(got, want) {
			t.Fatalf("%d bytes, %v; the standard library: %d bytes, taken: %t", len(got), err, len(want), ok)
		}
		if !ok {
			return
		}
		if _, err := z.Inflate(nil, src, told+1); !errors.Is(err, ErrLength) {
			t.Fatalf("told a byte more: %v", err)
		}
		if told == 0 {
			return
		}
		if _, err := z.Inflate(nil, src, told-1); !errors.Is(err, ErrLength) {
			t.Fatalf("told a byte less: %v", err)
		}
	})
}
