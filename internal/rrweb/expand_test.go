package rrweb

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const enough = 1 << 20

// expand is what a section becomes.
func expand(section []byte, limit int) ([]byte, error) {
	got, err := read(section, limit)
	return got.Text, err
}

func event(kind int, data string) string {
	return fmt.Sprintf(`[{"type":%d,"data":%s,"timestamp":1700000000000}]`, kind, data)
}

func decoded(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func TestExpand(t *testing.T) {
	for name, c := range map[string]struct {
		kind        int
		short, long string
	}{
		"a snapshot": {
			2, `{"id":7,"node":[0,{"compatMode":"BackCompat"},[1,"html","","x\""],["html",{"lang":"en"},["p",{},"one","tw\u00f6"],["b:div",{"class":"x"}]]],"initialOffset":{"left":0,"top":1}}`,
			`{"node":{"type":0,"compatMode":"BackCompat","id":7,"childNodes":[{"type":1,"name":"html","publicId":"","systemId":"x\"","id":8},
			 {"type":2,"tagName":"html","attributes":{"lang":"en"},"id":9,"childNodes":[
			  {"type":2,"tagName":"p","attributes":{},"id":10,"childNodes":[{"type":3,"textContent":"one","id":11},{"type":3,"textContent":"twö","id":12}]},
			  {"type":2,"tagName":"div","attributes":{"class":"x"},"needBlock":true,"id":13,"childNodes":[]}]}]},"initialOffset":{"left":0,"top":1}}`,
		},
		"a shadow root comes first": {
			2, `{"id":1,"node":["c:x-a",{},[2,"in",["s:svg",{"width":"1"}]],"light"]}`,
			`{"node":{"type":2,"isCustom":true,"tagName":"x-a","attributes":{},"isShadowHost":true,"id":1,"childNodes":[
			 {"type":3,"textContent":"in","id":2,"isShadow":true},
			 {"type":2,"isSVG":true,"tagName":"svg","attributes":{"width":"1"},"id":3,"isShadow":true,"childNodes":[]},
			 {"type":3,"textContent":"light","id":4}]}}`,
		},
		"what lies in an added node is added behind it": {
			3, `{"source":0,"adds":[{"parentId":5,"nextId":6,"id":20,"isShadow":true,"rootId":3,"node":["x-b",{},[2,["i",{}]],"t"]},{"parentId":20,"nextId":null,"id":30,"node":"u"}]}`,
			`{"source":0,"texts":[],"attributes":[],"removes":[],"adds":[
			 {"parentId":5,"nextId":6,"node":{"type":2,"tagName":"x-b","attributes":{},"isShadowHost":true,"id":20,"rootId":3,"isShadow":true,"childNodes":[]}},
			 {"parentId":20,"nextId":null,"node":{"type":2,"tagName":"i","attributes":{},"id":21,"rootId":3,"isShadow":true,"childNodes":[]}},
			 {"parentId":20,"nextId":null,"node":{"type":3,"textContent":"t","id":22,"rootId":3}},
			 {"parentId":20,"nextId":null,"node":{"type":3,"textContent":"u","id":30}}]}`,
		},
		"a frame's document is the root of what lies in it": {
			3, `{"source":0,"part":1,"adds":[{"parentId":5,"nextId":null,"id":20,"node":[0,{},["html",{},"t"]]}]}`,
			`{"source":0,"part":1,"texts":[],"attributes":[],"removes":[],"isAttachIframe":true,"adds":[
			 {"parentId":5,"nextId":null,"node":{"type":0,"id":20,"childNodes":[{"type":2,"tagName":"html","attributes":{},"id":21,"rootId":20,
			  "childNodes":[{"type":3,"textContent":"t","id":22,"rootId":20}]}]}}]}`,
		},
		"long and short side by side": {
			3, `{"adds":[{"parentId":1,"nextId":null,"node":{"type":3,"textContent":"a","id":9}},{"parentId":1,"nextId":9,"id":10,"node":"b"}],"source":0,"texts":[{"id":1,"value":"v"}]}`,
			`{"source":0,"texts":[{"id":1,"value":"v"}],"attributes":[],"removes":[],"adds":[
			 {"parentId":1,"nextId":null,"node":{"type":3,"textContent":"a","id":9}},{"parentId":1,"nextId":9,"node":{"type":3,"textContent":"b","id":10}}]}`,
		},
		"lists that are left out": {3, `{"source":0,"removes":[{"parentId":1,"id":2}]}`, `{"source":0,"texts":[],"attributes":[],"adds":[],"removes":[{"parentId":1,"id":2}]}`},
	} {
		got, err := expand([]byte(event(c.kind, c.short)), enough)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(decoded(t, []byte(event(c.kind, c.long))), decoded(t, got)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if _, err := read(got, enough); err != nil {
			t.Errorf("%s: %v in %s", name, err, got)
		}
	}
}

func TestExpandLeavesTheLongForm(t *testing.T) {
	section := []byte(`[{"type":4,"timestamp":1,"data":{"href":"x"}},{"type":2,"timestamp":1,"data":{"node":{"type":0,"childNodes":[],"id":1}}},
		{"timestamp":1,"type":3,"data":{"source":0,"texts":[],"attributes":[],"removes":[],"adds":[{"parentId":1,"nextId":null,"node":{"type":3,"id":2}}]}},{"type":1,"timestamp":2}]`)
	got, err := expand(section, enough)
	want := strings.NewReplacer("\n", "", "\t", "").Replace(string(section))
	if err != nil || string(got) != want {
		t.Errorf("%v: %s has other events than the section", err, got)
	}
}

func TestExpandRefused(t *testing.T) {
	for name, data := range map[string]string{
		"no id": `{"node":"x"}`, "id 0": `{"id":0,"node":"x"}`, "half an id": `{"id":1.5,"node":"x"}`, "an empty node": `{"id":1,"node":[]}`,
		"no attributes": `{"id":1,"node":["p"]}`, "attributes in a list": `{"id":1,"node":["p",["i",{}]]}`, "an unknown kind": `{"id":1,"node":[3,{}]}`,
		"a kind that only begins like one": `{"id":1,"node":[00,{}]}`, "a shadow root by itself": `{"id":1,"node":[2,"x"]}`,
		"a shadow root behind others": `{"id":1,"node":["p",{},"x",[2]]}`, "a number for a child": `{"id":1,"node":["p",{},4]}`,
		"a long node in a short one": `{"id":1,"node":["p",{},{"type":3}]}`, "a doctype cut short": `{"id":1,"node":[1,"html",""]}`,
		"a doctype with more": `{"id":1,"node":[1,"html","","",""]}`,
		"too deep":            `{"id":1,"node":` + strings.Repeat(`["p",{},`, 1100) + `"x"` + strings.Repeat(`]`, 1100) + `}`,
	} {
		if got, err := expand([]byte(event(2, data)), enough); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v, %s", name, err, got)
		}
	}
}

func TestExpandIsBounded(t *testing.T) {
	data := `{"source":0,"adds":[{"parentId":1,"nextId":null,"id":2,"node":["p",{}` + strings.Repeat(`,""`, 10_000) + `]}]}`
	if _, err := expand([]byte(event(3, data)), 100_000); err == nil {
		t.Error("a section that grows beyond its limit was taken")
	}
	if got, err := expand([]byte(event(3, data)), enough); err != nil || len(got) > enough {
		t.Errorf("%v, %d bytes", err, len(got))
	}
}

// grower makes the same random tree in both forms.
type grower struct {
	*rand.Rand
	next int64
}

func (g *grower) text() string {
	return []string{"", "tea", "•••", "\"\\\n", "<b>", "\u2028 ü 😀"}[g.Intn(6)]
}

func (g *grower) tree(depth int, root int64, shadow bool) (short any, long map[string]any) {
	long = map[string]any{"id": g.next}
	g.next++
	if root > 0 {
		long["rootId"] = root
	}
	if shadow {
		long["isShadow"] = true
	}
	if depth == 0 || g.Intn(3) == 0 {
		text := g.text()
		long["type"], long["textContent"] = 3, text
		return text, long
	}
	attributes := map[string]any{}
	for i := g.Intn(3); i > 0; i-- {
		attributes[g.text()] = []any{g.text(), nil, true, 1.5}[g.Intn(4)]
	}
	tag, name := "div", "div"
	if prefix := "scb."[g.Intn(4)]; prefix != '.' {
		tag = string(prefix) + ":div"
		long[map[byte]string{'s': "isSVG", 'c': "isCustom", 'b': "needBlock"}[prefix]] = true
	}
	list, children := []any{tag, attributes}, []any{}
	long["type"], long["tagName"], long["attributes"] = 2, name, attributes
	if g.Intn(4) == 0 {
		long["isShadowHost"] = true
		inside := []any{2}
		for i := g.Intn(3); i > 0; i-- {
			s, l := g.tree(depth-1, root, true)
			inside, children = append(inside, s), append(children, l)
		}
		list = append(list, inside)
	}
	for i := g.Intn(4); i > 0; i-- {
		s, l := g.tree(depth-1, root, false)
		list, children = append(list, s), append(children, l)
	}
	long["childNodes"] = children
	return list, long
}

// flat is a tree as adds, each without what lies in it.
func flat(parent any, next any, node map[string]any) []any {
	out := []any{map[string]any{"parentId": parent, "nextId": next, "node": node}}
	if inside, ok := node["childNodes"].([]any); ok {
		node["childNodes"] = []any{}
		for _, child := range inside {
			out = append(out, flat(node["id"], nil, child.(map[string]any))...)
		}
	}
	return out
}

func TestExpandRandomTrees(t *testing.T) {
	for seed := range int64(300) {
		g := &grower{Rand: rand.New(rand.NewSource(seed)), next: 1 + seed}
		id := g.next
		short, long := g.tree(5, 0, false)
		snapshot := map[string]any{"type": 2, "timestamp": 5, "data": map[string]any{"id": id, "node": short}}
		want := []any{map[string]any{"type": 2, "timestamp": 5, "data": map[string]any{"node": long}}}

		id, root := g.next, int64(g.Intn(2))*9
		added, node := g.tree(5, root, g.Intn(2) == 0)
		add := map[string]any{"parentId": 4, "nextId": nil, "id": id, "node": added}
		if root > 0 {
			add["rootId"] = root
		}
		if node["isShadow"] == true {
			add["isShadow"] = true
		}
		mutation := map[string]any{"type": 3, "timestamp": 6, "data": map[string]any{"source": 0, "adds": []any{add}}}
		want = append(want, map[string]any{"type": 3, "timestamp": 6, "data": map[string]any{
			"source": 0, "texts": []any{}, "attributes": []any{}, "removes": []any{}, "adds": flat(4, nil, node),
		}})
		section, _ := json.Marshal([]any{snapshot, mutation})
		expected, _ := json.Marshal(want)
		got, err := expand(section, enough)
		if err != nil {
			t.Fatalf("seed %d: %v in %s", seed, err, section)
		}
		if diff := cmp.Diff(decoded(t, expected), decoded(t, got)); diff != "" {
			t.Fatalf("seed %d:\n%s", seed, diff)
		}
	}
}

func FuzzExpand(f *testing.F) {
	f.Add([]byte(event(2, `{"id":7,"node":[0,{"compatMode":"x"},[1,"html","",""],["s:a",{"b":1},[2,"c"],"d"]]}`)))
	f.Add([]byte(event(3, `{"source":0,"adds":[{"parentId":5,"nextId":null,"rootId":3,"id":20,"node":[0,{},["html",{},"t"]]}]}`)))
	f.Add([]byte(event(3, `{"source":0,"texts":[{"id":1,"value":"v"}]}`)))
	f.Add([]byte(`[[1000,0,[3,4,3,-5],[9,0,20,"t",9,20,-21,["b",{},"u"],-8],[6,"tea"],[2,{"class":"x"}],1],[5,1,1,2,3,-4,5,6,7,8],[0,3,1,2,3],[1,8,{"id":1}]]`))
	f.Fuzz(func(t *testing.T, section []byte) {
		out, err := expand(section, enough)
		if err != nil {
			return
		}
		if _, err := read(out, 20*enough); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		again, err := expand(out, 20*enough)
		if err != nil || !bytes.Equal(again, out) {
			t.Fatalf("written out twice: %v\n%s\n%s", err, out, again)
		}
	})
}
