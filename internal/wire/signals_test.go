package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func section(signals string) string {
	return `{"origin":1772366400000.5,"offset":-12.5,"view":2,"path":"/shop/#/tea","signals":[` + signals + `]}`
}

// every is one valid signal of each kind, optional members included.
const every = `
{"k":"view","t":0,"url":"https://shop.example/a","title":"Tea \"pot\"","ref":"","nav":"load","lang":"de-CH","tz":"Europe/Zurich","sw":1920,"sh":1080,"vw":1440.4,"vh":900,"dw":1440,"dh":4000,"dpr":2.5,"hints":{"browser":"Chromium","browser_version":"156","os":"Linux","os_version":"","mobile":true}},
{"k":"load","t":812.3,"ms":812.3,"ttfb":0,"fcp":300.25},
{"k":"click","t":1000,"el":"main > button.buy:nth-of-type(2)","fx":0.25,"fy":1,"x":700.5,"y":-3,"vw":1440,"vh":900,"dw":1440,"dh":4000,"fixed":1,"sx":10,"sy":20,"ptr":"touch","able":1},
{"k":"move","t":1100,"vw":1440,"vh":900,"dw":1440,"dh":4000,"cells":[1,2,30,4,5,60]},
{"k":"scroll","t":1200,"y":100,"max":1000,"vw":1440,"vh":900,"dh":4000},
{"k":"typing","t":1300,"el":"#search","n":12,"ms":3400},
{"k":"error","t":1400,"msg":"x is not a function","type":"error","stack":"at a","src":"/a.js","line":3,"col":9},
{"k":"event","t":1500,"name":"added","props":{"price":3.5,"gift":true,"sku":"a"}},
{"k":"identify","t":1600,"id":"u1","traits":{"plan":"pro"}},
{"k":"set","t":1700,"props":{"ab":"b"}},
{"k":"consent","t":1800,"state":"granted","version":"3","key":"abcd"},
{"k":"visible","t":1900,"on":0},
{"k":"gap","t":2000,"reason":"budget","to":2500},
{"k":"dead","t":3500,"of":1000},
{"k":"attention","t":3600,"vw":1440,"vh":900,"dh":4000,"h":100,"bands":[0,1200,7,30000]},
{"k":"field","t":3700,"el":"input#name","form":"form#order","ms":2000.5,"wait":1500,"n":5,"refills":1,"filled":1,"left":"submit"},
{"k":"submit","t":3701,"el":"form#order","n":3},
{"k":"vital","t":3800,"name":"CLS","value":0.0421,"rating":"good"}`

// hinted is a view whose hints list brands, as trackers send them.
const hinted = `{"k":"view","t":0,"url":"https://shop.example/a","title":"","ref":"","nav":"spa","lang":"","tz":"","sw":1,"sh":1,"vw":1,"vh":1,"dw":1,"dh":1,"dpr":1,` +
	`"hints":{"brands":[["Not:A-Brand","8.0.0.0"],["Google Chrome","156.0.1.2"]],"os":"Windows","os_version":"15.0.0","mobile":false}}`

func decode(t testing.TB, text string) *Signals {
	t.Helper()
	s, raw := new(Signals), []byte(text)
	if err := s.Decode(raw); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	clear(raw) // its memory is its owner's to use again
	clear(s.resolved)
	return s
}

