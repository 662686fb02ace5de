package processor

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"hindsight/internal/store"
	"hindsight/internal/wire"
)

// allocated runs f and gives the bytes that it took from the heap.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestHostileSections: what no tracker makes. Each is refused for its own sake,
// takes memory in proportion to what a section may have, and leaves the decoder
// fit for the next frame.
func TestHostileSections(t *testing.T) {
	const mib = 1 << 20
	nested := func(open, inside, shut string, depth int) string {
		return strings.Repeat(open, depth) + inside + strings.Repeat(shut, depth)
	}
	snapshot := func(node string) string {
		return fmt.Sprintf(`[{"type":2,"timestamp":%d,"data":{"node":%s,"id":1,"initialOffset":{"left":0,"top":0}}}]`, testOrigin, node)
	}
	d := testDecoder(t) // one for all: it must take anything after anything
	for name, c := range map[string]struct {
		signals, replay string
		dead, refused   string
	}{
		"signals nested to the brim":        {signals: section(`{"k":"set","t":1,"props":` + nested("[", "", "]", 500_000) + `}`), dead: reasonSignals},
		"signals that only open":            {signals: nested(`{"signals":[`, "", "", 80_000), dead: reasonSignals},
		"signals of one endless text":       {signals: `{"path":"` + strings.Repeat(`\u0000`, 170_000), dead: reasonSignals},
		"signals that are no UTF-8":         {signals: section("{\"k\":\"event\",\"t\":1,\"name\":\"caf\xe9 \xed\xa0\x80\"}"), dead: reasonSignals},
		"replay that is no UTF-8":           {replay: snapshot("{\"type\":3,\"id\":7,\"textContent\":\"\xff\xfe\"}"), refused: reasonReplayFormat},
		"replay nested to the brim":         {replay: nested("[", "", "]", 8*mib), refused: reasonReplayFormat},
		"replay that only opens":            {replay: nested(`[{"type":2,"data":`, "", "", 900_000), refused: reasonReplayFormat},
		"a page nested to the brim":         {replay: snapshot(nested(`{"type":2,"id":7,"tagName":"p","attributes":{},"childNodes":[`, "", "]}", 200_000)), refused: reasonReplayFormat},
		"a short page nested to the brim":   {replay: snapshot(`[0,{},` + nested(`["p",{},`, `""`, "]", 1_000_000) + "]"), refused: reasonReplayFormat},
		"a short page that grows too large": {replay: snapshot(`[0,{},` + strings.TrimSuffix(strings.Repeat(`["p",{}],`, 1_500_000), ",") + "]"), refused: reasonReplayFormat},
		"added texts without end":           {replay: `[[1,0,0,[1,0,9,["p",{},` + strings.TrimSuffix(strings.Repeat(`"",`, 3_000_000), ",") + "]]]]", refused: reasonReplayFormat},
		"nothing but zeros":                 {replay: strings.Repeat("\x00", 16*mib), refused: reasonReplayFormat},
		"a number of a million digits":      {replay: `[{"type":3,"timestamp":` + strings.Repeat("9", mib) + `,"data":{}}]`, refused: reasonReplayFormat},
	} {
		t.Run(name, func(t *testing.T) {
			if c.signals == "" {
				c.signals = section("")
			}
			frame := newFrame(t, testHeader(), c.signals, c.replay, wire.CodecDeflateRaw)
			record := fetched(t, frame, testOrigin)
			took := allocated(func() {
				out, err := d.decode(record)
				var u *undecodable
				switch {
				case errors.As(err, &u) && u.reason == c.dead:
				case err != nil || c.dead != "":
					t.Errorf("%v, want it dead for %q", err, c.dead)
				case out.Refused != c.refused || out.Record.Chunk != nil || out.Record.Batch.ReplayState != store.ReplayRefused:
					t.Errorf("refused for %q, want %q", out.Refused, c.refused)
				}
			})
			if took > 160*mib { // ten times a replay section
				t.Errorf("took %d MiB", took/mib)
			}
			good := fetched(t, newFrame(t, testHeader(), section(everyKind), replaySection(testOrigin), wire.CodecGzip), testOrigin)
			if out, err := d.decode(good); err != nil || out.Refused != "" || out.Record.Chunk == nil {
				t.Errorf("the next frame: %v", err)
			}
		})
	}
}

