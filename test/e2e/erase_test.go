package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hindsight/test/process"
)

// TestErase: of two visitors one erases what was recorded; no call of the API
// shows anything of that visit any more, the other's is whole, and both proofs
// of consent are there.
func TestErase(t *testing.T) {
	t.Parallel()
	door := newForwarder(t)
	site := shop(t, door.url)
	d := allInOne(t, site.URL)
	door.to(d.collector)
	id := d.siteID(t)
	visit := func(erase bool) (v struct {
		Visitor, Session, Proof string
		Status                  int
		Kept                    []string
	}) {
		node(t, "erase.mjs", map[string]any{
			"shop": site.URL, "api": d.api, "token": adminToken, "site": id, "key": siteKey, "erase": erase,
		}, &v)
		if v.Session == "" {
			t.Fatal("the visit never became a session")
		}
		return v
	}
	stays, goes := visit(false), visit(true)
	if goes.Status != 202 || !slices.Equal(goes.Kept, []string{"hindsight." + siteKey + ".consent"}) {
		t.Errorf("answer %d, left in the browser: %v", goes.Status, goes.Kept)
	}
	base := "/sites/" + id
	process.Eventually(t, "the erasure", process.Patience, func() error {
		list, err := d.client().sessions(id)
		if err != nil {
			return err
		}
		if len(list) != 1 || list[0].ID != stays.Session {
			return fmt.Errorf("%d sessions", len(list))
		}
		// The page's figures are derived anew a moment later.
		var pages struct {
			Pages []struct{ Sessions int }
		}
		if err := d.client().get(base+"/pages", &pages); err != nil {
			return err
		}
		for _, p := range pages.Pages {
			if p.Sessions > 1 {
				return fmt.Errorf("a page still counts %d sessions", p.Sessions)
			}
		}
		return nil
	})
	for _, path := range []string{"/sessions/" + goes.Session, "/sessions/" + goes.Session + "/events"} {
		if _, err := d.client().raw(base + path); err == nil || !strings.Contains(err.Error(), "404") {
			t.Errorf("%s: %v", path, err)
		}
		if _, err := d.client().raw(base + strings.Replace(path, goes.Session, stays.Session, 1)); err != nil {
			t.Error(err)
		}
	}
	var heat struct{ Counts struct{ Total, Sessions int } }
	if err := d.client().get(base+"/heatmap?kind=click&path=/demo/", &heat); err != nil || heat.Counts.Sessions != 1 {
		t.Errorf("clicks of %d sessions are left, %v", heat.Counts.Sessions, err)
	}
	for _, proof := range []string{stays.Proof, goes.Proof} {
		var c struct{ State, Key string }
		if err := d.client().get(base+"/consents/"+proof, &c); err != nil || c.State != "granted" || c.Key != proof {
			t.Errorf("proof: %+v, %v", c, err)
		}
	}
	d.stop(t)
}
