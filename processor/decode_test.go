package processor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/flate"
	dto "github.com/prometheus/client_model/go"

	"hindsight/internal/eventlog"
	"hindsight/internal/rrweb"
	"hindsight/internal/seal"
	"hindsight/internal/store"
	"hindsight/internal/wire"
	"hindsight/processor/guard"
)

const everyKind = `
 {"k":"view","t":10,"url":"https://shop.example/tea","title":"Tea","ref":"https://a.example/","nav":"load","lang":"de","tz":"Europe/Berlin","sw":1920,"sh":1080,"vw":1440,"vh":900,"dw":1425,"dh":3000,"dpr":1.5,"hints":{"browser":"Chrome","browser_version":"140","os":"Windows","os_version":"11","mobile":false}},
 {"k":"load","t":20,"ms":812.5,"ttfb":90,"fcp":300.5},
 {"k":"click","t":1000,"el":"button#buy","fx":0.5,"fy":1,"x":100,"y":-3,"vw":1440,"vh":900,"dw":1425,"dh":3000,"fixed":1,"sx":4,"sy":5,"ptr":"mouse","able":1},
 {"k":"nonsense","t":1001},
 {"k":"move","t":1500,"vw":1440,"vh":900,"dw":1425,"dh":3000,"cells":[1,2,30,4,5,60]},
 {"k":"scroll","t":2000,"y":200,"max":1100,"vw":1200,"vh":900,"dh":3000},
 {"k":"typing","t":2500,"el":"input#q","n":7,"ms":1200},
 {"k":"error","t":2600,"msg":"oh \"no\"","type":"rejection","stack":"at x","line":3,"col":4},
 {"k":"event","t":2700,"name":"buy","props":{"n":1}},
 {"k":"identify","t":2800,"id":"u1","traits":{"plan":"x"}},
 {"k":"set","t":2900,"props":{"a":true}},
 {"k":"consent","t":3000,"state":"granted","version":"v2","key":"k"},
 {"k":"visible","t":3100,"on":1},
 {"k":"gap","t":3200,"reason":"memory","to":4200},
 {"k":"dead","t":3500,"of":1000},
 {"k":"attention","t":3600,"vw":1440,"vh":900,"dh":3000,"h":100,"bands":[0,1200,7,30000,16000000,1]},
 {"k":"field","t":3700,"el":"input#q","form":"form#f","ms":2000.5,"wait":0,"n":5,"refills":1,"filled":1,"left":"submit"},
 {"k":"field","t":3710,"el":"input#r","ms":5,"n":0,"refills":0,"filled":0,"left":"leave"},
 {"k":"submit","t":3720,"el":"form#f","n":3},
 {"k":"vital","t":3800,"name":"CLS","value":0.0421,"rating":"good"}`

func section(signals string) string {
	return fmt.Sprintf(`{"origin":%d,"offset":-250.4,"view":3,"path":"/tea","signals":[%s]}`, testOrigin, signals)
}

func replaySection(at int64) string {
	return fmt.Sprintf(`[{"type":4,"data":{"href":"https://shop.example/tea","width":1440,"height":900},"timestamp":%d},`+
		`{"type":2,"data":{"node":{"type":0,"childNodes":[],"id":1},"initialOffset":{"left":0,"top":0}},"timestamp":%d},`+
		`{"type":3,"data":{"source":1,"positions":[]},"timestamp":%d}]`, at, at+5, at+5000)
}

func at(ms float64) int64 { return testOrigin + int64(ms) - 250 }

