package guard

import (
	"fmt"
	"slices"
	"strings"
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

func changes(lists string) string { return incremental(`{"source":0,` + lists + `}`) }

// textarea and editable are protected fields with children, number 7.
func textarea(children string) string {
	return `{"type":2,"tagName":"textarea","attributes":{"autocomplete":"one-time-code"},"childNodes":[` + children + `],"id":7}`
}

func editable(children string) string {
	return `{"type":2,"tagName":"div","attributes":{"contenteditable":"true","data-hindsight-secret":""},"childNodes":[` + children + `],"id":7}`
}

// choice is a protected select, number 7, with what it offers.
func choice(value, attributes string) string {
	return `{"type":2,"tagName":"select","attributes":{"autocomplete":"cc-exp-month","value":"` + value + `"},"childNodes":[{"type":2,"tagName":"option","attributes":{` + attributes + `},"childNodes":[{"type":3,"textContent":"07","id":9}],"id":8}],"id":7}`
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
		{"a text in a code's textarea", []string{snapshot(textarea(`{"type":3,"textContent":"123456","id":8}`))}, ReasonText},
		{"a textarea whose children stand first", []string{snapshot(`{"childNodes":[{"textContent":"123456","type":3,"id":8}],"id":7,"attributes":{"autocomplete":"one-time-code"},"tagName":"TextArea","type":2}`)}, ReasonText},
		{"a mask in it", []string{snapshot(textarea(`{"type":3,"textContent":"•••","id":8}`))}, ""},
		{"white space in it", []string{snapshot(textarea(`{"type":3,"textContent":"\n\u00a0\ufeff","id":8}`))}, ""},
		{"a number in it", []string{snapshot(textarea(`{"type":3,"textContent":123456,"id":8}`))}, ReasonText},
		{"a text in another textarea", []string{snapshot(`{"type":2,"tagName":"textarea","attributes":{},"childNodes":[{"type":3,"textContent":"tea","id":8}],"id":7}`)}, ""},
		{"a change of a text in it", []string{snapshot(textarea(`{"type":3,"textContent":"•••","id":8}`)), changes(`"texts":[{"id":8,"value":"123456"}]`)}, ReasonText},
		{"a change with escapes", []string{snapshot(textarea(`{"type":3,"textContent":"•••","id":8}`)), changes(`"texts":[{"id":8,"value":"\u0031"}]`)}, ReasonText},
		{"a change to the mask with escapes", []string{snapshot(textarea(`{"type":3,"textContent":"•••","id":8}`)), changes(`"texts":[{"id":8,"value":"\u2022\u2022\u2022"}]`)}, ""},
		{"a text of its own", []string{snapshot(textarea(``)), changes(`"texts":[{"id":7,"value":"123456"}]`)}, ReasonText},
		{"a text put into it", []string{snapshot(textarea(``)), changes(`"adds":[{"parentId":7,"nextId":null,"node":{"type":3,"textContent":"123456","id":9}}]`)}, ReasonText},
		{"the same, the node first", []string{snapshot(textarea(``)), changes(`"adds":[{"node":{"type":3,"textContent":"123456","id":9},"parentId":7}]`)}, ReasonText},
		{"a text put beside it", []string{snapshot(textarea(``)), changes(`"adds":[{"parentId":2,"nextId":null,"node":{"type":3,"textContent":"tea","id":9}}]`)}, ""},
		{"a paragraph in an editable, then its text", []string{snapshot(editable(``)),
			changes(`"adds":[{"parentId":7,"node":{"type":2,"tagName":"p","attributes":{},"childNodes":[],"id":9}}]`),
			changes(`"adds":[{"parentId":9,"node":{"type":2,"tagName":"b","attributes":{},"childNodes":[{"type":3,"textContent":"•••","id":11}],"id":10}}]`),
			changes(`"texts":[{"id":11,"value":"hunter2"}]`)}, ReasonText},
		{"deep in an editable", []string{snapshot(editable(`{"type":2,"tagName":"p","attributes":{},"childNodes":[{"type":3,"textContent":"hunter2","id":9}],"id":8}`))}, ReasonText},
		{"what no visitor writes in an editable", []string{snapshot(editable(`{"type":2,"tagName":"p","attributes":{"contenteditable":"false"},"childNodes":[{"type":3,"textContent":"tea","id":9}],"id":8}`))}, ""},
		{"nor what is put there", []string{snapshot(editable(`{"type":2,"tagName":"p","attributes":{"contenteditable":"false"},"childNodes":[],"id":8}`)),
			changes(`"adds":[{"parentId":8,"node":{"type":3,"textContent":"tea","id":9}}]`)}, ""},
		{"a textarea in what no visitor writes", []string{snapshot(editable(`{"type":2,"tagName":"p","attributes":{"contenteditable":"false"},"childNodes":[` + strings.ReplaceAll(textarea(`{"type":3,"textContent":"123456","id":18}`), `"id":7`, `"id":17`) + `],"id":8}`))}, ReasonText},
		{"a secret named by the site that nobody writes into", []string{snapshot(`{"type":2,"tagName":"div","attributes":{"data-hindsight-secret":""},"childNodes":[{"type":3,"textContent":"Your code","id":8}],"id":7}`)}, ""},
		{"a part of an editable that shows dots", []string{snapshot(`{"type":2,"tagName":"div","attributes":{"contenteditable":""},"childNodes":[{"type":2,"tagName":"span","attributes":{"style":"-webkit-text-security:disc"},"childNodes":[{"type":3,"textContent":"hunter2","id":9}],"id":8},{"type":3,"textContent":"tea","id":10}],"id":7}`)}, ReasonText},
		{"beside that part", []string{snapshot(`{"type":2,"tagName":"div","attributes":{"contenteditable":""},"childNodes":[{"type":2,"tagName":"span","attributes":{"style":"-webkit-text-security:disc"},"childNodes":[],"id":8},{"type":3,"textContent":"tea","id":10}],"id":7}`)}, ""},
		{"a textarea that becomes one later", []string{
			snapshot(`{"type":2,"tagName":"textarea","attributes":{},"childNodes":[{"type":3,"textContent":"tea","id":8}],"id":7}`),
			changes(`"attributes":[{"id":7,"attributes":{"autocomplete":"one-time-code"}}]`),
			changes(`"texts":[{"id":8,"value":"123456"}]`)}, ReasonText},
		{"an editable that is none any more", []string{snapshot(`{"type":2,"tagName":"div","attributes":{"contenteditable":""},"childNodes":[],"id":7}`),
			changes(`"attributes":[{"id":7,"attributes":{"contenteditable":"false"}}]`),
			changes(`"attributes":[{"id":7,"attributes":{"data-hindsight-secret":""}}],"adds":[{"parentId":7,"node":{"type":3,"textContent":"tea","id":9}}]`)}, ""},
		{"a secret that becomes an editable", []string{snapshot(`{"type":2,"tagName":"div","attributes":{"data-hindsight-secret":""},"childNodes":[],"id":7}`),
			changes(`"attributes":[{"id":7,"attributes":{"contenteditable":"plaintext-only"}}]`),
			changes(`"adds":[{"parentId":7,"node":{"type":3,"textContent":"hunter2","id":9}}]`)}, ReasonText},
		{"a page shown in a frame that stands in an editable", []string{snapshot(editable(`{"type":2,"tagName":"iframe","attributes":{},"childNodes":[{"type":0,"childNodes":[{"type":3,"textContent":"tea","id":10}],"id":9}],"id":8}`))}, ""},
		{"a circle", []string{snapshot(editable(``)), changes(`"adds":[{"parentId":20,"node":{"type":3,"textContent":"tea","id":21}},{"parentId":21,"node":{"type":3,"textContent":"tea","id":20}}]`)}, ""},
		{"the value, then the type, in one set of changes", []string{
			changes(`"attributes":[{"id":7,"attributes":{"value":"hunter2"}},{"id":7,"attributes":{"type":"password"}}]`)}, ReasonValue},
		{"added with its value, and changed", []string{
			changes(`"adds":[{"parentId":2,"node":{"type":2,"tagName":"input","attributes":{"value":"hunter2"},"childNodes":[],"id":9}}],"attributes":[{"id":9,"attributes":{"type":"password"}}]`)}, ReasonValue},
		{"a text, then what it stands in, in one set of changes", []string{
			changes(`"texts":[{"id":8,"value":"123456"}],"adds":[{"parentId":2,"node":` + textarea(`{"type":3,"textContent":"•••","id":8}`) + `}]`)}, ReasonText},
		{"a value of before the field was a password, in an event of its own", []string{
			strings.TrimSuffix(changes(`"attributes":[{"id":7,"attributes":{"value":"tea"}}]`), "]") + "," + strings.TrimPrefix(changes(`"attributes":[{"id":7,"attributes":{"type":"password"}}]`), "[")}, ""},
		{"typing a number", []string{snapshot(field), incremental(`{"source":5,"text":1234,"isChecked":false,"id":7}`)}, ReasonInput},
		{"typing a list", []string{snapshot(field), incremental(`{"source":5,"text":["hunter2"],"isChecked":false,"id":7}`)}, ReasonInput},
		{"typing an object", []string{snapshot(field), incremental(`{"source":5,"text":{"a":"hunter2"},"isChecked":false,"id":7}`)}, ReasonInput},
		{"typing nothing", []string{snapshot(field), incremental(`{"source":5,"text":null,"isChecked":false,"userTriggered":true,"id":7}`)}, ""},
		{"typing, then the mask", []string{snapshot(field), incremental(`{"source":5,"text":"hunter2","text":"•••","id":7}`)}, ReasonInput},
		{"the mask twice", []string{snapshot(field), incremental(`{"source":5,"text":"•••","text":"•••","id":7}`)}, ""},
		{"typing under another name", []string{snapshot(field), incremental(`{"source":5,"text":"•••","v":{"text":"hunter2"},"id":7}`)}, ReasonInput},
		{"a box that is checked", []string{snapshot(field), incremental(`{"source":5,"text":"","isChecked":true,"id":7}`)}, ReasonInput},
		{"checked, then not", []string{snapshot(field), incremental(`{"source":5,"text":"","isChecked":true,"isChecked":false,"id":7}`)}, ReasonInput},
		{"typing into two", []string{snapshot(field), incremental(`{"source":5,"text":"hunter2","id":7,"id":8}`)}, ReasonUnreadable},
		{"typing into what is no number", []string{snapshot(field), incremental(`{"source":5,"text":"hunter2","id":"7"}`)}, ReasonUnreadable},
		{"two sources", []string{snapshot(field), incremental(`{"source":5,"text":"hunter2","id":7,"source":3}`)}, ReasonUnreadable},
		{"a source that is no number", []string{snapshot(field), incremental(`{"source":"5","text":"hunter2","id":7}`)}, ReasonUnreadable},
		{"two data", []string{snapshot(field), `[{"type":3,"timestamp":2,"data":{"source":5,"text":"hunter2","id":7},"data":{"source":5,"text":"•••","id":7}}]`}, ReasonUnreadable},
		{"a second data with an escape in its name", []string{snapshot(field), `[{"type":3,"timestamp":2,"data":{"source":5,"text":"•••","id":7},"d\u0061ta":{"source":5,"text":"hunter2","id":7}}]`}, ReasonInput},
		{"data with an escape in its name", []string{snapshot(field), `[{"type":3,"timestamp":2,"d\u0061ta":{"source":5,"text":"hunter2","id":7}}]`}, ReasonInput},
		{"two types of an event", []string{snapshot(field), `[{"type":3,"type":5,"timestamp":2,"data":{"source":5,"text":"hunter2","id":7}}]`}, ReasonUnreadable},
		{"two types of an element", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"type":"password","type":"text","value":"hunter2"},"id":7}`)}, ReasonValue},
		{"two types, no value", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"type":"text","type":"password"},"id":7}`)}, ReasonUnreadable},
		{"attributes twice", []string{changes(`"attributes":[{"id":7,"attributes":{"type":"password","value":"hunter2"},"attributes":{"type":"text"}}]`)}, ReasonValue},
		{"autocomplete twice", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"autocomplete":"off","autocomplete":"cc-csc","value":"123"},"id":7}`)}, ReasonUnreadable},
		{"two changes of one text", []string{snapshot(textarea(`{"type":3,"textContent":"•••","id":8}`)), changes(`"texts":[{"id":8,"value":"123456","value":"•••"}]`)}, ReasonText},
		{"a change of two texts", []string{snapshot(textarea(`{"type":3,"textContent":"•••","id":8}`)), changes(`"texts":[{"id":8,"value":"123456","id":9}]`)}, ReasonUnreadable},
		{"a change of two elements", []string{snapshot(field), changes(`"attributes":[{"id":7,"attributes":{"value":"hunter2"},"id":9}]`)}, ReasonUnreadable},
		{"a list of changes twice", []string{snapshot(field), changes(`"attributes":[{"id":7,"attributes":{"value":"hunter2"}}],"attributes":[]`)}, ReasonValue},
		{"two texts of a node", []string{snapshot(textarea(`{"type":3,"textContent":"hunter2","textContent":"•••","id":8}`))}, ReasonText},
		{"a text with two numbers", []string{snapshot(textarea(`{"type":3,"textContent":"hunter2","id":9,"id":8}`))}, ReasonText},
		{"a node of two types", []string{snapshot(`{"type":2,"type":3,"tagName":"input","attributes":{"type":"password"},"id":7}`)}, ReasonUnreadable},
		{"an element of two tags", []string{snapshot(`{"type":2,"tagName":"textarea","tagName":"p","attributes":{},"id":7}`)}, ReasonUnreadable},
		{"a text of an element's own", []string{snapshot(`{"type":2,"tagName":"input","attributes":{"type":"password"},"textContent":"hunter2","id":7}`)}, ReasonValue},
		{"a node put to two places", []string{changes(`"adds":[{"parentId":7,"parentId":2,"node":{"type":3,"textContent":"tea","id":9}}]`)}, ReasonUnreadable},
		{"two short nodes for one", []string{changes(`"adds":[{"parentId":2,"id":9,"node":["textarea",{},"tea"],"node":["p",{}]}]`)}, ReasonUnreadable},
		{"a choice", []string{snapshot(choice("•••", `"selected":true`))}, ReasonValue},
		{"a choice in a group", []string{snapshot(`{"type":2,"tagName":"select","attributes":{"autocomplete":"cc-exp-month"},"childNodes":[{"type":2,"tagName":"optgroup","attributes":{},"childNodes":[{"type":2,"tagName":"option","attributes":{"selected":""},"childNodes":[],"id":9}],"id":8}],"id":7}`)}, ReasonValue},
		{"a choice whose select stands around it unnamed", []string{snapshot(`{"childNodes":[{"attributes":{"selected":""},"type":2,"tagName":"option","id":8}],"id":7,"type":2,"attributes":{"autocomplete":"cc-exp-month"},"tagName":"select"}`)}, ReasonValue},
		{"no choice", []string{snapshot(choice("•••", ``))}, ""},
		{"a choice that is none", []string{snapshot(choice("•••", `"selected":null`))}, ""},
		{"a choice of another select", []string{snapshot(choice("•••", ``) + `,{"type":2,"tagName":"select","attributes":{},"childNodes":[{"type":2,"tagName":"option","attributes":{"selected":true},"childNodes":[],"id":19}],"id":18}`)}, ""},
		{"a choice told later", []string{snapshot(choice("•••", ``)), changes(`"attributes":[{"id":8,"attributes":{"selected":""}}]`)}, ReasonValue},
		{"a choice put in", []string{snapshot(choice("•••", ``)), changes(`"adds":[{"parentId":7,"node":{"type":2,"tagName":"option","attributes":{"selected":true},"childNodes":[],"id":10}}]`)}, ReasonValue},
		{"a choice put into a group of before", []string{snapshot(`{"type":2,"tagName":"select","attributes":{"autocomplete":"cc-exp-month"},"childNodes":[{"type":2,"tagName":"optgroup","attributes":{},"childNodes":[],"id":8}],"id":7}`), changes(`"adds":[{"parentId":8,"node":{"type":2,"tagName":"option","attributes":{"selected":true},"childNodes":[],"id":10}}]`)}, ReasonValue},
		{"what may be chosen, put in", []string{snapshot(choice("•••", ``)), changes(`"adds":[{"parentId":7,"node":{"type":2,"tagName":"option","attributes":{},"childNodes":[],"id":10}},{"parentId":10,"node":{"type":3,"textContent":"07","id":11}}]`)}, ""},
		{"a select put in with its choice", []string{changes(`"adds":[{"parentId":2,"node":{"type":2,"tagName":"select","attributes":{"autocomplete":"cc-exp-year"},"childNodes":[],"id":20}},{"parentId":20,"node":{"type":2,"tagName":"option","attributes":{"selected":true},"childNodes":[],"id":21}}]`)}, ReasonValue},
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

// TestShortForm: what the tracker writes short is judged as what it stands for.
func TestShortForm(t *testing.T) {
	page := func(node string) string {
		return `[{"type":2,"timestamp":1,"data":{"id":1,"node":[0,{},["html",{},["body",{},` + node + `]]]}}]` // the node is number 4
	}
	const field, editable = `["textarea",{"autocomplete":"cc-number"}]`, `["div",{"contenteditable":"","data-hindsight-secret":""}]`
	for name, c := range map[string]struct {
		sections []string
		want     string
	}{
		"a text in a textarea":               {[]string{page(`["textarea",{"autocomplete":"cc-number"},"4111"]`)}, ReasonText},
		"a mask in it":                       {[]string{page(`["textarea",{"autocomplete":"cc-number"},"•••"]`)}, ""},
		"a text after it":                    {[]string{page(`["p",{},["textarea",{"autocomplete":"cc-number"}],"tea"]`)}, ""},
		"deep in an editable":                {[]string{page(`["div",{"contenteditable":"","data-hindsight-secret":""},["p",{},["b",{},"hunter2"]]]`)}, ReasonText},
		"what no visitor writes there":       {[]string{page(`["div",{"contenteditable":"","data-hindsight-secret":""},["p",{"contenteditable":"false"},"tea"]]`)}, ""},
		"a text put in":                      {[]string{page(field), `[[5,0,0,[4,0,9,"4111"]]]`}, ReasonText},
		"put in deep":                        {[]string{page(editable), `[[5,0,0,[4,0,9,["p",{},["b",{},"hunter2"]]]]]`}, ReasonText},
		"put in by and by":                   {[]string{page(editable), `[[5,0,0,[4,0,9,["p",{}]]]]`, `[[5,0,0,[9,0,10,["b",{}]]],[5,0,0,[10,0,11,"hunter2"]]]`}, ReasonText},
		"put beside it":                      {[]string{page(editable), `[[5,0,0,[3,0,9,["p",{},["b",{},"tea"]]]]]`}, ""},
		"changed":                            {[]string{page(`["textarea",{"autocomplete":"cc-number"},"•••"]`), `[[5,0,0,0,[5,"4111"]]]`}, ReasonText},
		"changed beside it":                  {[]string{page(`["p",{},["textarea",{"autocomplete":"cc-number"}],"tea"]`), `[[5,0,0,0,[6,"milk"]]]`}, ""},
		"a number typed":                     {[]string{page(field), `[[5,5,{"text":4111,"isChecked":false,"id":4}]]`}, ReasonInput},
		"typed, then the mask":               {[]string{page(field), `[[5,5,{"text":"4111","text":"•••","id":4}]]`}, ReasonInput},
		"typed under another name":           {[]string{page(field), `[[5,5,{"text":"•••","value":"4111","id":4}]]`}, ReasonInput},
		"typed into two":                     {[]string{page(field), `[[5,5,{"text":"4111","id":4,"id":5}]]`}, ReasonUnreadable},
		"two attributes of one name":         {[]string{page(`["input",{"type":"text","type":"password"}]`)}, ReasonUnreadable},
		"the same, in changes":               {[]string{`[[5,0,0,0,0,[7,{"type":"text","type":"password"}]]]`}, ReasonUnreadable},
		"two nodes for a snapshot":           {[]string{`[{"type":2,"timestamp":1,"data":{"id":1,"node":[0,{},"tea"],"node":[0,{}]}}]`}, ReasonUnreadable},
		"a choice":                           {[]string{page(`["select",{"autocomplete":"cc-exp-month"},["optgroup",{},["option",{"selected":true},"07"]]]`)}, ReasonValue},
		"no choice":                          {[]string{page(`["select",{"autocomplete":"cc-exp-month"},["option",{},"07"]],["select",{},["option",{"selected":true},"tea"]]`)}, ""},
		"a choice put in":                    {[]string{page(`["select",{"autocomplete":"cc-exp-month"}]`), `[[5,0,0,[4,0,9,["optgroup",{},["option",{},"07"]]]],[5,0,0,[9,0,12,["option",{"selected":true},"08"]]]]`}, ReasonValue},
		"put in with what is around it":      {[]string{page(`""`), `[[5,0,0,[4,0,9,["div",{},["select",{"autocomplete":"cc-exp-month"},["option",{"selected":true},"07"]]]]]]`}, ReasonValue},
		"put into another select":            {[]string{page(`["select",{"autocomplete":"cc-exp-month"}],["select",{}]`), `[[5,0,0,[4,0,9,["option",{},"07"],5,0,11,["option",{"selected":true},"tea"]]]]`}, ""},
		"value, then type":                   {[]string{`[[5,0,0,0,0,[7,{"value":"hunter2"},7,{"type":"password"}]]]`}, ReasonValue},
		"value, then type, one event later":  {[]string{`[[5,0,0,0,0,[7,{"value":"tea"}]],[5,0,0,0,0,[7,{"type":"password"}]]]`}, ""},
		"added with its value, then changed": {[]string{`[[5,0,0,[3,0,9,["input",{"value":"hunter2"}]],0,[9,{"type":"password"}]]]`}, ReasonValue},
		"a textarea that becomes one later": {[]string{page(`["textarea",{},"tea"]`),
			`[[5,0,0,0,0,[4,{"autocomplete":"cc-number"}]]]`, `[[5,0,0,0,[5,"4111"]]]`}, ReasonText},
	} {
		t.Run(name, func(t *testing.T) {
			g := New()
			for i, section := range c.sections {
				want := ""
				if i == len(c.sections)-1 {
					want = c.want
				}
				if got := g.Check(Document{Site: "s"}, uint32(i+1), told(t, section)).Reason; got != want {
					t.Errorf("section %d: %q, want %q", i+1, got, want)
				}
			}
		})
	}
}

// TestTextsAfterARestart: what verdicts have shown is enough to judge the texts
// that come after: in the field, in what was put in it, and in one that became
// protected with texts in it.
func TestTextsAfterARestart(t *testing.T) {
	sections := []string{
		snapshot(editable(`{"type":2,"tagName":"p","attributes":{},"childNodes":[{"type":3,"textContent":"•••","id":9}],"id":8},` +
			`{"type":2,"tagName":"textarea","attributes":{},"childNodes":[{"type":3,"textContent":"•••","id":21}],"id":20}`)),
		changes(`"adds":[{"parentId":8,"node":{"type":3,"textContent":"•••","id":10}}]`),
	}
	sections = append(sections, changes(`"attributes":[{"id":20,"attributes":{"autocomplete":"one-time-code"}}]`))
	shown := map[int64]uint32{}
	g, doc := New(), Document{Site: "s"}
	for i, section := range sections {
		got := g.Check(doc, uint32(i+1), told(t, section))
		if got.Reason != "" {
			t.Fatalf("section %d: %q", i+1, got.Reason)
		}
		for _, id := range got.Shown {
			if _, ok := shown[id]; !ok {
				shown[id] = uint32(i + 1)
			}
		}
	}
	for name, section := range map[string]string{
		"in the field":           changes(`"adds":[{"parentId":7,"node":{"type":3,"textContent":"hunter2","id":30}}]`),
		"of the field itself":    changes(`"texts":[{"id":7,"value":"hunter2"}]`),
		"in its paragraph":       changes(`"texts":[{"id":9,"value":"hunter2"}]`),
		"put in it later":        changes(`"texts":[{"id":10,"value":"hunter2"}]`),
		"in what became one":     changes(`"texts":[{"id":21,"value":"hunter2"}]`),
		"put in what became one": changes(`"adds":[{"parentId":20,"node":{"type":3,"textContent":"hunter2","id":30}}]`),
	} {
		g := New()
		g.Learn(doc, shown)
		if got := g.Check(doc, 4, told(t, section)).Reason; got != ReasonText {
			t.Errorf("%s: %q", name, got)
		}
		if got := g.Check(doc, 4, told(t, changes(`"texts":[{"id":2,"value":"tea"}]`))).Reason; got != "" {
			t.Errorf("a text elsewhere: %q", got)
		}
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
