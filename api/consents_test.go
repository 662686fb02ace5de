package api_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hindsight/internal/store"
)

type consentList struct {
	Consents   []map[string]any
	NextCursor *string `json:"next_cursor"`
}

// Proofs come newest first, page by page, each once though its batch was moved
// to another day's session, and only of their site and their twelve months.
func testConsentsByPage(t *testing.T) {
	r := newRig(t)
	var want []string
	for n := byte(1); n <= 5; n++ {
		v := newVisit(t, r.site.ID, n, testNow.Add(-time.Duration(n)*time.Hour))
		v.batch(1, 1, "/", 0, 1).view(0, "T")
		v.record.Consents = []store.ConsentRow{{Key: [16]byte{n}, At: v.at(0), State: "granted", Version: "3", URL: "https://a.example/x"}}
		r.write(v.all...)
		want = append(want, documentID(n))
	}
	again := newVisit(t, r.site.ID, 50, testNow.Add(-30*24*time.Hour))
	again.batch(1, 1, "/", 0, 1).view(0, "T")
	again.record.Consents = []store.ConsentRow{{Key: [16]byte{5}, At: testNow.Add(-5 * time.Hour).UnixMilli(), State: "granted", Version: "3", URL: "https://a.example/x"}}
	old := newVisit(t, r.site.ID, 51, testNow.AddDate(-1, 0, -2))
	old.batch(1, 1, "/", 0, 1).view(0, "T")
	old.record.Consents = []store.ConsentRow{{Key: [16]byte{51}, At: old.at(0), State: "granted", Version: "3"}}
	other := newVisit(t, "another", 52, testNow.Add(-time.Hour))
	other.batch(1, 1, "/", 0, 1).view(0, "T")
	other.record.Consents = []store.ConsentRow{{Key: [16]byte{52}, At: other.at(0), State: "granted", Version: "3"}}
	r.write(append(append(again.all, old.all...), other.all...)...)

	var got []string
	path := r.sitePath("/consents?limit=2")
	for {
		var list consentList
		r.get(path, &list)
		for _, c := range list.Consents {
			got = append(got, c["key"].(string))
		}
		if list.NextCursor == nil {
			break
		}
		path = r.sitePath("/consents?limit=2&cursor=" + url.QueryEscape(*list.NextCursor))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	var one map[string]any
	r.get(r.sitePath("/consents/"+documentID(2)), &one)
	at := testNow.Add(-2 * time.Hour)
	if d := cmp.Diff(map[string]any{
		"key": documentID(2), "at": at.Format("2006-01-02T15:04:05.000Z"), "valid_until": at.AddDate(1, 0, 0).Format("2006-01-02T15:04:05.000Z"),
		"state": "granted", "version": "3", "url": "https://a.example/x",
	}, one); d != "" {
		t.Error(d)
	}
	for _, n := range []byte{51, 52} {
		if a := r.call("GET", r.sitePath("/consents/"+documentID(n)), "", asAdmin); a.status != 404 {
			t.Errorf("proof %d: %d", n, a.status)
		}
	}
}