func TestDecodeEveryKind(t *testing.T) {
	d := testDecoder(t)
	replay := replaySection(testOrigin + 10)
	for _, codec := range []wire.Codec{wire.CodecNone, wire.CodecGzip, wire.CodecDeflateRaw} {
		out, err := d.decode(fetched(t, newFrame(t, testHeader(), section(everyKind), replay, codec), testOrigin+9100))
		if err != nil {
			t.Fatal(err)
		}
		if out.Refused != "" || out.Invalid != 0 || out.Unknown != 1 {
			t.Errorf("refused %q, invalid %d, unknown %d", out.Refused, out.Invalid, out.Unknown)
		}
		checkPayload(t, out.Record.Chunk, replay)
		if diff := cmp.Diff(wantEveryKind(replay), out.Record); diff != "" {
			t.Errorf("codec %d (-want +got):\n%s", codec, diff)
		}
	}
}

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

func wantEveryKind(replay string) *store.Record {
	const path = "/tea"
	visitor := [16]byte{4}
	event := func(index uint16, ms float64, kind, name string, value float64, data string) store.EventRow {
		return store.EventRow{Index: index, View: 3, At: at(ms), Kind: kind, Path: path, Name: name, Value: value, Data: data}
	}
	heat := func(kind int8, index uint16, ms float64, x, y int32, weight uint32) store.HeatRow {
		return store.HeatRow{Path: path, Kind: kind, ViewportW: 1440, ViewportH: 900, Index: index, View: 3, At: at(ms),
			X: x, Y: y, DocumentW: 1425, DocumentH: 3000, Weight: weight, Device: "desktop"}
	}
	click := heat(store.HeatClick, 2, 1000, 100, -3, 1)
	click.Selector, click.FX, click.FY, click.Fixed, click.ScrollX, click.ScrollY = "button#buy", 32768, 65535, 1, 4, 5
	scroll := heat(store.HeatScroll, 5, 2000, 0, 1100, 1)
	scroll.ViewportW, scroll.DocumentW = 1200, 0 // as the signal says, whatever its neighbours do
	trace := func(kind int8, index uint16, ms float64, width uint32, x, y []int32, weight []uint32) store.TraceRow {
		return store.TraceRow{Path: path, Kind: kind, ViewportW: 1440, ViewportH: 900, Index: index, View: 3, At: at(ms),
			X: x, Y: y, Weight: weight, DocumentW: width, DocumentH: 3000, Device: "desktop"}
	}
	return &store.Record{
		Identity: store.Identity{Site: "shop", Session: testSession(1), Document: [16]byte{2}, Sequence: 5},
		Batch: store.BatchRow{
			Tab: 3, Visitor: visitor, Flags: 4, Consent: 1, View: 3, Path: path, FirstAt: at(10), LastAt: at(5010), OffsetMS: -250,
			OffsetSource: store.OffsetHandshake, ReceivedAt: testOrigin + 9100, SentAt: testOrigin + 9000, Via: "ws",
			Browser: "Firefox", BrowserVersion: "140.0", OS: "Linux", OSVersion: "x86_64", Device: "desktop",
			Views: 1, Gaps: 1, Clicks: 1, Scrolls: 1, Moves: 1, Keystrokes: 7, Errors: 1, Custom: 1, Signals: 20,
			SignalsBytes: uint32(len(section(everyKind))), ReplayEvents: 3, ReplayBytes: uint32(len(replay)), ReplayState: store.ReplayKept,
		},
		Views: []store.ViewRow{{
			Index: 0, View: 3, Tab: 3, At: at(10), Path: path, URL: "https://shop.example/tea", Title: "Tea", Referrer: "https://a.example/", Nav: "load",
			Language: "de", TimeZone: "Europe/Berlin", ScreenW: 1920, ScreenH: 1080, ViewportW: 1440, ViewportH: 900, DocumentW: 1425, DocumentH: 3000,
			DPR: 1.5, Browser: "Chrome", BrowserVersion: "140", OS: "Windows", OSVersion: "11",
		}},
		Hits: []store.HitRow{
			{Index: 0, Path: path, Kind: store.HitView, Visitor: visitor},
			{Index: 1, Path: path, Kind: store.HitLoad, Visitor: visitor, MS: 812.5},
		},
		Events: []store.EventRow{
			event(1, 20, "load", "", 812.5, `{"ttfb":90,"fcp":300.5}`),
			event(2, 1000, "click", "button#buy", 0, `{"fx":0.5,"fy":1,"x":100,"y":-3,"ptr":"mouse","t":1000,"able":1}`),
			event(5, 2000, "scroll", "", 1100, `{"y":200,"vh":900,"dh":3000}`),
			event(16, 3700, "field", "input#q", 2000.5, `{"form":"form#f","wait":0,"n":5,"refills":1,"filled":1,"left":"submit"}`),
			event(17, 3710, "field", "input#r", 5, `{"n":0,"refills":0,"filled":0,"left":"leave"}`),
			event(18, 3720, "submit", "form#f", 3, `{}`),
			event(14, 3500, "dead", "", 1000, `{}`),
			event(19, 3800, "vital", "CLS", 0.0421, `{"rating":"good"}`),
			event(6, 2500, "typing", "input#q", 7, `{"ms":1200}`),
			event(7, 2600, "error", `oh "no"`, 0, `{"type":"rejection","stack":"at x","line":3,"col":4}`),
			event(8, 2700, "event", "buy", 0, `{"n":1}`),
			event(9, 2800, "identify", "u1", 0, `{"plan":"x"}`),
			event(10, 2900, "set", "", 0, `{"a":true}`),
			event(11, 3000, "consent", "granted", 0, `{"version":"v2","key":"k"}`),
			event(12, 3100, "visible", "", 1, `{}`),
			event(13, 3200, "gap", "memory", 1000, `{}`),
		},
		HeatPoints: []store.HeatRow{click, scroll},
		Traces: []store.TraceRow{
			trace(store.TraceMove, 4, 1500, 1425, []int32{16, 64}, []int32{32, 80}, []uint32{30, 60}),
			trace(store.TraceAttention, 15, 3600, 0, []int32{100, 100}, []int32{0, 700}, []uint32{1200, 30000}),
		},
		Chunk: &store.ChunkRow{
			FirstTS: testOrigin + 10, LastTS: testOrigin + 5010, OffsetMS: -250, Events: 3, RawBytes: uint32(len(replay)), Snapshots: 1,
		},
		Snapshots: []store.SnapshotRow{{Path: path, ViewportW: 1440, ViewportH: 900, At: at(15), Bytes: 121}},
	}
}

