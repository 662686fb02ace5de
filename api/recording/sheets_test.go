package recording

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"hindsight/internal/store"
)

// wardrobe is what a store would hold of one session's sheets.
type wardrobe struct {
	names map[string]store.SheetName
	texts map[string]store.SheetText
	asked []string
}

func newWardrobe(t testing.TB, sheets map[string][]string) *wardrobe {
	t.Helper()
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &wardrobe{map[string]store.SheetName{}, map[string]store.SheetText{}, nil}
	for id, rules := range sheets {
		raw, err := json.Marshal(rules)
		if err != nil {
			t.Fatal(err)
		}
		hash := "H" + id
		w.names[id] = store.SheetName{Hash: hash, Bytes: uint32(len(raw))}
		w.texts[hash] = store.SheetText{Hash: hash, Codec: "zstd", Size: uint32(len(raw)), Bytes: enc.EncodeAll(raw, nil)}
	}
	return w
}

func (w *wardrobe) Names(context.Context) (map[string]store.SheetName, error) {
	w.asked = append(w.asked, "names")
	return w.names, nil
}

func (w *wardrobe) Texts(_ context.Context, hashes []string) ([]store.SheetText, error) {
	w.asked = append(w.asked, strings.Join(hashes, ","))
	var out []store.SheetText
	for _, h := range hashes {
		if text, ok := w.texts[h]; ok {
			out = append(out, text)
		}
	}
	return out, nil
}

var testSheets = map[string][]string{
	"aaaaaaaa":                         {`a::before { content: "\201c \"<&>"; }`, "@media print {\n\tb { c: d }\n}"},
	"bbbbbbbbbbbb":                     {},
	"0123456789abcdef0123456789abcdef": {"ü😀\u2028 { }"},
}

// bruteExpand puts sheets back into a decoded event.
func bruteExpand(v any, unknown *int) any {
	rulesOf := func(ref any) ([]string, bool) {
		text, ok := ref.(string)
		id := strings.TrimPrefix(text, "hindsight.css:")
		if !ok || id == text || len(id) < 8 || len(id) > 32 || strings.Trim(id, "0123456789abcdef") != "" {
			return nil, false
		}
		rules, known := testSheets[id]
		if !known {
			*unknown++
		}
		return rules, true
	}
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = bruteExpand(v[i], unknown)
		}
	case map[string]any:
		for name, member := range v {
			if rules, ok := rulesOf(member); ok && name == "_cssText" {
				v[name] = strings.Join(rules, "")
				continue
			}
			if list, ok := member.([]any); ok && name == "rules" && len(list) == 1 {
				if entry, ok := list[0].(map[string]any); ok {
					if rules, ok := rulesOf(entry["rule"]); ok {
						entries := []any{}
						for i, rule := range rules {
							entries = append(entries, map[string]any{"rule": rule, "index": float64(i)})
						}
						v[name] = entries
						continue
					}
				}
			}
			v[name] = bruteExpand(member, unknown)
		}
	}
	return v
}

func checkExpand(t *testing.T, s *Sheets, event string) {
	t.Helper()
	got, err := s.Expand(context.Background(), []byte(event))
	if err != nil {
		t.Fatal(err)
	}
	var want, have any
	if json.Unmarshal([]byte(event), &want) != nil {
		return
	}
	unknown := 0
	want = bruteExpand(want, &unknown)
	if err := json.Unmarshal(got, &have); err != nil {
		t.Fatalf("%v: %s of %s", err, got, event)
	}
	if d := cmp.Diff(want, have); d != "" {
		t.Errorf("%s\nof %s", d, event)
	}
}

