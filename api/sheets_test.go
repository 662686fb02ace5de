package api_test

import (
	"crypto/sha256"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"hindsight/internal/store"
)

// sheet adds the definition of a style sheet to the batch.
func (v *visit) sheet(id string, rules ...string) *visit {
	raw, err := json.Marshal(rules)
	if err != nil {
		v.t.Fatal(err)
	}
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		v.t.Fatal(err)
	}
	v.record.Sheets = append(v.record.Sheets, store.SheetRow{
		Index: uint32(len(v.record.Sheets)), TS: v.record.Batch.FirstAt, ID: id, Hash: sha256.Sum256(raw), Bytes: uint32(len(raw)), Payload: encoder.EncodeAll(raw, nil),
	})
	return v
}

// data is an rrweb event that holds this.
func (v *visit) data(kind, s int, data map[string]any) map[string]any {
	return map[string]any{"type": kind, "timestamp": v.at(s) - 250, "data": data}
}

// sheetRig: a session of two pages, of which the first defines the sheets; and
// another session whose ids mean something else.
func sheetRig(t *testing.T) (*rig, *visit) {
	r := newRig(t)
	v := newVisit(t, r.site.ID, 1, testNow.Add(-time.Hour))
	styled := func(id string) map[string]any {
		return map[string]any{"node": map[string]any{"attributes": map[string]any{"_cssText": "hindsight.css:" + id}}}
	}
	v.batch(1, 1, "/", 0, 5).view(0, "A").sheet("aaaaaaaa", `a { content: "<&>" }`, "b { }").sheet("bbbbbbbb", "c { }").
		replay(v.rr(4, 0, "meta"), v.data(2, 1, styled("aaaaaaaa")), v.data(3, 2, map[string]any{"source": 0, "part": 1, "adds": []any{styled("bbbbbbbb")}}), v.rr(3, 4, "move"))
	v.batch(2, 1, "/b", 6, 9).view(6, "B").replay(v.rr(4, 6, "meta"), v.data(2, 7, styled("cccccccc")),
		v.data(3, 7, map[string]any{"source": 15, "styles": []any{map[string]any{"styleId": 1, "rules": []any{map[string]any{"rule": "hindsight.css:aaaaaaaa"}}}}}))
	other := newVisit(t, r.site.ID, 2, testNow.Add(-time.Hour))
	other.batch(1, 1, "/", 0, 5).view(0, "A").sheet("aaaaaaaa", "other { }").sheet("cccccccc", "other { }").replay(other.rr(4, 0, "m"), other.data(2, 1, styled("aaaaaaaa")))
	r.write(append(v.all, other.all...)...)
	r.write(v.all...)
	return r, v
}

func testStyleSheets(t *testing.T) {
	r, v := sheetRig(t)
	type event struct {
		Type int
		Data struct {
			Node struct{ Attributes map[string]string }
			Adds []struct {
				Node struct{ Attributes map[string]string }
			}
			Styles []struct {
				Rules []struct {
					Rule  string
					Index *int
				}
			}
		}
	}
	whole := r.call("GET", r.sitePath("/sessions/"+v.id()+"/events"), "", asAdmin)
	var events []event
	r.decode(whole, 200, &events)
	if len(events) != 7 || strings.Contains(string(whole.body), "hindsight.css") {
		t.Fatalf("%d events, %s", len(events), whole.body)
	}
	const first = `a { content: "<&>" }b { }`
	if got := events[1].Data.Node.Attributes["_cssText"]; got != first {
		t.Errorf("%q", got)
	}
	if got := events[2].Data.Adds[0].Node.Attributes["_cssText"]; got != "c { }" {
		t.Errorf("%q", got)
	}
	if got, ok := events[5].Data.Node.Attributes["_cssText"]; got != "" || !ok {
		t.Errorf("a sheet that is another session's: %q", got)
	}
	rules := events[6].Data.Styles[0].Rules
	if len(rules) != 2 || rules[0].Rule+rules[1].Rule != first || *rules[0].Index != 0 || *rules[1].Index != 1 {
		t.Errorf("%+v", rules)
	}
	if n := unknownSheets(t, r); n != 1 {
		t.Errorf("%v unknown sheets are counted", n)
	}
	// The same one a line, and of the second page alone.
	lines := r.call("GET", r.sitePath("/sessions/"+v.id()+"/events"), "", asAdmin, "Accept: application/x-ndjson")
	if got := "[" + strings.ReplaceAll(strings.TrimSpace(string(lines.body)), "\n", ",\n") + "]\n"; got != string(whole.body) {
		t.Errorf("NDJSON differs: %s", cmp.Diff(string(whole.body), got))
	}
	var second []event
	r.get(r.sitePath("/sessions/"+v.id()+"/events?document="+documentID(2)), &second)
	if d := cmp.Diff(events[4:], second); d != "" {
		t.Error(d)
	}
	// A heatmap's picture: its parts belong to it, sheets and all.
	var picture []event
	r.get(r.sitePath("/snapshots/"+v.id()+"/"+documentID(1)+"/1"), &picture)
	if d := cmp.Diff(events[:3], picture); d != "" {
		t.Error(d)
	}
	// What was stored of a sheet goes with the recording's retention.
	r.change("PATCH", r.sitePath(""), `{"retention":{"recordings_days":1,"data_days":30}}`, 200, nil)
	*r.clock = testNow.AddDate(0, 0, 1)
	r.get(r.sitePath("/sessions/"+v.id()+"/events"), &events)
	if len(events) != 7 {
		t.Errorf("%d events on the last day", len(events))
	}
	*r.clock = testNow.AddDate(0, 0, 2)
	if a := r.call("GET", r.sitePath("/sessions/"+v.id()+"/events"), "", asAdmin); string(a.body) != "[]\n" {
		t.Errorf("a day later: %d %s", a.status, a.body)
	}
}

func unknownSheets(t *testing.T, r *rig) float64 {
	t.Helper()
	families, err := r.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	if n, err := testutil.GatherAndCount(r.metrics, "hindsight_api_unknown_sheets_total"); err != nil || n != 1 {
		t.Fatalf("%d metrics, %v", n, err)
	}
	for _, f := range families {
		if f.GetName() == "hindsight_api_unknown_sheets_total" {
			return f.GetMetric()[0].GetCounter().GetValue()
		}
	}
	return -1
}
