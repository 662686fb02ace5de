package api_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hindsight/api"
	"hindsight/internal/store"
)

func testRoutesAndDescriptionAreTheSame(t *testing.T) {
	r := newRig(t)
	described := r.contract.operations()
	var routed []string
	for _, rt := range r.api.RoutesForTest() {
		routed = append(routed, rt.Operation)
		if !slices.Contains(described, rt.Operation) {
			t.Errorf("%s is routed and not described", rt.Operation)
			continue
		}
		want, got := slices.Sorted(slices.Values(r.contract.queryOf(rt.Operation))), slices.Sorted(slices.Values(rt.Query))
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: parameters described and taken differ: %s", rt.Operation, d)
		}
	}
	for _, operation := range described {
		if !slices.Contains(routed, operation) {
			t.Errorf("%s is described and not routed", operation)
		}
	}
	raw, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range api.ProblemsForTest() {
		if !strings.Contains(string(raw), "`"+name+"`") {
			t.Errorf("the problem %s is not described", name)
		}
	}
	if a := r.call("GET", "/openapi.yaml", ""); string(a.body) != string(raw) || a.header.Get("Content-Type") != "application/yaml" {
		t.Errorf("the description served is another one: %v", a.header)
	}
}

// Every call answers with success, on rows in the real engine, as described.
func testEveryCallAnswersAsDescribed(t *testing.T) {
	r := newRig(t)
	v := newVisit(t, r.site.ID, 1, testNow.Add(-time48h))
	v.batch(1, 1, "/", 0, 5).view(0, "Home").load(1, 420).click(2, "#buy", .5, .5, 100, 200).move(3, 16, 32, 80).scroll(4, 900).
		event(4, "error", "boom", 0, `{"stack":"at x"}`).event(5, "gap", "memory", 1500, `{}`).
		replay(v.rr(4, 0, "meta"), v.rr(2, 0, "snapshot"), v.rr(3, 4, "move"))
	v.record.Consents = []store.ConsentRow{{Key: [16]byte(bytes.Repeat([]byte{10}, 16)), At: v.at(1), State: "granted", Version: "1", URL: "https://a.example/"}}
	r.write(v.all...)
	login := r.api.NewLogin()
	_, loginToken, _ := strings.Cut(login, "token=")
	var token struct{ ID string }
	var made struct{ ID string }

	r.change("POST", "/login", fmt.Sprintf(`{"token":%q}`, loginToken), 204, nil)
	r.change("POST", "/logout", "", 204, nil)
	r.change("POST", "/login-links", "", 201, nil)
	r.get("/me", nil)
	r.change("POST", "/tokens", `{"name":"ci","scope":"read"}`, 201, &token)
	r.get("/tokens", nil)
	r.change("DELETE", "/tokens/"+token.ID, "", 204, nil)
	r.get("/collector/sites", nil)
	r.get("/sites", nil)
	r.change("POST", "/sites", `{"name":"Second","origins":["https://second.example"]}`, 201, &made)
	r.get("/sites/"+made.ID, nil)
	r.change("PATCH", "/sites/"+made.ID, `{"sample_rate":0.5}`, 200, nil)
	r.get(r.sitePath("/status"), nil)
	r.get("/sites/"+made.ID+"/status", nil)
	r.get(r.sitePath("/sessions"), nil)
	r.get("/sites/"+made.ID+"/sessions", nil)
	r.get(r.sitePath("/sessions/"+v.id()), nil)
	r.get(r.sitePath("/sessions/"+v.id()+"/events"), nil)
	r.get(r.sitePath("/snapshots/"+v.id()+"/"+documentID(1)+"/1"), nil)
	r.get(r.sitePath("/pages"), nil)
	r.get("/sites/"+made.ID+"/pages", nil)
	for _, kind := range []string{"click", "move", "scroll"} {
		r.get(r.sitePath("/heatmap?path=/&kind="+kind), nil)
		r.get(r.sitePath("/heatmap?path=/nowhere&width=800&kind="+kind), nil)
	}
	r.get(r.sitePath("/consents"), nil)
	r.get(r.sitePath("/consents/"+strings.Repeat("0a", 16)), nil)
	r.change("DELETE", r.sitePath("/demo"), "", 200, nil)
	r.change("DELETE", "/sites/"+made.ID, "", 204, nil)
	r.call("GET", "/openapi.yaml", "")

	for _, operation := range r.contract.operations() {
		if !r.contract.asked[operation] {
			t.Errorf("%s was never answered with success here", operation)
		}
	}
}

const time48h = 48 * 3600 * 1e9

