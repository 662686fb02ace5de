package recording

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// change is an incremental event; mark tells which.
func change(at, source int, mark, more string) string {
	return fmt.Sprintf(`{"type":3,"timestamp":%d,"data":{"source":%d,"mark":%q%s}}`, at, source, mark, more)
}

func TestPictureInParts(t *testing.T) {
	const part = `,"part":1`
	start := `{"type":4,"timestamp":1000,"data":{"mark":"meta"}},{"type":2,"timestamp":1000,"data":{"mark":"full"}}`
	for name, c := range map[string]struct {
		chunks []string
		want   string
	}{
		"whole at once": {[]string{start + "," + change(1200, 0, "later", "")}, "meta full"},
		"parts in one chunk and the next, with what changes between": {[]string{
			start + "," + change(1100, 0, "p1", part) + "," + change(1150, 0, "between", "") + "," + change(1150, 1, "mouse", ""),
			change(1500, 0, "p2", part) + "," + change(1600, 0, "after", ""),
		}, "meta full p1 between p2"},
		"parts over a long time": {[]string{
			start, change(15_000, 0, "p1", part), change(29_000, 0, "p2", part), change(45_000, 0, "too late", part),
		}, "meta full p1 p2"},
		"adopted sheets and fonts right after it, without the page's changes": {[]string{
			start + "," + change(1001, 15, "adopted", "") + "," + change(1002, 0, "banner", "") + "," + change(1003, 8, "rule", "") + "," +
				change(1004, 10, "font", "") + "," + change(1005, 13, "declaration", "") + "," + change(1600, 15, "later", ""),
		}, "meta full adopted rule font declaration"},
		"and in order among parts": {[]string{
			start + "," + change(1001, 15, "adopted", "") + "," + change(1002, 0, "p1", part) + "," + change(1003, 8, "rule", ""),
		}, "meta full adopted p1 rule"},
		"another snapshot ends it": {[]string{
			start, `{"type":2,"timestamp":1100,"data":{"mark":"second"}}`, change(1200, 0, "p", part),
		}, "meta full"},
		"only mutations are parts": {[]string{start + "," + change(1100, 5, "input", part) + "," + change(1100, 0, "x", `,"part":2`)}, "meta full"},
	} {
		var tp tape
		for i, events := range c.chunks {
			tp.add(t, "a", uint32(i+1), 5, "["+events+"]")
		}
		got, ok, err := Picture(context.Background(), inflater(t), tp.source, tp.chunks, 1)
		if err != nil || !ok {
			t.Fatalf("%s: %v, %v", name, ok, err)
		}
		var marks []string
		for _, e := range got {
			_, rest, _ := strings.Cut(string(e), `"mark":"`)
			mark, _, _ := strings.Cut(rest, `"`)
			marks = append(marks, mark)
		}
		if d := cmp.Diff(c.want, strings.Join(marks, " ")); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
