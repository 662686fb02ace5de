package guard

import (
	"fmt"
	"slices"
	"testing"

	"hindsight/internal/rrweb"
)

// told is what a section tells of fields.
func told(t *testing.T, section string) []rrweb.Field {
	t.Helper()
	var r rrweb.Reader // one for each: what it gives holds until it reads again
	got, err := r.Read([]byte(section), 1<<20)
	if err != nil {
		t.Fatalf("%v: %s", err, section)
	}
	return got.Fields
}

func snapshot(node string) string {
	return `[{"type":2,"timestamp":1,"data":{"node":{"type":0,"childNodes":[{"type":2,"tagName":"form","attributes":{},"childNodes":[` + node + `],"id":2}],"id":1},"initialOffset":{}}}]`
}

func incremental(data string) string {
	return `[{"type":3,"timestamp":2,"data":` + data + `}]`
}

func TestCheck(t *testing.T) {
	const field = `{"type":2,"tagName":"input","attributes":{"type":"password"},"childNodes":[],"id":7}`
	for _, c := range []struct {
		name     string
		sections []string // of one document, the last is judged
		want     string
	}{
		{"a password field without value", []string{snapshot(field)}, ""},
		{"masked by a star for each letter", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"type":"password","value":"*******"},"id":7}`)}, ReasonValue},
		{"typing, masked by a bullet for each letter", []string{snapshot(field), incremental(`{"source":5,"text":"••••","isChecked":false,"id":7}`)}, ReasonInput},
		{"masked", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"type":"password","value":"•••"},"id":7}`)}, ""},
		{"mask characters in between are a text", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"type":"password","value":"*•*"},"id":7}`)}, ReasonValue},
		{"a value", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"type":"password","value":"hunter2"},"id":7}`)}, ReasonValue},
		{"a value that is a number", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"type":"password","value":1234},"id":7}`)}, ReasonValue},
		{"the value before the type", []string{snapshot(`{"id":7,"attributes":{"value":"hunter2","type":"PassWord"},"tagName":"input","type":2}`)}, ReasonValue},
		{"names with escapes", []string{snapshot(`{"id":7,"attributes":{"valu\u0065":"hunter2","typ\u0065":"pass\u0077ord"},"tagName":"input","type":2}`)}, ReasonValue},
		{"autocomplete", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"type":"text","autocomplete":"section-a cc-exp-month","value":"12"},"id":7}`)}, ReasonValue},
		{"a text field's value", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"type":"text","value":"tea"},"id":7}`)}, ""},
		{"an added field", []string{incremental(`{"source":0,"adds":[{"parentId":2,"nextId":null,"node":{"type":2,"tagName":"div","attributes":{},"childNodes":[{"type":2,"tagName":"input","attributes":{"type":"password","value":"hunter2"},"childNodes":[],"id":9}],"id":8}}],"removes":[],"texts":[],"attributes":[]}`)}, ReasonValue},
		{"typing into it", []string{snapshot(field), incremental(`{"source":5,"text":"h","isChecked":false,"id":7}`)}, ReasonInput},
		{"typing, masked", []string{snapshot(field), incremental(`{"source":5,"text":"•••","isChecked":false,"id":7}`)}, ""},
		{"typing into another", []string{snapshot(field), incremental(`{"source":5,"text":"tea","isChecked":false,"id":6}`)}, ""},
		{"show password, then its value", []string{snapshot(field),
			incremental(`{"source":0,"attributes":[{"id":7,"attributes":{"type":"text"}}],"adds":[],"removes":[],"texts":[]}`),
			incremental(`{"source":0,"attributes":[{"id":7,"attributes":{"value":"hunter2"}}],"adds":[],"removes":[],"texts":[]}`)}, ReasonValue},
		{"names in capitals", []string{snapshot(`{"type":2,"tagName":"INPUT","attributes":{"TYPE":"password","Value":"hunter2"},"id":7}`)}, ReasonValue},
		{"a value that is a list", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"type":"password","value":["hunter2"]},"id":7}`)}, ReasonValue},
		{"no value", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"type":"password","value":null},"id":7}`)}, ""},
		{"two values, the mask last", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"type":"password","value":"hunter2","value":"•••"},"id":7}`)}, ReasonValue},
		{"two masks", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"type":"password","value":"•••","value":"•••"},"id":7}`)}, ""},
		{"dots by its style", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"style":"color:red;-webkit-text-security: disc","value":"hunter2"},"id":7}`)}, ReasonValue},
		{"dots by its style, masked", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"style":"-webkit-text-security:disc","value":"•••"},"id":7}`)}, ""},
		{"no dots by its style", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"style":"-webkit-text-security: none","value":"tea"},"id":7}`)}, ""},
		{"dots by a change of its style", []string{
			incremental(`{"source":0,"attributes":[{"id":7,"attributes":{"style":{"-webkit-text-security":["disc","important"]}}}]}`),
			incremental(`{"source":5,"text":"h","id":7}`)}, ReasonInput},
		{"dots taken away", []string{
			incremental(`{"source":0,"attributes":[{"id":7,"attributes":{"style":{"-webkit-text-security":false}}}]}`),
			incremental(`{"source":5,"text":"h","id":7}`)}, ""},
		{"named by the site", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"data-hindsight-secret":"","value":"hunter2"},"id":7}`)}, ReasonValue},
		{"becomes a password field later", []string{
			incremental(`{"source":0,"attributes":[{"id":7,"attributes":{"type":"password"}}]}`),
			incremental(`{"source":5,"text":"h","id":7}`)}, ReasonInput},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := New()
			var got string
			for i, section := range c.sections {
				got = g.Check(Document{Site: "s"}, uint32(i+1), told(t, section)).Reason
			}
			if got != c.want {
				t.Errorf("reason %q, want %q", got, c.want)
			}
		})
	}
}

// TestReadAgain: a section stored a second time is judged as it was at first,
// by nothing that came after it.
func TestReadAgain(t *testing.T) {
	g, doc := New(), Document{Site: "s"}
	typed := told(t, incremental(`{"source":5,"text":"tea","id":7}`))
	becomes := told(t, incremental(`{"source":0,"attributes":[{"id":7,"attributes":{"type":"password"}}]}`))
	for range 2 {
		if got := g.Check(doc, 1, typed).Reason; got != "" {
			t.Errorf("typing before the field was protected: %q", got)
		}
		if got := g.Check(doc, 2, becomes).Reason; got != "" {
			t.Errorf("the change of type: %q", got)
		}
		if got := g.Check(doc, 3, typed).Reason; got != ReasonInput {
			t.Errorf("typing after it: %q, want %q", got, ReasonInput)
		}
	}
	if got := g.Check(Document{Site: "s", Document: [16]byte{1}}, 3, typed).Reason; got != "" {
		t.Errorf("the same id in another document: %q", got)
	}
}

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

// TestSnapshotInParts: what one part shows of a field holds for the parts after
// it, in whatever section they come, and for sections that are read again.
func TestSnapshotInParts(t *testing.T) {
	upper := `{"type":2,"data":{"node":{"type":0,"childNodes":[{"type":2,"tagName":"form","attributes":{},"childNodes":[],"id":2}],"id":1}},"timestamp":1}`
	part := func(nodes string) string {
		return `{"type":3,"data":{"source":0,"part":1,"adds":[` + nodes + `],"removes":[],"texts":[],"attributes":[]},"timestamp":2}`
	}
	node := func(id int, tag, attributes string) string {
		return fmt.Sprintf(`{"parentId":2,"nextId":null,"node":{"type":2,"tagName":%q,"attributes":{%s},"childNodes":[],"id":%d}}`, tag, attributes, id)
	}
	value := func(id int, v string) string {
		return fmt.Sprintf(`{"type":3,"data":{"source":0,"attributes":[{"id":%d,"attributes":{"value":%q}}]},"timestamp":3}`, id, v)
	}
	doc := Document{Site: "s", Document: [16]byte{1}}
	for name, c := range map[string]struct {
		sections []string
		want     []string
	}{
		"a field and its value in one later part": {
			[]string{upper, part(node(3, "p", "") + "," + node(4, "input", `"type":"password","value":"hunter2"`))}, []string{"", ReasonValue},
		},
		"shown in one part, its value comes with a later one": {
			[]string{upper + "," + part(node(4, "input", `"type":"password"`)), part(node(5, "p", "")), part(node(6, "p", "")) + "," + value(4, "hunter2")},
			[]string{"", "", ReasonValue},
		},
		"told again as text once it was moved": {
			[]string{upper, part(node(4, "input", `"autocomplete":"cc-number"`)), part(node(4, "input", `"type":"text","value":"4111"`))}, []string{"", "", ReasonValue},
		},
		"typed into before its part's neighbours are told": {
			[]string{upper, part(node(4, "input", `"type":"password"`)), `{"type":3,"data":{"source":5,"id":4,"text":"h"},"timestamp":4}`, part(node(5, "p", ""))},
			[]string{"", "", ReasonInput, ""},
		},
		"a custom element that says what it is": {
			[]string{upper, part(node(4, "my-field", `"type":"password"`)), value(4, "hunter2")}, []string{"", "", ReasonValue},
		},
		"a custom element with a code": {
			[]string{upper, part(node(4, "my-code", `"autocomplete":"section-a one-time-code","value":"123456"`))}, []string{"", ReasonValue},
		},
		"masks and other fields": {
			[]string{upper, part(node(4, "input", `"type":"password","value":"•••"`) + "," + node(5, "my-rating", `"value":"4"`)), value(4, "•••") + "," + value(5, "3")},
			[]string{"", "", ""},
		},
	} {
		g := New()
		for i := range c.want { // and then all of them once more, as after a rewind
			c.sections, c.want = append(c.sections, c.sections[i]), append(c.want, c.want[i])
		}
		for i, text := range c.sections {
			sequence := uint32(i%(len(c.sections)/2)) + 1
			if got := g.Check(doc, sequence, told(t, "["+text+"]")).Reason; got != c.want[i] {
				t.Errorf("%s, section %d: %q, want %q", name, i+1, got, c.want[i])
			}
		}
	}
}

// TestShown: what a section shows is a function of the section alone, whatever
// the guard knew before.
func TestShown(t *testing.T) {
	section := told(t, snapshot(`{"type":2,"tagName":"input","attributes":{"type":"password"},"childNodes":[],"id":9},{"type":2,"tagName":"input","attributes":{"autocomplete":"cc-number","value":"4111"},"childNodes":[],"id":3},{"type":2,"tagName":"input","attributes":{"type":"text"},"childNodes":[],"id":4}`))
	g, doc := New(), Document{Site: "s"}
	for range 2 {
		if got := g.Check(doc, 4, section); !slices.Equal(got.Shown, []int64{3, 9}) || got.Reason != ReasonValue {
			t.Errorf("%+v, want nodes 3 and 9 though it is refused", got)
		}
		g.Learn(doc, map[int64]uint32{9: 1, 3: 2})
	}
	if got := g.Check(doc, 5, told(t, incremental(`{"source":5,"text":"•••","id":9}`))); len(got.Shown) != 0 {
		t.Errorf("a section that shows no field: %v", got.Shown)
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
