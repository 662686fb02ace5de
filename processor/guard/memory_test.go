package guard

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"hindsight/internal/rrweb"
)

func TestMemoryIsBounded(t *testing.T) {
	g := New()
	field := told(t, `[{"type":3,"timestamp":1,"data":{"source":0,"attributes":[{"id":7,"attributes":{"type":"password"}}]}}]`)
	for i := range 3 * maxDocuments {
		g.Check(Document{Document: [16]byte{byte(i), byte(i >> 8), byte(i >> 16)}}, 1, field)
	}
	if n := len(g.documents) + len(g.previous); n > 2*maxDocuments {
		t.Errorf("%d documents in memory, want at most %d", n, 2*maxDocuments)
	}
}

// TestEntriesAreBounded: documents of many fields take no more memory than others
// do; what is forgotten of them is known as lost, so that it is asked for again.
func TestEntriesAreBounded(t *testing.T) {
	var protected, around strings.Builder
	for i := range MaxFields {
		fmt.Fprintf(&protected, `,{"id":%d,"attributes":{"type":"password"}}`, 10+i)
		fmt.Fprintf(&around, `,{"type":2,"tagName":"textarea","attributes":{},"childNodes":[],"id":%d}`, 10+i)
	}
	inUse := func() uint64 {
		var s runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	for name, sections := range map[string][]string{
		"protected":            {changes(`"attributes":[` + protected.String()[1:] + `]`)},
		"written into":         {snapshot(around.String()[1:])},
		"written into no more": {snapshot(around.String()[1:]), snapshot(strings.ReplaceAll(around.String()[1:], "textarea", "p"))},
	} {
		t.Run(name, func(t *testing.T) {
			var lists [][]rrweb.Field
			for _, s := range sections {
				lists = append(lists, told(t, s))
			}
			g := New()
			doc := func(n int) Document { return Document{Document: [16]byte{byte(n), byte(n >> 8)}} }
			before := inUse()
			const documents = 4 * maxEntries / MaxFields
			for n := range documents {
				for sequence, list := range lists {
					g.Check(doc(n), uint32(sequence), list)
				}
			}
			took := int64(inUse()) - int64(before) // #nosec G115
			t.Logf("%d of %d documents known, %d bytes", len(g.documents)+len(g.previous), documents, took)
			if most := int64(2 * maxEntries * 100); took > most {
				t.Errorf("%d bytes, want at most %d", took, most)
			}
			if n := len(g.documents) + len(g.previous); n < maxEntries/MaxFields || n > 2*maxEntries/MaxFields {
				t.Errorf("%d documents are known", n)
			}
			if last := doc(documents - 1); !g.Knows(last) {
				t.Error("the last document is not known")
			}
			if g.Knows(doc(0)) || g.Lost(doc(0)) != (name == "protected") {
				t.Errorf("the first document: known %t, lost %t", g.Knows(doc(0)), g.Lost(doc(0)))
			}
			runtime.KeepAlive(g)
		})
	}
}

// TestLate: a section that is the first to show a field is late where one of a
// higher sequence was judged, or may have been.
func TestLate(t *testing.T) {
	field := told(t, snapshot(`{"type":2,"tagName":"input","attributes":{"type":"password"},"childNodes":[],"id":7}`))
	tea := told(t, incremental(`{"source":5,"text":"tea","id":9}`))
	type section struct {
		sequence uint32
		list     []rrweb.Field
		want     bool
	}
	for name, sections := range map[string][]section{
		"in order":               {{1, field, false}, {2, tea, false}, {3, field, false}},
		"after another":          {{2, tea, false}, {1, field, true}, {3, tea, false}},
		"shown by another":       {{2, field, false}, {1, field, true}, {2, field, false}},
		"known of before":        {{1, field, false}, {3, tea, false}, {2, field, false}},
		"again":                  {{1, field, false}, {2, tea, false}, {1, field, true}},
		"what shows nothing":     {{2, field, false}, {1, tea, false}},
		"nothing after it known": {{2, tea, false}, {3, field, false}},
	} {
		g, doc := New(), Document{Site: "s"}
		for i, s := range sections {
			if got := g.Check(doc, s.sequence, s.list).Late; got != s.want {
				t.Errorf("%s, section %d: late %t", name, i+1, got)
			}
		}
	}
	g, doc := New(), Document{Site: "s"}
	g.Learn(doc, map[int64]uint32{7: 1})
	if g.Check(doc, 4, tea).Late || g.Check(doc, 5, field).Late || !g.Check(doc, 1, field).Late {
		t.Error("of what was learnt, only the first that shows a field may be late")
	}
}

// TestDisorder: a document of which too much comes late is refused as a whole, and
// is not to be judged again each time; one that is only read again is not.
func TestDisorder(t *testing.T) {
	field := func(id int) []rrweb.Field {
		return told(t, snapshot(fmt.Sprintf(`{"type":2,"tagName":"input","attributes":{"type":"password"},"childNodes":[],"id":%d}`, id)))
	}
	tea := told(t, incremental(`{"source":5,"text":"tea","id":9999}`))
	g, wild, calm := New(), Document{Site: "wild"}, Document{Site: "calm"}
	g.Check(wild, 500, tea)
	for n := 1; n < maxLate; n++ {
		if got := g.Check(wild, uint32(n), field(n)); got.Reason != "" || !got.Late {
			t.Fatalf("late section %d: %+v", n, got)
		}
		if reason := g.Reason(wild, 500, tea); reason != "" { // judging again counts nothing
			t.Fatalf("after late section %d the first is refused as %s", n, reason)
		}
	}
	if got := g.Check(wild, 200, field(200)); got.Reason != ReasonDisorder || !got.Late || len(got.Shown) != 1 {
		t.Errorf("the last that may come late: %+v, want all that is stored doubtful", got)
	}
	if reason := g.Reason(wild, 500, tea); reason != ReasonDisorder {
		t.Errorf("what is stored of it: %q", reason)
	}
	for _, n := range []uint32{201, 500, 501} {
		if got := g.Check(wild, n, field(int(n))); got.Reason != ReasonDisorder || got.Late {
			t.Errorf("section %d of a document in disorder: %+v", n, got)
		}
	}
	for n := 1; n <= 3*maxLate; n++ { // in order, and all known only from Learn
		g.Learn(calm, map[int64]uint32{1: 1})
		if got := g.Check(calm, uint32(n), field(n)); got.Reason != "" {
			t.Fatalf("section %d of an orderly document: %+v", n, got)
		}
	}
}

// TestLearn: what the guard is told counts as what it saw, and what it forgets
// it asks for.
func TestLearn(t *testing.T) {
	g, doc := New(), Document{Site: "s"}
	typed := told(t, incremental(`{"source":5,"text":"tea","id":7}`))
	if g.Knows(doc) {
		t.Error("a new guard knows a document")
	}
	g.Learn(doc, map[int64]uint32{7: 3})
	for sequence, want := range map[uint32]string{2: "", 3: ReasonInput, 4: ReasonInput} {
		if got := g.Check(doc, sequence, typed).Reason; got != want {
			t.Errorf("sequence %d: %q, want %q", sequence, got, want)
		}
	}
	other := Document{Site: "s", Document: [16]byte{1}}
	g.Learn(other, nil)
	if got := g.Check(other, 9, typed).Reason; got != "" || !g.Knows(other) {
		t.Errorf("a document without protected fields: %q", got)
	}
	g.Forget()
	if g.Knows(doc) || g.Knows(other) {
		t.Error("a guard that forgot everything knows a document")
	}
}

// TestLost: a document with fields that the guard forgot is named, one without
// needs no name, and Forget forgets the names.
func TestLost(t *testing.T) {
	g := New()
	doc := func(n int) Document {
		return Document{Site: "a", Document: [16]byte{byte(n), byte(n >> 8), byte(n >> 16)}}
	}
	g.Learn(doc(0), map[int64]uint32{7: 1})
	g.Learn(doc(1), nil)
	for n := range 2*maxDocuments + 2 {
		if g.Knows(doc(0)) && g.Lost(doc(0)) {
			t.Fatal("what the guard knows is told as lost")
		}
		g.Learn(doc(n+2), nil)
	}
	if g.Knows(doc(0)) || !g.Lost(doc(0)) || g.Lost(doc(1)) || g.Worn() {
		t.Errorf("known %t, lost %t and %t, worn %t, want the first lost", g.Knows(doc(0)), g.Lost(doc(0)), g.Lost(doc(1)), g.Worn())
	}
	for n := range 3*maxDocuments + maxLost {
		g.Learn(doc(n), map[int64]uint32{7: 1})
	}
	if !g.Worn() {
		t.Error("the names of what was forgotten grow without end")
	}
	if g.Forget(); g.Lost(doc(0)) || g.Worn() {
		t.Error("the guard remembers what it forgot")
	}
}