// TestDecodeRefuses: what is wrong with a record, and what is kept of it.
func TestDecodeRefuses(t *testing.T) {
	good := func() *eventlog.Fetched {
		return fetched(t, newFrame(t, testHeader(), section(everyKind), replaySection(testOrigin), wire.CodecNone), testOrigin)
	}
	with := func(signals, replay string) *eventlog.Fetched {
		return fetched(t, newFrame(t, testHeader(), signals, replay, wire.CodecNone), testOrigin)
	}
	gzipped := fetched(t, newFrame(t, testHeader(), section(everyKind), "", wire.CodecGzip), testOrigin)
	gzipped.Value[len(gzipped.Value)-9] ^= 0xff
	corrupt := fetched(t, newFrame(t, testHeader(), section(""), replaySection(testOrigin), wire.CodecGzip), testOrigin)
	corrupt.Value[len(corrupt.Value)-9] ^= 0xff
	password := `[{"type":3,"timestamp":1,"data":{"source":0,"attributes":[{"id":7,"attributes":{"type":"password","value":"hunter2"}}]}}]`

	for _, c := range []struct {
		name    string
		record  *eventlog.Fetched
		dead    string // why nothing of it is stored
		refused string // why its replay section is not
	}{
		{"good", good(), "", ""},
		{"no headers", func() *eventlog.Fetched { f := good(); f.Headers = nil; return f }(), reasonRecord, ""},
		{"key of no session", func() *eventlog.Fetched { f := good(); f.Key = []byte("x"); return f }(), reasonRecord, ""},
		{"cut frame", func() *eventlog.Fetched { f := good(); f.Value = f.Value[:99]; return f }(), reasonFrame, ""},
		{"another session's key", func() *eventlog.Fetched { f := good(); f.Key = []byte(testSession(9).String()); return f }(), reasonMismatch, ""},
		{"signals of no JSON", with(`{"origin":`, ""), reasonSignals, ""},
		{"signals that lack the path", with(`{"origin":1,"view":0,"signals":[]}`, ""), reasonSignals, ""},
		{"signals that do not inflate", gzipped, reasonSignals, ""},
		{"replay of no JSON", with(section(""), `[{"type":3`), "", reasonReplayFormat},
		{"replay of no events", with(section(""), `[{"x":3}]`), "", reasonReplayFormat},
		{"replay that does not inflate", corrupt, "", reasonReplay},
		{"a password", with(section(""), password), "", "protected_value"},
		{"replay alone", with("", replaySection(testOrigin)), "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := testDecoder(t).decode(c.record)
			var u *undecodable
			if errors.As(err, &u) {
				if u.reason != c.dead {
					t.Fatalf("dead for %q (%v), want %q", u.reason, err, c.dead)
				}
				return
			}
			if err != nil || c.dead != "" {
				t.Fatalf("decoded with %v, want it dead for %q", err, c.dead)
			}
			if out.Refused != c.refused {
				t.Fatalf("replay refused for %q, want %q", out.Refused, c.refused)
			}
			b := out.Record.Batch
			kept := out.Record.Chunk != nil
			if kept != (c.refused == "") || kept != (b.ReplayState == store.ReplayKept) || !kept && (b.ReplayState != store.ReplayRefused || len(out.Record.Snapshots) > 0) {
				t.Errorf("chunk %v, state %d", kept, b.ReplayState)
			}
		})
	}
}

