package inflate

import (
	"bytes"
	"io"
	"testing"

	"github.com/klauspost/compress/flate"
)

// BenchmarkInflate stands beside the reader of streams that it took the place of.
func BenchmarkInflate(b *testing.B) {
	for _, size := range []int{600, 2000, 8000, 40_000} {
		raw := texts()[8][:size]
		packed := deflated(b, raw, flate.DefaultCompression)
		name := map[int]string{600: "600", 2000: "2000", 8000: "8000", 40_000: "40000"}[size]
		b.Run(name+"/whole", func(b *testing.B) {
			b.SetBytes(int64(size))
			var z Inflater
			var room []byte
			for b.Loop() {
				out, err := z.Inflate(room[:0], packed, size)
				if err != nil {
					b.Fatal(err)
				}
				room = out
			}
		})
		b.Run(name+"/stream", func(b *testing.B) {
			b.SetBytes(int64(size))
			in := bytes.NewReader(nil)
			r := flate.NewReader(in)
			room := make([]byte, size)
			for b.Loop() {
				in.Reset(packed)
				if err := r.(flate.Resetter).Reset(in, nil); err != nil {
					b.Fatal(err)
				}
				if _, err := io.ReadFull(r, room); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
