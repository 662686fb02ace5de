package rrweb

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEvents(t *testing.T) {
	section := []byte(` [ {"type":4,"data":{"href":"https://a.example/\u002fx","width":390,"height":844.5},"timestamp":1700000000000},
		{"timestamp":1700000000001.4,"data":{"node":{"type":0}},"type":2,"delay":3}, {"type":0,"timestamp":5} ] `)
	got, err := read(section, enough)
	if err != nil {
		t.Fatal(err)
	}
	want := []Event{
		{Type: 4, Timestamp: 1700000000000, Data: []byte(`{"href":"https://a.example/\u002fx","width":390,"height":844.5}`), Start: 1, Size: 107, From: 3, To: 110},
		{Type: 2, Timestamp: 1700000000001, Data: []byte(`{"node":{"type":0}}`), Start: 109, Size: 75, From: 114, To: 189},
		{Type: 0, Timestamp: 5, Start: 185, Size: 24, From: 191, To: 215},
	}
	if diff := cmp.Diff(want, got.Events); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Meta{Href: "https://a.example//x", Width: 390, Height: 844.5}, got.Events[0].Meta()); diff != "" {
		t.Error(diff)
	}
}

func TestEventsRefused(t *testing.T) {
	deep := strings.Repeat("[", 3000) + strings.Repeat("]", 3000)
	for name, section := range map[string]string{
		"nothing": "", "no array": `{"type":1}`, "null": "null", "no event": `[1]`, "cut": `[{"type":3,"timestamp":1`,
		"a tail": `[] x`, "trailing comma": `[{"type":1,"timestamp":1},]`, "no type": `[{"timestamp":1}]`, "no timestamp": `[{"type":1}]`,
		"type 9": `[{"type":9,"timestamp":1}]`, "half a type": `[{"type":1.5,"timestamp":1}]`, "negative time": `[{"type":1,"timestamp":-1}]`,
		"too deep": `[{"type":1,"timestamp":1,"data":` + deep + `}]`, "no UTF-8": "[{\"type\":1,\"timestamp\":1,\"data\":\"\xff\"}]",
		"raw newline": "[{\"type\":1,\"timestamp\":1,\"data\":\"\n\"}]", "bad escape": `[{"type":1,"timestamp":1,"data":"\x"}]`,
		"leading zero": `[{"type":1,"timestamp":01}]`, "bare word": `[{"type":1,"timestamp":1,"data":nul}]`,
	} {
		if _, err := read([]byte(section), enough); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v, want ErrMalformed", name, err)
		}
	}
}

// read reads a section by itself, so that what it gives stays, and holds that to
// measure it tells the same.
func read(section []byte, limit int) (Section, error) {
	var r, m Reader
	got, err := r.Read(section, limit)
	measured, errMeasured := m.Measure(section, limit)
	if !errors.Is(errMeasured, err) {
		panic(fmt.Sprintf("read: %v; measured: %v: %s", err, errMeasured, section))
	}
	if difference := unlike(got, measured); err == nil && difference != "" {
		panic(fmt.Sprintf("measured, %s differ: %s", difference, section))
	}
	return got, err
}

// unlike names what a section that was measured has otherwise than one that was read.
func unlike(read, measured Section) string {
	if read.Size != len(read.Text) || measured.Size != read.Size || measured.Text != nil || len(measured.Events) != len(read.Events) {
		return "sizes"
	}
	for i, m := range measured.Events {
		e := read.Events[i]
		if e.Type == TypeMeta || e.Type == TypeCustom {
			if !bytes.Equal(e.Data, m.Data) {
				return "data"
			}
		}
		if e.Data, m.Data = nil, nil; !reflect.DeepEqual(e, m) {
			return "events"
		}
	}
	if !reflect.DeepEqual(read.Fields, measured.Fields) {
		return "fields"
	}
	return ""
}