// TestClock: which offset counts, and where times end.
func TestClock(t *testing.T) {
	header := testHeader()
	header.SentAt = float64(testOrigin + 1000)
	day := testDay.Time().UnixMilli()
	for _, c := range []struct {
		name, signals, replay string
		received              int64
		source                int8
		offset, first, last   int64
	}{
		{"handshake", fmt.Sprintf(`{"origin":%d,"offset":500,"view":0,"path":"/","signals":[{"k":"visible","t":0.4,"on":1},{"k":"visible","t":70.6,"on":0}]}`, testOrigin), "",
			testOrigin + 999999, store.OffsetHandshake, 500, testOrigin + 500, testOrigin + 571},
		{"sent_at", fmt.Sprintf(`{"origin":%d,"view":0,"path":"/","signals":[{"k":"visible","t":5,"on":1}]}`, testOrigin), "",
			testOrigin + 3000, store.OffsetSentAt, 2000, testOrigin + 2005, testOrigin + 2005},
		{"no signal in it", fmt.Sprintf(`{"origin":%d,"offset":7,"view":0,"path":"/","signals":[]}`, testOrigin), "",
			testOrigin, store.OffsetHandshake, 7, testOrigin + 7, testOrigin + 7},
		{"a clock of 1970", `{"origin":0,"offset":0,"view":0,"path":"/","signals":[{"k":"visible","t":5,"on":1}]}`, "",
			testOrigin, store.OffsetSentAt, -1000, testOrigin, testOrigin},
		{"a clock that stands before the session's day", fmt.Sprintf(`{"origin":%d,"offset":0,"view":0,"path":"/","signals":[{"k":"visible","t":5,"on":1}]}`, day-dayMS), "",
			testOrigin, store.OffsetHandshake, 0, day - dayMS + 5, day - dayMS + 5},
		{"a clock far ahead", `{"origin":8e15,"offset":0,"view":0,"path":"/","signals":[{"k":"visible","t":5,"on":1}]}`, "",
			testOrigin + 1000, store.OffsetSentAt, 0, testOrigin + 1000, testOrigin + 1000},
		{"a session's day that is still to come", fmt.Sprintf(`{"origin":%d,"offset":%d,"view":0,"path":"/","signals":[{"k":"visible","t":5,"on":1}]}`, testOrigin, -dayMS), "",
			testOrigin + 1000 - dayMS, store.OffsetHandshake, -dayMS, testOrigin + 5 - dayMS, testOrigin + 5 - dayMS},
		{"replay alone", "", fmt.Sprintf(`[{"type":1,"timestamp":%d}]`, testOrigin),
			testOrigin + 1100, store.OffsetSentAt, 100, testOrigin + 100, testOrigin + 100},
		{"an empty replay alone", "", `[]`,
			testOrigin + 1100, store.OffsetSentAt, 100, testOrigin + 1100, testOrigin + 1100},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := testDecoder(t).decode(fetched(t, newFrame(t, header, c.signals, c.replay, wire.CodecNone), c.received))
			if err != nil {
				t.Fatal(err)
			}
			b := out.Record.Batch
			if b.OffsetSource != c.source || b.OffsetMS != c.offset || b.FirstAt != c.first || b.LastAt != c.last {
				t.Errorf("source %d offset %d first %d last %d; want %d %d %d %d",
					b.OffsetSource, b.OffsetMS, b.FirstAt, b.LastAt, c.source, c.offset, c.first, c.last)
			}
		})
	}
}