func testRefusalsAreProblemDocuments(t *testing.T) {
	r := newRig(t)
	v := newVisit(t, r.site.ID, 1, testNow.Add(-time48h))
	r.write(v.batch(1, 1, "/", 0, 5).view(0, "Home").all...)
	none := strings.Repeat("0", 32)
	for _, c := range []struct {
		method, path, body string
		status             int
		problem, says      string
	}{
		{"GET", "/sites?x=1", "", 400, "unknown-parameter", `\"x\"; this call takes none`},
		{"GET", r.sitePath("/sessions?form=x"), "", 400, "unknown-parameter", `\"form\"; there are: from, to, limit`},
		{"GET", r.sitePath("/sessions?limit=1&limit=2"), "", 400, "invalid-parameter", "limit is given 2 times"},
		{"GET", r.sitePath("/sessions?limit=0"), "", 400, "invalid-parameter", "limit must be a whole number from 1 to 500"},
		{"GET", r.sitePath("/sessions?limit=ten"), "", 400, "invalid-parameter", "limit"},
		{"GET", r.sitePath("/sessions?limit="), "", 400, "invalid-parameter", "limit"},
		{"GET", r.sitePath("/sessions?from=yesterday"), "", 400, "invalid-parameter", "RFC 3339"},
		{"GET", r.sitePath("/sessions?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z"), "", 400, "invalid-parameter", "before to"},
		{"GET", r.sitePath("/sessions?device=phone"), "", 400, "invalid-parameter", "desktop, tablet, mobile, bot"},
		{"GET", r.sitePath("/sessions?has=error,nonsense"), "", 400, "invalid-parameter", "error, recording, gap, click"},
		{"GET", r.sitePath("/sessions?country=fr"), "", 400, "invalid-parameter", "capital"},
		{"GET", r.sitePath("/sessions?visitor=me"), "", 400, "invalid-parameter", "hexadecimal"},
		{"GET", r.sitePath("/sessions?cursor=abc"), "", 400, "invalid-parameter", "next_cursor"},
		{"GET", r.sitePath("/sessions?min_duration=-1"), "", 400, "invalid-parameter", "min_duration"},
		{"GET", r.sitePath("/sessions?path=%ff"), "", 400, "invalid-parameter", "path"},
		{"GET", r.sitePath("/sessions?a=%zz"), "", 400, "invalid-parameter", "well-formed"},
		{"GET", r.sitePath("/sessions/xyz"), "", 400, "invalid-parameter", "session"},
		{"GET", r.sitePath("/sessions/" + none), "", 404, "not-found", "session"},
		{"GET", r.sitePath("/sessions/" + none + "/events"), "", 404, "not-found", "session"},
		{"GET", r.sitePath("/sessions/" + v.id() + "/events?document=1"), "", 400, "invalid-parameter", "document"},
		{"GET", r.sitePath("/sessions/" + v.id() + "/events?limit=1"), "", 400, "unknown-parameter", "document, from, to"},
		{"GET", r.sitePath("/snapshots/" + v.id() + "/" + documentID(1) + "/1"), "", 404, "not-found", "snapshot"},
		{"GET", r.sitePath("/snapshots/" + v.id() + "/" + documentID(1) + "/-1"), "", 400, "invalid-parameter", "sequence"},
		{"GET", r.sitePath("/consents?state=granted"), "", 400, "unknown-parameter", "from, to, limit, cursor"},
		{"GET", r.sitePath("/consents?cursor=abc"), "", 400, "invalid-parameter", "next_cursor"},
		{"GET", r.sitePath("/consents/xyz"), "", 400, "invalid-parameter", "key"},
		{"GET", r.sitePath("/consents/" + none), "", 404, "not-found", "proof"},
		{"GET", r.sitePath("/heatmap"), "", 400, "invalid-parameter", "path is required"},
		{"GET", r.sitePath("/heatmap?path=/&kind=rage"), "", 400, "invalid-parameter", "click, move, scroll"},
		{"GET", r.sitePath("/heatmap?path=/&width=0"), "", 400, "invalid-parameter", "width"},
		{"GET", "/sites/nosuch", "", 404, "not-found", "site"},
		{"GET", "/sites/nosuch/sessions", "", 404, "not-found", "site"},
		{"GET", "/nosuch", "", 404, "not-found", "openapi.yaml"},
		{"PUT", "/sites", "", 405, "method-not-allowed", "GET, POST"},
		{"POST", "/sites", `{"name":"x","origins":["https://x.example"],"colour":1}`, 400, "unknown-parameter", "colour"},
		{"POST", "/sites", `{"name":"x"}`, 400, "invalid-site", "origins"},
		{"POST", "/sites", `{"name":"x","origins":["x.example"]}`, 400, "invalid-site", "https://"},
		{"POST", "/sites", `{"name":"x","origins":[]}`, 400, "invalid-site", "origins"},
		{"POST", "/sites", `{"name":"first","origins":["https://x.example"]}`, 409, "conflict", "name"},
		{"POST", "/sites", `{"name":1}`, 400, "malformed-body", "name"},
		{"POST", "/sites", `{"name":"x"`, 400, "malformed-body", "JSON"},
		{"POST", "/sites", `{"name":"x"}{}`, 400, "malformed-body", "behind"},
		{"POST", "/sites", `{"name":"` + strings.Repeat("x", 70000) + `"}`, 413, "too-large", "bytes"},
		{"PATCH", r.sitePath(""), `{"consent":"maybe"}`, 400, "invalid-site", "ask, required, implied, none"},
		{"PATCH", r.sitePath(""), `{"retention":{"recordings_days":0}}`, 400, "invalid-site", "recordings_days"},
		{"POST", "/tokens", `{"name":"x","scope":"root"}`, 400, "invalid-parameter", "admin, read, collector"},
		{"POST", "/tokens", `{"name":" ","scope":"read"}`, 400, "invalid-parameter", "name"},
		{"DELETE", "/tokens/nosuch", "", 404, "not-found", "token"},
	} {
		a := r.call(c.method, c.path, c.body, asAdmin)
		if a.status != c.status || a.problem() != c.problem || !strings.Contains(string(a.body), c.says) ||
			a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s %.60s: %d %s", c.method, c.path, c.body, a.status, a.body)
		}
	}
	if a := r.call("POST", "/sites", `{}`, asAdmin, "Content-Type: text/plain"); a.problem() != "unsupported-media-type" {
		t.Errorf("a plain form: %d %s", a.status, a.body)
	}
}