func FuzzEvents(f *testing.F) {
	f.Add([]byte(`[]`))
	f.Add([]byte(`[{"type":2,"timestamp":1,"data":{"node":{"type":2,"id":3,"tagName":"input","attributes":{"type":"password","value":"x"},"childNodes":[{"type":3}]}}}]`))
	f.Add([]byte(`[{"type":3,"timestamp":1e3,"data":{"source":5,"text":"\ud83d\ude00\"","id":-2.5}}]`))
	f.Add([]byte(`[{"type":3,"timestamp":1,"data":{"source":0,"adds":[{"node":{"type":2,"id":1}}],"attributes":[{"id":4,"attributes":{"value":7}}]}}]`))
	f.Add([]byte(`[{"type":5,"timestamp":1,"data":{"tag":"hindsight.css","payload":{"id":"0a1b2c3d","rules":["a { b: \"c\" }",""]}}}]`))
	f.Add([]byte(`[{"type":5,"timestamp":1,"data":{"payload":{"rules":[null],"id":7},"tag":"hindsight.css"}},{"type":5,"timestamp":1,"data":"hindsight.css"}]`))
	f.Fuzz(func(t *testing.T, section []byte) {
		got, err := read(section, enough)
		if err != nil {
			return
		}
		events := got.Events
		if !json.Valid(section) || !json.Valid(got.Text) {
			t.Fatalf("taken, but no JSON: %q", section)
		}
		for _, field := range got.Fields {
			if field.Kind == FieldUnreadable {
				t.Fatalf("checked but cannot be walked: %q", section)
			}
		}
		var theirs []struct{ Type, Timestamp float64 }
		if json.Unmarshal(section, &theirs) == nil && len(theirs) != len(events) {
			t.Fatalf("%d events, encoding/json finds %d", len(events), len(theirs))
		}
		for i := range events {
			events[i].Meta()
			if own := got.Text[events[i].Start : events[i].Start+events[i].Size]; own[0] != '{' || !json.Valid(own) {
				t.Fatalf("event %d is not %q", i, own)
			}
			compareSheet(t, &events[i])
		}
	})
}

// compareSheet holds Sheet against encoding/json.
func compareSheet(t *testing.T, e *Event) {
	t.Helper()
	got, defines, ok := e.Sheet()
	if ok && (!defines || !SheetID(got.ID)) {
		t.Fatalf("a definition of %q that is none: %s", got.ID, e.Data)
	}
	var theirs struct {
		Tag     any
		Payload *struct {
			ID    any
			Rules []*string
		}
	}
	// Names that differ in case only are the same to encoding/json.
	if bytes.Count(bytes.ToLower(e.Data), []byte(`"tag"`)) != 1 || bytes.Contains(e.Data, []byte(`\u`)) ||
		bytes.Count(bytes.ToLower(e.Data), []byte(`"payload"`)) > 1 || bytes.Count(bytes.ToLower(e.Data), []byte(`"rules"`)) > 1 ||
		bytes.Count(bytes.ToLower(e.Data), []byte(`"id"`)) > 1 || !bytes.Equal(e.Data, bytes.ToLower(e.Data)) || json.Unmarshal(e.Data, &theirs) != nil {
		return
	}
	if defines != (e.Type == TypeCustom && theirs.Tag == SheetTag) {
		t.Fatalf("defines is %v: %s", defines, e.Data)
	}
	if !ok {
		return
	}
	if theirs.Payload == nil || theirs.Payload.ID != got.ID || len(theirs.Payload.Rules) != len(got.Rules) {
		t.Fatalf("%+v of %s", got, e.Data)
	}
	for i, rule := range theirs.Payload.Rules {
		if rule == nil || *rule != got.Rules[i] {
			t.Fatalf("rule %d is %q: %s", i, got.Rules[i], e.Data)
		}
	}
}

// TestTold: of a page without fields that a visitor writes into nothing is told
// but its options.
func TestTold(t *testing.T) {
	got, err := read([]byte(`[{"type":2,"timestamp":1,"data":{"node":{"type":0,"childNodes":[{"type":2,"tagName":"html","attributes":{},"childNodes":[
		{"type":2,"tagName":"p","attributes":{},"childNodes":[{"type":3,"textContent":"tea","id":4}],"id":3},
		{"type":2,"tagName":"select","attributes":{},"childNodes":[{"type":2,"tagName":"option","attributes":{},"childNodes":[{"type":3,"textContent":"tea","id":7}],"id":6}],"id":5}],"id":2}],"id":1}}}]`), enough)
	want := []Field{{Kind: FieldElement, ID: 6, Parent: 5, Choice: true}}
	if err != nil || !reflect.DeepEqual(got.Fields, want) {
		t.Errorf("%v: %+v, want %+v", err, got.Fields, want)
	}
}

// TestDeepTree: a tree of a thousand levels is walked to its end.
func TestDeepTree(t *testing.T) {
	const depth = 1000
	var b strings.Builder
	b.WriteString(`[{"type":2,"timestamp":1,"data":{"node":`)
	for range depth {
		b.WriteString(`{"type":2,"tagName":"div","attributes":{"value":"x"},"childNodes":[`)
	}
	for i := range depth {
		if i > 0 {
			b.WriteString(`],"id":1}`)
		} else {
			b.WriteString(`{"type":3}],"id":1}`)
		}
	}
	b.WriteString(`}}]`)
	got, err := read([]byte(b.String()), enough)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Fields) != depth || got.Fields[0].Kind != FieldElement {
		t.Fatalf("%d of %d elements", len(got.Fields), depth)
	}
}