// TestSealedAddress: a record whose address another key has sealed is told as
// such; one without an address, and one that can be opened, are not.
func TestSealedAddress(t *testing.T) {
	ours, theirs := seal.NewRandomSealer(), seal.NewRandomSealer()
	d, err := newDecoder(ours, noRegion{}, guard.New())
	if err != nil {
		t.Fatal(err)
	}
	header := testHeader()
	frame := newFrame(t, header, section(""), "", wire.CodecNone)
	binding := seal.Binding{Site: "shop", Document: header.Document, Sequence: header.Sequence}
	for _, c := range []struct {
		name    string
		address []byte
		sealed  bool
	}{
		{"none", nil, false},
		{"ours", ours.Seal(nil, netip.MustParseAddr("192.0.2.1"), binding), false},
		{"theirs", theirs.Seal(nil, netip.MustParseAddr("192.0.2.1"), binding), true},
		{"garbage", []byte("x"), true},
	} {
		f := fetched(t, frame, testOrigin)
		if c.address != nil {
			f.Headers = append(f.Headers, eventlog.Header{Key: "addr", Value: c.address})
		}
		out, err := d.decode(f)
		if err != nil || out.Sealed != c.sealed {
			t.Errorf("%s: sealed %v, %v", c.name, out.Sealed, err)
		}
		m := newMetrics(nil)
		m.took(&out)
		var got dto.Metric
		if err := m.sealed.Write(&got); err != nil || (got.GetCounter().GetValue() == 1) != c.sealed {
			t.Errorf("%s: counted %v, %v", c.name, got.GetCounter().GetValue(), err)
		}
	}
}

