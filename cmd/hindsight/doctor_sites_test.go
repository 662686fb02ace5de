package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hindsight/internal/doctor"
)

// TestDoctorAsksForSites: as a collector would, and says what is wrong with address or token, without showing it.
func TestDoctorAsksForSites(t *testing.T) {
	const token = "a-collectors-token"
	sites := `{"sites":[]}`
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/collector/sites" || r.Header.Get("Authorization") != "Bearer "+token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(sites))
	}))
	t.Cleanup(api.Close)
	for _, c := range []struct {
		what, api, token, sites, says string
		want                          doctor.Status
	}{
		{"a wrong token", api.URL, token + "!", sites, "refuses the token", doctor.Fail},
		{"another program", api.URL, token, "hello", "not a list", doctor.Fail},
		{"nobody", "http://127.0.0.1:9", token, sites, "refused", doctor.Fail},
		{"a path", api.URL + "/api", token, sites, "--api", doctor.Fail},
		{"no site", api.URL, token, sites, "no site", doctor.Warn},
		{"a site", api.URL, token, `{"sites":[{"id":"a","key":"b"}]}`, "knows 1", doctor.OK},
	} {
		sites = c.sites
		t.Setenv("HINDSIGHT_TOKEN", c.token)
		found, _ := examine(t, "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--api", c.api)
		got := found["sites"]
		if got.Status != c.want || !strings.Contains(got.Found, c.says) || (got.Advice == "") != (c.want == doctor.OK) || strings.Contains(got.Found+got.Advice, token) {
			t.Errorf("%s: %+v", c.what, got)
		}
	}
}