// TestHostileValues: values that are valid JSON, or nearly, and mean nothing
// good. What is kept of them is in bounds and can be shown.
func TestHostileValues(t *testing.T) {
	signals := []string{
		`{"k":"event","t":1,"name":"\ud800 \udc00\u0000 \uffff","props":{"a":"\ud83d","\udfff":1}}`,
		`{"k":"event","t":1e308,"name":"late"}`, `{"k":"event","t":1e999,"name":"later"}`, `{"k":"event","t":-5,"name":"early"}`,
		`{"k":"event","t":99999999999,"name":"in three years"}`,
		`{"k":"visible","t":null,"on":1}`, `{"k":"visible","t":"1","on":1}`, `{"k":["visible"],"t":1}`, `{"t":1}`, `null`, `7`, `"x"`, `[]`,
		`{"k":"move","t":1,"vw":1,"vh":1,"dw":1,"dh":1,"cells":[` + strings.TrimSuffix(strings.Repeat("1,", 5000), ",") + `]}`,
		`{"k":"click","t":1,"el":"` + strings.Repeat("a", 100_000) + `","fx":9e9,"fy":-1,"x":1e300,"y":0,"vw":-1,"vh":0,"dw":0,"dh":0,"ptr":"x"}`,
		`{"k":"visible","t":2,"on":1}`,
	}
	for name, section := range map[string]string{
		"as they are":          section(strings.Join(signals, ",")),
		"with a clock of 1970": strings.Replace(section(strings.Join(signals, ",")), fmt.Sprint(testOrigin), "0", 1),
		"with a clock of 9999": strings.Replace(section(strings.Join(signals, ",")), fmt.Sprint(testOrigin), "253402300799000", 1),
	} {
		t.Run(name, func(t *testing.T) {
			out, err := testDecoder(t).decode(fetched(t, newFrame(t, testHeader(), section, "", wire.CodecNone), testOrigin))
			if err != nil {
				t.Fatal(err)
			}
			b := out.Record.Batch
			day := testHeader().Session.Day().Time().UnixMilli()
			if b.FirstAt < day-dayMS || b.LastAt >= day+3*dayMS || b.FirstAt > b.LastAt {
				t.Errorf("times %d … %d of day %d", b.FirstAt, b.LastAt, day)
			}
			kept := 0
			for _, e := range out.Record.Events {
				if !utf8.ValidString(e.Name) || !json.Valid([]byte(e.Data)) || !utf8.ValidString(e.Data) || len(e.Data) > 64<<10 {
					t.Errorf("kept of %s: %.200q %.200q", e.Kind, e.Name, e.Data)
				}
				if e.Kind == "visible" {
					kept++
				}
			}
			if kept != 1 {
				t.Errorf("%d of the good signals are kept, want the one at the end", kept)
			}
		})
	}
}

// TestTooManyViews: a batch brings in no more views and load times than one can have; what is left out is counted.
func TestTooManyViews(t *testing.T) {
	view := `{"k":"view","t":1,"url":"https://shop.example/","title":"","ref":"","nav":"load","lang":"de","tz":"","sw":1,"sh":1,"vw":1,"vh":1,"dw":1,"dh":1,"dpr":1}`
	signals := view + strings.Repeat(","+view, 99) + strings.Repeat(`,{"k":"load","t":2,"ms":3}`, 50) + strings.Repeat(`,{"k":"visible","t":3,"on":1}`, 100)
	record := fetched(t, newFrame(t, testHeader(), section(signals), "", wire.CodecDeflateRaw), testOrigin)
	out, err := testDecoder(t).decode(record)
	if err != nil {
		t.Fatal(err)
	}
	r, loads, others := out.Record, 0, 0
	for i := range r.Events {
		switch r.Events[i].Kind {
		case "load":
			loads++
		default:
			others++
		}
	}
	if len(r.Views) != maxViews || r.Batch.Views != maxViews || loads != maxViews || len(r.Hits) != 2*maxViews || others != 100 {
		t.Errorf("%d views (%d told), %d load times, %d hits, %d others", len(r.Views), r.Batch.Views, loads, len(r.Hits), others)
	}
	if last := r.Views[maxViews-1].Index; last != maxViews-1 {
		t.Errorf("the last view that is kept is number %d", last)
	}
	if want := 100 - maxViews + 50 - maxViews; out.Excess != want || out.Invalid != 0 {
		t.Errorf("%d are told to be too many, %d invalid; want %d, 0", out.Excess, out.Invalid, want)
	}
	m := newMetrics(nil)
	m.took(&out)
	if got := testutil.ToFloat64(m.dropped.WithLabelValues("excess")); got != float64(out.Excess) {
		t.Errorf("%v are counted", got)
	}
}