// TestClockJumps: a clock that is set after the handshake moves no time: those
// that cannot be are corrected by what the sending tells, the others stay.
func TestClockJumps(t *testing.T) {
	const asked, hour = 500, int64(60 * 60 * 1000) // the handshake's offset
	received := testOrigin + 20*hour
	for _, c := range []struct {
		name           string
		jump           int64 // of the clock, before this document
		later          int64 // of the clock, within it: of its last signal and the sending
		unsent         bool  // the header tells no sent_at
		source         int8
		first, last    int64 // before the arrival, ms
		moved, playing int64 // offsets of the batch and of its recording
	}{
		{"none", 0, 0, false, store.OffsetHandshake, 6000, 5000, asked, asked},
		{"two days on", 2 * dayMS, 0, false, store.OffsetSentAt, 6000, 5000, asked - 2*dayMS, asked - 2*dayMS},
		{"two days back", -2 * dayMS, 0, false, store.OffsetSentAt, 6000, 5000, asked + 2*dayMS, asked + 2*dayMS},
		{"two minutes on", 2 * 60 * 1000, 0, false, store.OffsetSentAt, 6000, 5000, asked - 2*60*1000, asked - 2*60*1000},
		{"less than what a handshake leaves open", 40 * 1000, 0, false, store.OffsetHandshake, -34000, -35000, asked, asked},
		{"two days on, between two signals", 0, 2 * dayMS, false, store.OffsetSentAt, 6000, 5000, asked - 2*dayMS, asked},
		{"back, and not told when it was sent", -3 * dayMS, 0, true, store.OffsetSentAt, 0, 0, asked, 6000 + 3*dayMS + asked},
		{"on, and not told when it was sent", 2 * dayMS, 0, true, store.OffsetSentAt, 0, 0, asked, 6000 - 2*dayMS + asked},
	} {
		t.Run(c.name, func(t *testing.T) {
			header := testHeader()
			origin := received - asked - hour + c.jump
			header.SentAt = float64(received - asked + c.jump + c.later)
			if c.unsent {
				header.SentAt = 0
			}
			signals := fmt.Sprintf(`{"origin":%d,"offset":%d,"view":0,"path":"/","signals":[{"k":"visible","t":%d,"on":1},{"k":"visible","t":%d,"on":0}]}`,
				origin, asked, hour-6000, hour-5000+c.later)
			replay := fmt.Sprintf(`[{"type":1,"timestamp":%d}]`, origin+hour-6000)
			out, err := testDecoder(t).decode(fetched(t, newFrame(t, header, signals, replay, wire.CodecNone), received))
			if err != nil {
				t.Fatal(err)
			}
			b := out.Record.Batch
			if b.OffsetSource != c.source || b.FirstAt != received-c.first || b.LastAt != received-c.last || out.Jumped != (c.source == store.OffsetSentAt) {
				t.Errorf("source %d, %d to %d ms before the arrival, jumped %v; want %d, %d to %d",
					b.OffsetSource, received-b.FirstAt, received-b.LastAt, out.Jumped, c.source, c.first, c.last)
			}
			if b.OffsetMS != c.moved || out.Record.Chunk.OffsetMS != c.playing {
				t.Errorf("offset %d, of the recording %d; want %d and %d", b.OffsetMS, out.Record.Chunk.OffsetMS, c.moved, c.playing)
			}
		})
	}
}

// TestDataIsJSON: whatever texts a page sends, the data column is an object.
func TestDataIsJSON(t *testing.T) {
	nasty := []string{"", "\"\\\n\t\x01\u2028é😀", strings.Repeat("é", 9000), "\ufffd", "</script>"}
	for _, text := range nasty {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		signals := section(fmt.Sprintf(`{"k":"error","t":1,"msg":%[1]s,"type":"error","stack":%[1]s,"src":%[1]s},{"k":"event","t":2,"name":"n","props":{"a":%[1]s}}`, quoted))
		out, err := testDecoder(t).decode(fetched(t, newFrame(t, testHeader(), signals, "", wire.CodecNone), testOrigin))
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Record.Events) != 2 {
			t.Fatalf("%d events", len(out.Record.Events))
		}
		for _, e := range out.Record.Events {
			var object map[string]any
			if err := json.Unmarshal([]byte(e.Data), &object); err != nil {
				t.Errorf("%s: %v in %q", e.Kind, err, e.Data)
			}
			if len(e.Name) > maxMessage || len(e.Data) > maxPropsText+maxStack {
				t.Errorf("%s keeps %d + %d bytes", e.Kind, len(e.Name), len(e.Data))
			}
		}
		var data struct{ Stack string }
		_ = json.Unmarshal([]byte(out.Record.Events[0].Data), &data)
		if data.Stack != cut(text, maxStack) {
			t.Errorf("stack %q became %q", text, data.Stack)
		}
	}
}

