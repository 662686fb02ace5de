package processor

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hindsight/internal/store"
	"hindsight/internal/wire"
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