func TestDecodeEveryKind(t *testing.T) {
	got := decode(t, section(every))
	want := &Signals{
		Origin: 1772366400000.5, Offset: -12.5, HasOffset: true, View: 2, Path: "/shop/#/tea", Count: 18,
		Views: []View{{At: At{0, 0}, URL: "https://shop.example/a", Title: `Tea "pot"`, Nav: "load", Language: "de-CH",
			TimeZone: "Europe/Zurich", ScreenW: 1920, ScreenH: 1080, ViewportW: 1440, ViewportH: 900, DocumentW: 1440,
			DocumentH: 4000, DPR: 2.5, HasHints: true, Browser: "Chromium", BrowserVersion: "156", OS: "Linux", Mobile: true}},
		Loads: []Load{{At: At{1, 812.3}, MS: 812.3, TTFB: OptionalMS{0, true}, FCP: OptionalMS{300.25, true}}},
		Clicks: []Click{{At: At{2, 1000}, Selector: "main > button.buy:nth-of-type(2)", FX: 0.25, FY: 1, X: 701, Y: -3,
			ViewportW: 1440, ViewportH: 900, DocumentW: 1440, DocumentH: 4000, Fixed: true, ScrollX: 10, ScrollY: 20, Pointer: "touch", Able: true}},
		Moves: []Move{{At: At{3, 1100}, ViewportW: 1440, ViewportH: 900, DocumentW: 1440, DocumentH: 4000,
			Cells: []Cell{{1, 2, 30}, {4, 5, 60}}}},
		Scrolls:    []Scroll{{At: At{4, 1200}, Y: 100, Max: 1000, ViewportW: 1440, ViewportH: 900, DocumentH: 4000}},
		Typings:    []Typing{{At: At{5, 1300}, Selector: "#search", Keys: 12, MS: 3400}},
		Errors:     []ScriptError{{At: At{6, 1400}, Message: "x is not a function", Type: "error", Stack: "at a", Source: "/a.js", Line: 3, Col: 9}},
		Events:     []Event{{At: At{7, 1500}, Name: "added", Props: `{"price":3.5,"gift":true,"sku":"a"}`}},
		Identifies: []Identify{{At: At{8, 1600}, ID: "u1", Traits: `{"plan":"pro"}`}},
		Sets:       []Set{{At: At{9, 1700}, Props: `{"ab":"b"}`}},
		Consents:   []Consent{{At: At{10, 1800}, State: "granted", Version: "3", Key: "abcd"}},
		Visibles:   []Visible{{At: At{11, 1900}}},
		Gaps:       []Gap{{At: At{12, 2000}, Reason: "budget", To: 2500}},
		Deads:      []Dead{{At: At{13, 3500}, Of: 1000}},
		Attentions: []Attention{{At: At{14, 3600}, ViewportW: 1440, ViewportH: 900, DocumentH: 4000, Height: 100, Bands: []BandTime{{0, 1200}, {7, 30000}}}},
		Fields: []Field{{At: At{15, 3700}, Selector: "input#name", Form: "form#order", MS: 2000.5, Wait: OptionalMS{1500, true},
			Changes: 5, Refills: 1, Filled: true, Left: "submit"}},
		Submits: []Submit{{At: At{16, 3701}, Selector: "form#order", Fields: 3}},
		Vitals:  []Vital{{At: At{17, 3800}, Name: "CLS", Value: 0.0421, Rating: "good"}},
	}
	got.cells, got.bands, got.texts, got.resolved = nil, nil, texts{}, nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestDecodeBrands(t *testing.T) {
	s := decode(t, section(hinted))
	want := []Brand{{"Not:A-Brand", "8.0.0.0"}, {"Google Chrome", "156.0.1.2"}}
	if s.Invalid+s.UnknownMembers != 0 || len(s.Views) != 1 || !reflect.DeepEqual(s.Views[0].Brands, want) ||
		s.Views[0].OS != "Windows" || s.Views[0].OSVersion != "15.0.0" || s.Views[0].Browser != "" {
		t.Errorf("%+v", s)
	}
}

// One bad signal is dropped and counted; its neighbours keep their index.
func TestInvalidSignals(t *testing.T) {
	const click = `"el":"a","fx":0,"fy":0,"x":1,"y":1,"vw":1,"vh":1,"dw":1,"dh":1,"ptr":"pen"`
	const move = `"vw":1,"vh":1,"dw":1,"dh":1`
	bad := map[string]string{
		"no object":             `7`,
		"no kind":               `{"t":1}`,
		"kind is no text":       `{"k":1,"t":1}`,
		"no time":               `{"k":"set","props":{}}`,
		"time null":             `{"k":"set","t":null,"props":{}}`,
		"time negative":         `{"k":"set","t":-0.1,"props":{}}`,
		"time far":              `{"k":"set","t":1e12,"props":{}}`,
		"time is text":          `{"k":"set","t":"1","props":{}}`,
		"member missing":        `{"k":"click","t":1,"el":"a"}`,
		"member null":           `{"k":"click","t":1,` + strings.Replace(click, `"x":1`, `"x":null`, 1) + `}`,
		"outside the box":       `{"k":"click","t":1,` + strings.Replace(click, `"fx":0`, `"fx":1.01`, 1) + `}`,
		"empty selector":        `{"k":"click","t":1,` + strings.Replace(click, `"el":"a"`, `"el":""`, 1) + `}`,
		"long selector":         `{"k":"click","t":1,` + strings.Replace(click, `"el":"a"`, `"el":"`+strings.Repeat("a", 513)+`"`, 1) + `}`,
		"pointer unknown":       `{"k":"click","t":1,` + strings.Replace(click, `pen`, `foot`, 1) + `}`,
		"viewport too wide":     `{"k":"click","t":1,` + strings.Replace(click, `"vw":1`, `"vw":65536`, 1) + `}`,
		"optional out of range": `{"k":"click","t":1,` + click + `,"fixed":2}`,
		"optional wrong type":   `{"k":"click","t":1,` + click + `,"sx":[1]}`,
		"scroll without width":  `{"k":"scroll","t":1,"y":1,"max":1,"vh":1,"dh":1}`,
		"half a triple":         `{"k":"move","t":1,` + move + `,"cells":[1,2]}`,
		"triple with null":      `{"k":"move","t":1,` + move + `,"cells":[1,2,null]}`,
		"negative cell":         `{"k":"move","t":1,` + move + `,"cells":[1,-2,3]}`,
		"cells no array":        `{"k":"move","t":1,` + move + `,"cells":{"a":[1]}}`,
		"too many cells":        `{"k":"move","t":1,` + move + `,"cells":[` + strings.TrimSuffix(strings.Repeat("1,2,3,", 301), ",") + `]}`,
		"props no object":       `{"k":"set","t":1,"props":[1]}`,
		"props nested":          `{"k":"set","t":1,"props":{"a":{}}}`,
		"event without name":    `{"k":"event","t":1,"name":""}`,
		"event long name":       `{"k":"event","t":1,"name":"` + strings.Repeat("ä", 129) + `"}`,
		"traits nested":         `{"k":"identify","t":1,"id":"a","traits":{"a":[]}}`,
		"visible 2":             `{"k":"visible","t":1,"on":2}`,
		"gap backwards":         `{"k":"gap","t":5,"reason":"paused","to":4}`,
		"gap reason":            `{"k":"gap","t":5,"reason":"tired","to":6}`,
		"keys with fraction":    `{"k":"typing","t":1,"el":"a","n":1.5,"ms":1}`,
		"hints no object":       `{"k":"view","t":0,"hints":3}`,
		"brands no pairs":       strings.Replace(hinted, `["Google Chrome","156.0.1.2"]`, `["Google Chrome"]`, 1),
		"brand of three":        strings.Replace(hinted, `"156.0.1.2"`, `"156.0.1.2",""`, 1),
		"brand of numbers":      strings.Replace(hinted, `"156.0.1.2"`, `156`, 1),
		"brand no array":        strings.Replace(hinted, `["Google Chrome","156.0.1.2"]`, `"Chrome"`, 1),
		"too many brands":       strings.Replace(hinted, `["Google Chrome"`, strings.Repeat(`["a","1"],`, 15)+`["Google Chrome"`, 1),
		"dead before its click": `{"k":"dead","t":5,"of":6}`,
		"dead of nothing":       `{"k":"dead","t":5}`,
		"half a pair":           `{"k":"attention","t":1,"vw":1,"vh":1,"dh":1,"h":100,"bands":[1]}`,
		"bands of no height":    `{"k":"attention","t":1,"vw":1,"vh":1,"dh":1,"h":0,"bands":[1,2]}`,
		"negative band":         `{"k":"attention","t":1,"vw":1,"vh":1,"dh":1,"h":100,"bands":[-1,2]}`,
		"a week in a band":      `{"k":"attention","t":1,"vw":1,"vh":1,"dh":1,"h":100,"bands":[1,604800001]}`,
		"too many bands":        `{"k":"attention","t":1,"vw":1,"vh":1,"dh":1,"h":100,"bands":[` + strings.TrimSuffix(strings.Repeat("1,2,", 301), ",") + `]}`,
		"field without element": `{"k":"field","t":1,"ms":1,"n":1,"refills":0,"filled":0,"left":"blur"}`,
		"field left otherwise":  `{"k":"field","t":1,"el":"a","ms":1,"n":1,"refills":0,"filled":0,"left":"bored"}`,
		"submit without number": `{"k":"submit","t":1,"el":"a"}`,
		"vital unknown":         `{"k":"vital","t":1,"name":"FID","value":1,"rating":"good"}`,
		"vital without value":   `{"k":"vital","t":1,"name":"LCP","value":null,"rating":"good"}`,
		"rating unknown":        `{"k":"vital","t":1,"name":"LCP","value":1,"rating":"fine"}`,
	}
	for name, signal := range bad {
		t.Run(name, func(t *testing.T) {
			s := decode(t, section(signal+`,{"k":"visible","t":3,"on":true}`))
			if s.Invalid != 1 || s.Count != 2 || len(s.Visibles) != 1 || s.Visibles[0].Index != 1 {
				t.Errorf("invalid %d, count %d, kept %+v", s.Invalid, s.Count, s.Visibles)
			}
			if kept := countKept(s); kept != 1 {
				t.Errorf("the bad signal was kept: %+v", s)
			}
		})
	}
}

func TestUnknownIsIgnoredAndCounted(t *testing.T) {
	s := decode(t, `{"later":[{}],"signals":[{"new":{"a":[1,"]"]},"t":1,"k":"hover"},{"on":1,"x":"\u0000","t":2,"k":"visible"}],"path":"/","view":0,"origin":1}`)
	if s.UnknownKinds != 1 || s.UnknownMembers != 2 || s.Invalid != 0 {
		t.Errorf("%+v", s)
	}
	if len(s.Visibles) != 1 || s.Visibles[0] != (Visible{At{1, 2}, true}) || s.HasOffset {
		t.Errorf("%+v", s)
	}
}

func TestMalformedSections(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat(`{"k":"x"},`, MaxSignalCount+1), ",")
	for name, text := range map[string]string{
		"nothing": ``, "array": `[]`, "cut": section(every)[:900], "tail": section(``) + `x`, "NUL tail": section(``) + "\x00",
		"no origin":          `{"view":0,"path":"/","signals":[]}`,
		"no view":            `{"origin":1,"path":"/","signals":[]}`,
		"no path":            `{"origin":1,"view":0,"signals":[]}`,
		"no signals":         `{"origin":1,"view":0,"path":"/"}`,
		"signals twice":      `{"origin":1,"view":0,"path":"/","signals":[],"signals":[]}`,
		"signals no array":   `{"origin":1,"view":0,"path":"/","signals":{}}`,
		"view negative":      `{"origin":1,"view":-1,"path":"/","signals":[]}`,
		"view with fraction": `{"origin":1,"view":0.5,"path":"/","signals":[]}`,
		"bad before signals": `{"origin":-1,"view":0,"path":"/","signals":[]}`,
		"path relative":      `{"origin":1,"view":0,"path":"a","signals":[]}`,
		"path too long":      `{"origin":1,"view":0,"path":"/` + strings.Repeat("ä", MaxPath) + `","signals":[]}`,
		"offset no number":   `{"origin":1,"offset":"1","view":0,"path":"/","signals":[]}`,
		"too many signals":   section(many),
		"no UTF-8":           section("") + "\xff",
		"comma":              section(`{"k":"visible","t":1,"on":1},`),
		"deep":               section(`{"k":"x","a":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`),
		"too long":           section(strings.Repeat(" ", MaxSignals)),
	} {
		if err := new(Signals).Decode([]byte(text)); !errors.Is(err, ErrSignals) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Numbers and texts must come out as encoding/json reads them.
func TestScannerAgreesWithEncodingJSON(t *testing.T) {
	for _, number := range []string{"0", "-0", "1", "0.1", "-12.5", "1772366400000.5", "123456789012345", "1234567890123456789",
		"0.30000000000000004", "1e3", "1E-7", "2.5e+2", "9007199254740993", "0.000000000000000000000001", "1e308", "4.9e-324"} {
		var want float64
		if err := json.Unmarshal([]byte(number), &want); err != nil {
			t.Fatal(err)
		}
		sc := scanner{s: number}
		if got, ok := sc.number(); !ok || got != want || sc.pos != len(number) {
			t.Errorf("%s: %v %v", number, got, ok)
		}
	}
	for _, number := range []string{"01", "-", "1.", ".5", "1e", "1e+", "+1", "1e999", "0x1", "NaN"} {
		sc := scanner{s: number}
		if f, ok := sc.number(); ok && !sc.bad && sc.pos == len(number) {
			t.Errorf("%s passes as %v", number, f)
		}
	}
	for _, text := range []string{`""`, `"a"`, `"\"\\\/\b\f\n\r\t"`, `"\u00e4\u20AC"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ud83dx"`,
		`"\ud83d\u0041"`, `"\ude00\ud83d"`, `"ä€😀"`, `"\ud83d\ud83d\ude00"`} {
		var want string
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(err)
		}
		sc := scanner{s: text}
		if got, ok := sc.text(); !ok || got != want || sc.pos != len(text) {
			t.Errorf("%s: %q %v, want %q", text, got, ok, want)
		}
	}
	for _, text := range []string{`"`, `"\`, `"\x"`, `"\u12"`, `"\u12g4"`, "\"\n\"", "\"\\n\n\"", `'a'`} {
		sc := scanner{s: text}
		if got, ok := sc.text(); ok {
			t.Errorf("%s passes as %q", text, got)
		}
	}
}

// Decoding into the same value again leaves nothing of the section before.
func TestDecodeAgain(t *testing.T) {
	s := decode(t, section(every))
	if err := s.Decode([]byte(section(`{"k":"visible","t":1,"on":1}`))); err != nil {
		t.Fatal(err)
	}
	if s.Count != 1 || len(s.Views)+len(s.Clicks)+len(s.Moves)+len(s.Gaps) != 0 || len(s.Visibles) != 1 {
		t.Errorf("%+v", s)
	}
	if err := s.Decode([]byte(section(every))); err != nil || s.Moves[0].Cells[1] != (Cell{4, 5, 60}) || s.Loads[0].DCL.Known {
		t.Errorf("%v: %+v", err, s)
	}
}

// mouseSection is what a moving mouse makes in two seconds, at its largest.
func mouseSection() []byte {
	var cells strings.Builder
	for i := range MaxCells {
		fmt.Fprintf(&cells, ",%d,%d,%d", i%90, i/4, 16+i%200)
	}
	move := `{"k":"move","t":1100.5,"vw":1440,"vh":900,"dw":1440,"dh":4000,"cells":[` + cells.String()[1:] + `]}`
	return []byte(section(every + "," + move))
}

func BenchmarkDecode(b *testing.B) {
	raw := mouseSection()
	b.Run("wire", func(b *testing.B) {
		s := new(Signals)
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			if err := s.Decode(raw); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			var out any
			if err := json.Unmarshal(raw, &out); err != nil {
				b.Fatal(err)
			}
		}
	})
}