func TestPathOf(t *testing.T) {
	for href, want := range map[string]string{
		"https://a.example/tea?x=1#top": "/tea", "https://a.example": "/", "https://a.example/#/cart?id=3": "/#/cart", "": "", "about:blank": "",
	} {
		if got := pathOf(href); got != want {
			t.Errorf("pathOf(%q) = %q, want %q", href, got, want)
		}
	}
}

func TestAgents(t *testing.T) {
	a := newAgents()
	for header, want := range map[string]agent{
		"": {},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1": {"Safari", "17.5", "iOS", "17.5", "mobile"},
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":                         {"Chrome", "140.0.0.0", "Windows", "10.0", "desktop"},
		"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)":                                                                {"Googlebot", "2.1", "", "", "bot"},
	} {
		for range 2 { // the second time from memory
			if got := a.read(header); got != want {
				t.Errorf("%q: %+v, want %+v", header, got, want)
			}
		}
	}
	for i := range 2 * maxAgents {
		a.read(fmt.Sprint("agent ", i))
	}
	if len(a.known) > maxAgents {
		t.Errorf("%d agents in memory", len(a.known))
	}
}

// What cannot be decoded is kept for whoever can look into it, but not a
// recording beside it that would not have been stored.
func TestUndecodableIsKeptIfItsRecordingMay(t *testing.T) {
	shown := func(id int, value string) string {
		return fmt.Sprintf(`[{"type":3,"timestamp":%d,"data":{"source":0,"attributes":[{"id":%d,"attributes":{"type":"password","value":"%s"}}]}}]`, testOrigin, id, value)
	}
	input := fmt.Sprintf(`[{"type":3,"timestamp":%d,"data":{"source":5,"id":7,"text":"hunter2","isChecked":false}}]`, testOrigin)
	d := testDecoder(t)
	h := testHeader()
	for i, c := range []struct {
		name, signals, replay string
		spoil                 func(f *eventlog.Fetched)
		keep                  bool
	}{
		{"no recording", `{"origin":"x"}`, "", nil, true},
		{"a good recording", `{"origin":"x"}`, shown(7, "•••"), nil, true},
		{"a password in it", `{"origin":"x"}`, shown(8, "hunter2"), nil, false},
		{"a field that was shown as protected before", `{"origin":"x"}`, input, nil, false},
		{"an unreadable one", `{"origin":"x"}`, `[{"type":3,"data":"hunter2"}]`, nil, false},
		{"a password, headers of no record", section(""), shown(9, "hunter2"), func(f *eventlog.Fetched) { f.Headers = nil }, false},
		{"no recording, headers of no record", section(""), "", func(f *eventlog.Fetched) { f.Headers = nil }, true},
	} {
		h.Sequence = uint32(i + 1)
		f := fetched(t, newFrame(t, h, c.signals, c.replay, wire.CodecGzip), testOrigin)
		if c.spoil != nil {
			c.spoil(f)
		}
		_, err := d.decode(f)
		if err == nil {
			t.Fatalf("%s: decoded", c.name)
		}
		if l := unreadLetter(f, err); l.payload != c.keep || l.reason == "" {
			t.Errorf("%s: %+v, %v", c.name, l, err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	d := testDecoder(b)
	var moves strings.Builder
	for i := range 40 {
		fmt.Fprintf(&moves, `{"type":3,"data":{"source":1,"positions":[{"x":%d,"y":%d,"id":12,"timeOffset":-40},{"x":3,"y":4,"id":12,"timeOffset":0}]},"timestamp":%d},`, i, 2*i, testOrigin+int64(i))
	}
	replay := strings.Replace(replaySection(testOrigin), "[", "["+moves.String(), 1)
	f := fetched(b, newFrame(b, testHeader(), section(everyKind), replay, wire.CodecGzip), testOrigin)
	frame := f.Value
	b.ReportAllocs()
	b.SetBytes(int64(len(replay) + len(section(everyKind))))
	for b.Loop() {
		f.Value = frame
		if _, err := d.decode(f); err != nil {
			b.Fatal(err)
		}
	}
}
