package processor

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"hindsight/internal/rrweb"
	"hindsight/internal/store"
	"hindsight/internal/wire"
)

const (
	pointer = `{"type":3,"data":{"source":1,"positions":[]},"timestamp":1800000000001}`
	refers  = `{"type":3,"data":{"source":0,"adds":[{"parentId":1,"nextId":null,"node":{"type":2,"tagName":"style","attributes":{"_cssText":"hindsight.css:0011223344556677"},"childNodes":[],"id":9}}],"removes":[],"texts":[],"attributes":[]},"timestamp":1800000000002}`
)

func defines(id string, rules ...string) string {
	raw, err := json.Marshal(rules)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"type":5,"data":{"tag":"hindsight.css","payload":{"id":%q,"rules":%s}},"timestamp":1800000000000}`, id, raw)
}

// decodeReplay decodes a frame with this replay section.
func decodeReplay(t *testing.T, d *decoder, section string) Decoded {
	t.Helper()
	out, err := d.decode(fetched(t, newFrame(t, testHeader(), section0(), section, wire.CodecGzip), testOrigin+9100))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func section0() string { return section("") }

func rulesOf(t *testing.T, row store.SheetRow) []string {
	t.Helper()
	dec, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer dec.Close()
	raw, err := dec.DecodeAll(row.Payload, nil)
	if err != nil || len(raw) != int(row.Bytes) {
		t.Fatalf("%v, %d bytes, the row says %d", err, len(raw), row.Bytes)
	}
	var rules []string
	if err := json.Unmarshal(raw, &rules); err != nil {
		t.Fatal(err)
	}
	return rules
}

func TestDefinitionsAreTakenOut(t *testing.T) {
	d := testDecoder(t)
	const id = "0011223344556677"
	rules := []string{`a::before { content: "\201c <>& ü 😀"; }`, "", `@media print { b { c: d } }`}
	for _, c := range []struct {
		name, section, kept string
		sheets, invalid     int
	}{
		{"none", "[" + pointer + "," + refers + "]", "[" + pointer + "," + refers + "]", 0, 0},
		{"first", "[" + defines(id, rules...) + "," + pointer + "," + refers + "]", "[" + pointer + "," + refers + "]", 1, 0},
		{"between", "[ " + pointer + " ,\n" + defines(id, rules...) + " , " + refers + " ]", "[" + pointer + "," + refers + "]", 1, 0},
		{"two, last", "[" + pointer + "," + defines(id, rules...) + "," + defines("aabbccddeeff", "x{}") + "]", "[" + pointer + "]", 2, 0},
		{"alone", "[" + defines(id, rules...) + "]", "", 1, 0},
		{"bad id", "[" + defines("00112233445566XX", rules...) + "," + pointer + "]", "[" + pointer + "]", 0, 1},
		{"short id", "[" + defines("0011223", rules...) + "," + pointer + "]", "[" + pointer + "]", 0, 1},
		{"long id", "[" + defines(strings.Repeat("a", 33), rules...) + "," + pointer + "]", "[" + pointer + "]", 0, 1},
		{"no texts", "[" + strings.Replace(defines(id, "a", "b"), `"b"`, `7`, 1) + "," + pointer + "]", "[" + pointer + "]", 0, 1},
		{"no rules", `[{"type":5,"data":{"tag":"hindsight.css","payload":{"id":"0011223344556677"}},"timestamp":1},` + pointer + "]", "[" + pointer + "]", 0, 1},
		{"no payload", `[{"type":5,"data":{"tag":"hindsight.css"},"timestamp":1},` + pointer + "]", "[" + pointer + "]", 0, 1},
		{"too large", "[" + defines(id, strings.Repeat("x", rrweb.MaxSheetBytes), "y") + "," + pointer + "]", "[" + pointer + "]", 0, 1},
		{"too many", "[" + defines(id, slices.Repeat([]string{""}, rrweb.MaxSheetRules+1)...) + "," + pointer + "]", "[" + pointer + "]", 0, 1},
		{"control characters", "[" + defines(id, strings.Repeat("\x01", rrweb.MaxSheetBytes/2)) + "," + pointer + "]", "[" + pointer + "]", 0, 1},
		{"another tag", strings.Replace("["+defines(id, `"hindsight.css"`)+"]", "hindsight.css", "mine", 1), strings.Replace("["+defines(id, `"hindsight.css"`)+"]", "hindsight.css", "mine", 1), 0, 0},
		{"another type", strings.Replace("["+defines(id)+"]", `"type":5`, `"type":6`, 1), strings.Replace("["+defines(id)+"]", `"type":5`, `"type":6`, 1), 0, 0},
	} {
		out := decodeReplay(t, d, c.section)
		if out.Refused != "" || len(out.Record.Sheets) != c.sheets || out.BadSheets != c.invalid {
			t.Errorf("%s: refused %q, %d sheets, %d invalid", c.name, out.Refused, len(out.Record.Sheets), out.BadSheets)
			continue
		}
		if c.sheets > 0 {
			row := out.Record.Sheets[0]
			if diff := cmp.Diff(rules, rulesOf(t, row)); diff != "" || row.ID != id || row.TS != 1800000000000 {
				t.Errorf("%s: %+v\n%s", c.name, row, diff)
			}
		}
		if out.Record.Batch.ReplayState != store.ReplayKept {
			t.Errorf("%s: state %d", c.name, out.Record.Batch.ReplayState)
		}
		if c.kept == "" {
			if out.Record.Chunk != nil {
				t.Errorf("%s: a chunk of nothing", c.name)
			}
			continue
		}
		checkPayload(t, out.Record.Chunk, c.kept)
	}
}

// TestSheetsOfRefusedSections: the guard refuses a recording, not its sheets.
func TestSheetsOfRefusedSections(t *testing.T) {
	d := testDecoder(t)
	leak := `{"type":3,"data":{"source":0,"adds":[{"parentId":1,"nextId":null,"node":{"type":2,"tagName":"input","attributes":{"type":"password","value":"x1"},"childNodes":[],"id":9}}]},"timestamp":5}`
	out := decodeReplay(t, d, "["+defines("0011223344556677", "a{}")+","+leak+"]")
	if out.Refused == "" || !out.Guarded || out.Record.Chunk != nil || len(out.Record.Sheets) != 1 || out.Record.Batch.ReplayState != store.ReplayRefused {
		t.Errorf("%+v", out)
	}
}

// TestSheetHash: one content one hash, whatever the escapes and the id; other
// cuts between rules are another content.
func TestSheetHash(t *testing.T) {
	d := testDecoder(t)
	hash := func(section string) [32]byte {
		out := decodeReplay(t, d, "["+section+"]")
		if len(out.Record.Sheets) != 1 {
			t.Fatalf("%d sheets in %s", len(out.Record.Sheets), section)
		}
		return out.Record.Sheets[0].Hash
	}
	one := hash(defines("0011223344556677", "ab", "c"))
	if hash(strings.Replace(defines("99112233", "ab", "c"), "ab", `\u0061b`, 1)) != one {
		t.Error("escapes or ids change the hash")
	}
	for _, other := range [][]string{{"a", "bc"}, {"abc"}, {"ab", "c", ""}, {"\x02ab\x01c"}, {}} {
		if hash(defines("0011223344556677", other...)) == one {
			t.Errorf("%q has the hash of another sheet", other)
		}
	}
}

// BenchmarkSectionWithoutSheets is what every other section pays.
func BenchmarkSectionWithoutSheets(b *testing.B) {
	section := []byte("[" + strings.TrimSuffix(strings.Repeat(refers+",", 4000), ",") + "]")
	var reader rrweb.Reader
	read, err := reader.Read(section, wire.MaxReplay)
	if err != nil {
		b.Fatal(err)
	}
	d := testDecoder(b)
	b.Run("parse", func(b *testing.B) {
		b.SetBytes(int64(len(section)))
		for b.Loop() {
			if read, err = reader.Read(section, wire.MaxReplay); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("take", func(b *testing.B) {
		b.SetBytes(int64(len(section)))
		for b.Loop() {
			d.takeSheets(nil, section, read)
		}
	})
}
