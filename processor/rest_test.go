package processor

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"

	"hindsight/internal/eventlog"
	"hindsight/internal/rrweb"
	"hindsight/internal/store"
	"hindsight/internal/wire"
)

// checkPayload compares the stored recording with the section and takes out how it rests.
func checkPayload(t *testing.T, c *store.ChunkRow, want string) {
	t.Helper()
	if c.Codec != store.ChunkDeflate {
		t.Errorf("codec %d", c.Codec)
	}
	raw, err := io.ReadAll(flate.NewReader(bytes.NewReader(c.Payload)))
	if err != nil {
		t.Fatal(err)
	}
	var reader rrweb.Reader
	got, err := reader.Read(raw, wire.MaxReplay)
	if err != nil || string(got.Text) != want {
		t.Errorf("stored recording: %v, %q", err, got.Text)
	}
	c.Codec, c.Payload = 0, nil
}

// TestHowSectionsRest: in the form in which they came, with the very bytes where these were compressed and nothing was
// taken out. Two storings of one frame come to the same bytes.
func TestHowSectionsRest(t *testing.T) {
	long := replaySection(testOrigin)
	short := fmt.Sprintf(`[{"type":4,"data":{"href":"https://shop.example/tea","width":1440,"height":900},"timestamp":%d},[%d,3,7,0,20]]`, testOrigin, 5)
	written := fmt.Sprintf(`[{"type":4,"data":{"href":"https://shop.example/tea","width":1440,"height":900},"timestamp":%d},`+
		`{"type":3,"data":{"source":3,"id":7,"x":0,"y":20},"timestamp":%d}]`, testOrigin, testOrigin+5)
	sheet := defines("0011223344556677", "a{}")
	large := strings.Replace(long, `"positions":[]`, `"positions":[`+strings.Repeat("1,", 2000)+`1]`, 1)
	for _, c := range []struct {
		name, replay string
		codec        wire.Codec
		text         string
	}{
		{"plain", long, wire.CodecNone, long},
		{"gzip has a header for whatever its writer likes", long, wire.CodecGzip, long},
		{"compressed", long, wire.CodecDeflateRaw, long},
		{"compressed, short", short, wire.CodecDeflateRaw, written},
		{"plain, short", short, wire.CodecNone, written},
		{"plain, large", large, wire.CodecNone, large},
		{"a style sheet was taken out", "[" + sheet + "," + short[1:], wire.CodecDeflateRaw, written},
		{"from before what is short", strings.Replace(short, ",[", ","+sheet+",[ ", 1), wire.CodecDeflateRaw, strings.Replace(written, fmt.Sprint(testOrigin+5), "1800000000005", 1)},
		{"from behind it", short[:len(short)-1] + "," + sheet + "]", wire.CodecNone, written},
		{"of another time", fmt.Sprintf("%s,%s,[%d,3,7,0,20]]", short[:strings.Index(short, ",[")], strings.Replace(sheet, "0000000000}", "0000000900}", 1), testOrigin+5-1800000000900), wire.CodecNone, written},
		{"and nothing else has the whole time", fmt.Sprintf("[%s,%s,[%d,3,7,0,20]]", sheet, sheet, testOrigin+5-1800000000000), wire.CodecNone, "[" + written[strings.Index(written, `{"type":3`):]},
	} {
		t.Run(c.name, func(t *testing.T) {
			record := func() *eventlog.Fetched {
				return fetched(t, newFrame(t, testHeader(), section(""), c.replay, c.codec), testOrigin)
			}
			first, err := testDecoder(t).decode(record())
			if err != nil || first.Refused != "" {
				t.Fatal(err, first.Refused)
			}
			again, err := testDecoder(t).decode(record())
			if err != nil || !bytes.Equal(first.Record.Chunk.Payload, again.Record.Chunk.Payload) {
				t.Errorf("the second storing differs (%v)", err)
			}
			if got := first.Record.Chunk; int(got.RawBytes) != len(c.text) {
				t.Errorf("%d bytes written out; want %d", got.RawBytes, len(c.text))
			}
			checkPayload(t, first.Record.Chunk, c.text)
		})
	}
}