var expandCases = []string{
	`{"type":2,"data":{"node":{"type":0,"childNodes":[{"tagName":"link","attributes":{"media":"x","_cssText":"hindsight.css:aaaaaaaa"},"childNodes":[]}]}}}`,
	`{"type":3,"data":{"source":0,"adds":[{"node":{"attributes":{"_cssText" : "hindsight.css:aaaaaaaa"}}},{"node":{"attributes":{"_cssText":"hindsight.css:0123456789abcdef0123456789abcdef","x":1}}}]}}`,
	`{"type":3,"data":{"source":0,"attributes":[{"id":4,"attributes":{"_cssText":"hindsight.css:bbbbbbbbbbbb"}}]}}`,
	`{"type":3,"data":{"source":15,"id":1,"styles":[{"styleId":1,"rules":[{"rule":"hindsight.css:aaaaaaaa"}]},{"styleId":2,"rules":[ { "index":0,"rule":"hindsight.css:bbbbbbbbbbbb"} ]},{"styleId":3,"rules":[{"rule":"a{}","index":0}]}],"styleIds":[1,2]}}`,
	// Unknown: empty text.
	`{"a":{"_cssText":"hindsight.css:dddddddd"},"rules":[{"rule":"hindsight.css:dddddddd"}]}`,
	// No references: other names, other values, more than one rule, no id.
	`{"_cssText":"hindsight.css:aaaaaaa","_csstext":"hindsight.css:aaaaaaaa","text":"hindsight.css:aaaaaaaa","x":["hindsight.css:aaaaaaaa"]}`,
	`{"_cssText":"hindsight.css:AAAAAAAA","b":{"_cssText":" hindsight.css:aaaaaaaa"},"c":{"_cssText":["hindsight.css:aaaaaaaa"]},"d":{"_cssText":{"rule":"hindsight.css:aaaaaaaa"}}}`,
	`{"rules":[{"rule":"hindsight.css:aaaaaaaa"},{"rule":"x"}],"b":{"rules":["hindsight.css:aaaaaaaa"]},"c":{"rules":[[{"rule":"hindsight.css:aaaaaaaa"}]]},"rule":"hindsight.css:aaaaaaaa"}`,
	// What a page writes in its texts stays text.
	`{"textContent":"\"_cssText\":\"hindsight.css:aaaaaaaa\"","y\":{\"_cssText\":\"hindsight.css:aaaaaaaa":"\\","_cssText":"hindsight.css:bbbbbbbbbbbb"}`,
	`{"rules":[{"rule":"x","rule":"hindsight.css:aaaaaaaa","n":{"_cssText":"hindsight.css:aaaaaaaa"}}],"z":[{"_cssText":"hindsight.css:aaaaaaaa"},{"rules":[]},null,true,-1.5e3]}`,
}

func TestExpand(t *testing.T) {
	source := newWardrobe(t, testSheets)
	s := NewSheets(inflater(t), source)
	for _, event := range expandCases {
		checkExpand(t, s, event)
	}
	if s.Unknown != 2 {
		t.Errorf("%d unknown, want 2", s.Unknown)
	}
	if len(source.asked) != 4 || source.asked[0] != "names" {
		t.Errorf("the source is asked again and again: %q", source.asked)
	}
	plain := []byte(`{"type":3,"data":{"source":1},"timestamp":1}`)
	none := NewSheets(inflater(t), newWardrobe(t, nil))
	if got, err := none.Expand(context.Background(), plain); err != nil || &got[0] != &plain[0] {
		t.Errorf("an event without a reference is copied: %s, %v", got, err)
	}
	if asked := none.source.(*wardrobe).asked; len(asked) != 0 {
		t.Errorf("and the source asked: %q", asked)
	}
}

