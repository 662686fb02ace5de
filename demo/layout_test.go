package demo

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"testing"
)

var updateLayout = flag.Bool("update-layout", false, "measure the shop anew and write layout.json")

// TestLayout holds layout.json against the shop as a real browser lays it out, with a font as wide as Times New Roman
// for its headings (`make browser` installs Liberation Serif where there is none).
func TestLayout(t *testing.T) {
	var measured layout
	runBrowser(t, "measure.mjs", map[string]any{
		"base":   serveShop(t),
		"sizes":  viewportSizes(),
		"states": layoutStates(),
	}, &measured)
	if *updateLayout {
		if err := os.WriteFile("layout.json", formatLayout(t, measured), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := loadLayout()
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(kept.Widths) != fmt.Sprint(measured.Widths) || len(kept.Pages) != len(measured.Pages) {
		t.Fatalf("layout.json is of other widths or pages; run go test ./demo -run Layout -update-layout")
	}
	for key, page := range measured.Pages {
		compareLayout(t, key, kept.Pages[key], page)
	}
}

// Fonts differ between machines: a text may be some pixels wider, and a line
// may break elsewhere and push down what follows.
const (
	sideTolerance = 24.0
	downTolerance = 0.06 // of the page's height
)

func compareLayout(t *testing.T, key string, kept, measured *layoutPage) {
	t.Helper()
	if kept == nil || len(kept.Elements) != len(measured.Elements) {
		t.Errorf("%s: layout.json has other elements; run go test ./demo -run Layout -update-layout", key)
		return
	}
	for i, m := range measured.Elements {
		k := kept.Elements[i]
		if k.Selector != m.Selector || k.Kind != m.Kind || k.Ref != m.Ref || k.Fixed != m.Fixed {
			t.Errorf("%s: %q is now %q (%s, %s)", key, k.Selector, m.Selector, m.Kind, m.Ref)
			continue
		}
		for w := range m.Boxes {
			down := math.Max(sideTolerance, downTolerance*float64(measured.Heights[w]))
			if !near(k.Boxes[w], m.Boxes[w], down) {
				t.Errorf("%s: %q at width index %d: %v in layout.json, %v in the browser", key, k.Selector, w, k.Boxes[w], m.Boxes[w])
			}
		}
	}
}

func near(a, b *box, down float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	for i, tolerance := range []float64{sideTolerance, down, sideTolerance, sideTolerance} {
		if math.Abs(a[i]-b[i]) > tolerance {
			return false
		}
	}
	return true
}

// formatLayout writes one element a line, so that a change of one element is a
// change of one line.
func formatLayout(t *testing.T, l layout) []byte {
	t.Helper()
	line := func(v any) string {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
		return b.String()[:b.Len()-1]
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\"widths\": %s, \"pages\": {", line(l.Widths))
	for i, state := range layoutStates() {
		if i > 0 {
			out.WriteByte(',')
		}
		page := l.Pages[state.Key]
		fmt.Fprintf(&out, "\n%s: {\"heights\": %s, \"elements\": [", line(state.Key), line(page.Heights))
		for j, e := range page.Elements {
			if j > 0 {
				out.WriteByte(',')
			}
			out.WriteString("\n  " + line(e))
		}
		out.WriteString("\n]}")
	}
	out.WriteString("\n}}\n")
	return out.Bytes()
}
