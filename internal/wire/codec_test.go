package wire

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
)

var codecs = []Codec{CodecNone, CodecGzip, CodecDeflateRaw}

func TestInflateRoundTrip(t *testing.T) {
	for _, codec := range codecs {
		for _, size := range []int{1, 100, 70_000, 3 << 20} {
			raw := bytes.Repeat([]byte("move,click,"), size/11+1)[:size]
			packed, err := Deflate([]byte("before"), codec, raw)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Inflate([]byte("kept"), codec, packed[len("before"):], size)
			if err != nil || string(got[:4]) != "kept" || !bytes.Equal(got[4:], raw) {
				t.Errorf("codec %d, %d bytes: %v", codec, size, err)
			}
		}
	}
}

// The standard library stands for encoders that are not this one.
func TestInflateForeignEncoders(t *testing.T) {
	raw := []byte(strings.Repeat("signal ", 500))
	var zipped, deflated bytes.Buffer
	gz := gzip.NewWriter(&zipped)
	gz.Name = "with a name in the header"
	fl, _ := flate.NewWriter(&deflated, 1)
	for _, w := range []io.WriteCloser{gz, fl} {
		if _, err := w.Write(raw); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for codec, packed := range map[Codec][]byte{CodecGzip: zipped.Bytes(), CodecDeflateRaw: deflated.Bytes()} {
		if got, err := Inflate(nil, codec, packed, len(raw)); err != nil || !bytes.Equal(got, raw) {
			t.Errorf("codec %d: %v", codec, err)
		}
	}
}

func TestInflateFaults(t *testing.T) {
	raw := bytes.Repeat([]byte("0123456789"), 1000)
	for _, codec := range []Codec{CodecGzip, CodecDeflateRaw} {
		packed, err := Deflate(nil, codec, raw)
		if err != nil {
			t.Fatal(err)
		}
		twice := append(bytes.Clone(packed), packed...)
		cases := map[string]struct {
			src  []byte
			raw  int
			want error
		}{
			"longer than declared":  {packed, len(raw) - 1, ErrSectionLength},
			"shorter than declared": {packed, len(raw) + 1, ErrSectionLength},
			"absurd declaration":    {packed, 1 << 40, ErrSectionLength},
			"negative declaration":  {packed, -1, ErrSectionLength},
			"cut":                   {packed[:len(packed)/2], len(raw), ErrSectionCorrupt},
			"cut at the end":        {packed[:len(packed)-1], len(raw), ErrSectionCorrupt},
			"tail":                  {append(bytes.Clone(packed), 1), len(raw), ErrSectionCorrupt},
			"two streams":           {twice, len(raw), ErrSectionCorrupt},
			"two streams as one":    {twice, 2 * len(raw), ErrSectionLength},
			"noise":                 {bytes.Repeat([]byte{0xff}, 100), 100, ErrSectionCorrupt},
			"nothing":               {nil, 0, ErrSectionCorrupt},
		}
		for name, c := range cases {
			got, err := Inflate([]byte("kept"), codec, c.src, c.raw)
			if !errors.Is(err, c.want) || string(got) != "kept" {
				t.Errorf("codec %d, %s: %q, %v; want %v", codec, name, got, err, c.want)
			}
		}
	}
	if _, err := Inflate(nil, CodecNone, raw, 3); !errors.Is(err, ErrSectionLength) {
		t.Errorf("codec none with another length: %v", err)
	}
	if _, err := Inflate(nil, Codec(9), raw, 3); !errors.Is(err, ErrSectionCorrupt) {
		t.Errorf("unknown codec: %v", err)
	}
	if _, err := Deflate(nil, Codec(9), raw); ReasonOf(err) != ReasonMalformed {
		t.Errorf("unknown codec: %v", err)
	}
}

// A bomb must be refused without its memory ever being taken.
func TestInflateStopsAtTheDeclaredLength(t *testing.T) {
	bomb, err := Deflate(nil, CodecDeflateRaw, make([]byte, 64<<20))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Inflate(nil, CodecDeflateRaw, bomb, 1000)
	if !errors.Is(err, ErrSectionLength) {
		t.Fatal(err)
	}
	if cap(got) > 4096 {
		t.Errorf("took %d bytes for a section declared as 1000", cap(got))
	}
}

func TestFrameSections(t *testing.T) {
	signals, replay := []byte(`{"signals":[]}`), []byte(`[{"type":4}]`)
	frame, err := EncodeFrameCodecs(sampleHeader(), signals, replay, CodecGzip, CodecNone)
	if err != nil {
		t.Fatal(err)
	}
	f, err := ParseFrame(frame)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := f.InflateSignals(nil); err != nil || !bytes.Equal(got, signals) {
		t.Errorf("signals %q, %v", got, err)
	}
	if got, err := f.InflateReplay(nil); err != nil || !bytes.Equal(got, replay) {
		t.Errorf("replay %q, %v", got, err)
	}
	f.SignalsData[12] ^= 0xff
	if _, err := f.InflateSignals(nil); err == nil || !strings.Contains(err.Error(), "signals") {
		t.Errorf("broken section: %v", err)
	}
}