// TestExpandRandom builds trees of references and what looks like them.
func TestExpandRandom(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 8))
	s := NewSheets(inflater(t), newWardrobe(t, testSheets))
	pick := func(words ...any) any { return words[rng.IntN(len(words))] }
	var build func(depth int) any
	build = func(depth int) any {
		switch n := rng.IntN(8); {
		case n < 3 || depth > 4:
			return pick("hindsight.css:aaaaaaaa", "hindsight.css:bbbbbbbbbbbb", "hindsight.css:dddddddd", "hindsight.css:", `"_cssText":"hindsight.css:aaaaaaaa"`, "\\", 7.5, nil, true)
		case n < 5:
			list := []any{}
			for range rng.IntN(3) {
				list = append(list, build(depth+1))
			}
			return list
		case n == 5:
			return map[string]any{"rules": []any{map[string]any{"rule": build(5)}}}
		}
		object := map[string]any{}
		for range rng.IntN(4) {
			object[pick("_cssText", "rules", "rule", "x", `"rules"`, "attributes").(string)] = build(depth + 1)
		}
		return object
	}
	changed := 0
	for range 5000 {
		var event bytes.Buffer
		enc := json.NewEncoder(&event)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(map[string]any{"data": build(0)}); err != nil {
			t.Fatal(err)
		}
		if len(references(event.Bytes())) > 0 {
			changed++
		}
		checkExpand(t, s, event.String())
	}
	if changed < 500 {
		t.Errorf("%d of 5000 events hold references: the test proves little", changed)
	}
}

func TestExpandIsBounded(t *testing.T) {
	big := strings.Repeat("x", 3<<20)
	s := NewSheets(inflater(t), newWardrobe(t, map[string][]string{"aaaaaaaa": {big}, "bbbbbbbb": {"small"}}))
	one := `{"_cssText":"hindsight.css:aaaaaaaa"},`
	event := `{"n":[` + strings.Repeat(one, 500) + `{"_cssText":"hindsight.css:bbbbbbbb"}]}`
	got, err := s.Expand(context.Background(), []byte(event))
	if err != nil || len(got) > maxInserted+len(event) || len(got) < maxInserted-4<<20 || !json.Valid(got) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if s.Unknown != 490 || !bytes.Contains(got, []byte(`"small"`)) {
		t.Errorf("%d unknown", s.Unknown)
	}
	// Entries cost more than their rules.
	many := newWardrobe(t, map[string][]string{"cccccccc": make([]string, 100_000)})
	s = NewSheets(inflater(t), many)
	got, err = s.Expand(context.Background(), []byte(`{"n":[`+strings.TrimSuffix(strings.Repeat(`{"rules":[{"rule":"hindsight.css:cccccccc"}]},`, 100), ",")+`]}`))
	if err != nil || len(got) > maxInserted+(4<<20) || !json.Valid(got) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	// And what is kept between events is bounded too.
	sheets := map[string][]string{}
	for i := range 40 {
		sheets[fmt.Sprintf("%08x", i)] = []string{big}
	}
	s = NewSheets(inflater(t), newWardrobe(t, sheets))
	for i := range 40 {
		if _, err := s.Expand(context.Background(), []byte(fmt.Sprintf(`{"_cssText":"hindsight.css:%08x"}`, i))); err != nil {
			t.Fatal(err)
		}
		held := 0
		for _, text := range s.texts {
			held += len(text)
		}
		if held != s.held || held > maxSheets {
			t.Fatalf("%d bytes held, %d counted", held, s.held)
		}
	}
	if s.Unknown != 0 {
		t.Errorf("%d unknown", s.Unknown)
	}
}

func FuzzExpand(f *testing.F) {
	for _, seed := range expandCases {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, event []byte) {
		s := NewSheets(inflater(t), newWardrobe(t, testSheets))
		if !json.Valid(event) || bytes.Contains(event, []byte(`\u`)) {
			if _, err := s.Expand(context.Background(), event); err != nil {
				t.Fatal(err)
			}
			return // no rrweb event, or names in escapes, which no recorder writes
		}
		checkExpand(t, s, string(event))
	})
}

func BenchmarkExpand(b *testing.B) {
	i, err := NewInflater()
	if err != nil {
		b.Fatal(err)
	}
	defer i.Close()
	s := NewSheets(i, newWardrobe(b, testSheets))
	without := []byte(`{"type":3,"data":{"source":1,"positions":[{"x":10,"y":20,"id":12,"timeOffset":-5}]},"timestamp":1700000000000}`)
	for name, event := range map[string][]byte{"none": without, "one": []byte(expandCases[0])} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(event)))
			for b.Loop() {
				if _, err := s.Expand(context.Background(), event); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
