package health

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadyzTellsPartByPart(t *testing.T) {
	var logErr error
	mux := http.NewServeMux()
	New(
		Check{"store", func() error { return nil }},
		Check{"log", func() error { return logErr }},
	).Register(mux)

	ask := func(path string) (int, Report) {
		t.Helper()
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		var report Report
		if err := json.Unmarshal(rec.Body.Bytes(), &report); err != nil {
			t.Fatalf("%s: %v in %q", path, err, rec.Body)
		}
		return rec.Code, report
	}

	code, report := ask("/readyz")
	want := Report{Ready: true, Parts: []Part{{Name: "store", Ready: true}, {Name: "log", Ready: true}}}
	if d := cmp.Diff(want, report); d != "" || code != http.StatusOK {
		t.Errorf("ready: %d %s", code, d)
	}

	logErr = errors.New("the log does not answer")
	code, report = ask("/readyz")
	want = Report{Parts: []Part{{Name: "store", Ready: true}, {Name: "log", Reason: "the log does not answer"}}}
	if d := cmp.Diff(want, report); d != "" || code != http.StatusServiceUnavailable {
		t.Errorf("not ready: %d %s", code, d)
	}

	if code, _ := ask("/healthz"); code != http.StatusOK {
		t.Errorf("a service that is not ready is alive all the same, got %d", code)
	}
}

func TestReasonsNameNoPlace(t *testing.T) {
	_, cause := net.Dial("unix", "/nowhere/engine.sock")
	h := New(Check{Name: "store", Func: func() error { return fmt.Errorf("read sites: %w", cause) }})
	part := h.Report().Parts[0]
	if part.Ready || part.Reason != "read sites: it cannot be reached" {
		t.Errorf("%+v", part)
	}
}
