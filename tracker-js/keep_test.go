package trackerjs

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// version is a build whose parts have the given hash in their names and in their texts.
func version(t *testing.T, hash string) fs.FS {
	t.Helper()
	m := Manifest{Core: "t.js", Recorder: "recorder." + hash + ".js", Files: map[string]File{}}
	files := fstest.MapFS{}
	for name, role := range map[string]string{m.Core: "core", m.Recorder: "recorder", "link." + hash + ".js": "link"} {
		text := []byte("/* " + role + " of " + hash + " */")
		sum := sha256.Sum256(text)
		m.Files[name] = File{Role: role, SHA256: hex.EncodeToString(sum[:]), Bytes: len(text)}
		for _, suffix := range []string{"", ".gz", ".br"} {
			files[name+suffix] = &fstest.MapFile{Data: text}
		}
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	files["manifest.json"] = &fstest.MapFile{Data: text}
	return files
}

const first, second, third = "111111111111", "222222222222", "333333333333"

// start is what happens when a server of that version starts with the directory.
func start(t *testing.T, dir, hash string, now time.Time) http.Handler {
	t.Helper()
	files := version(t, hash)
	scripts, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	if err := keep(files, dir, now, scripts); err != nil {
		t.Fatal(err)
	}
	return handler(scripts, nil)
}

// has tells whether the handler has the build's own link.
func has(t *testing.T, h http.Handler, hash string) bool {
	t.Helper()
	return strings.Contains(get(h, http.MethodGet, "/link."+hash+".js").Body.String(), "link of "+hash)
}

func TestPartsOfEarlierBuildsAreServedForAWeek(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tracker")
	day, now := 24*time.Hour, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	start(t, dir, first, now)
	// It ran for long: what counts is when it was replaced.
	now = now.Add(60 * day)
	h := start(t, dir, second, now)
	if !has(t, h, first) || !has(t, h, second) {
		t.Fatal("the build before is gone with the upgrade")
	}
	w := get(h, http.MethodGet, "/t.js")
	if !strings.Contains(w.Body.String(), second) {
		t.Errorf("t.js is %q", w.Body)
	}
	if got := get(h, http.MethodGet, "/link."+first+".js").Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("a kept part is cached as %q", got)
	}
	h = start(t, dir, third, now.Add(6*day))
	if !has(t, h, first) || !has(t, h, second) {
		t.Error("six days later it is gone")
	}
	h = start(t, dir, third, now.Add(8*day))
	if has(t, h, first) || !has(t, h, second) {
		t.Error("what was replaced eight days ago is there, or what was replaced two days ago is not")
	}
	// Back to an earlier version, and on again: the week begins anew.
	start(t, dir, second, now.Add(12*day))
	if h = start(t, dir, third, now.Add(18*day)); !has(t, h, second) {
		t.Error("the week of a build that was served again began before that")
	}
}

func TestWhatIsDamagedIsNotServed(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	start(t, dir, first, now)
	if err := os.WriteFile(filepath.Join(dir, first, "link."+first+".js"), []byte("link of "+first+", altered"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := start(t, dir, second, now)
	if has(t, h, first) {
		t.Error("an altered part is served")
	}
	if err := os.Remove(filepath.Join(dir, first, "manifest.json")); err != nil {
		t.Fatal(err)
	}
	files := version(t, second)
	scripts, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	if err := keep(files, dir, now, scripts); err == nil || len(scripts) != 3 {
		t.Errorf("a build without a manifest: %v, %d scripts", err, len(scripts))
	}
}

func TestBuildsAreBounded(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	for i := range maxKept + 3 {
		start(t, dir, strings.Repeat(string(rune('a'+i%6)), 11)+string(rune('0'+i%10)), now.Add(time.Duration(i)*time.Minute))
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != maxKept+1 {
		t.Errorf("%d builds are kept besides the present one, %v", len(entries)-1, err)
	}
}

func TestPartsOfUnknownBuilds(t *testing.T) {
	h := start(t, t.TempDir(), second, time.Now())
	// Never the present part: it was not made for that t.js.
	w := get(h, http.MethodGet, "/link."+first+".js", "Sec-Fetch-Dest", "script")
	if w.Code != http.StatusOK || w.Body.String() != string(absent) || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %q, %q", w.Code, w.Body, w.Header().Get("Cache-Control"))
	}
	for _, c := range []struct{ method, path, dest string }{
		{http.MethodGet, "/worker." + first + ".js", "worker"},
		{http.MethodGet, "/link." + first + ".js?1", "script"},
		{http.MethodGet, "/link.js", "script"},
		{http.MethodPost, "/link." + first + ".js", "empty"},
	} {
		w := get(h, c.method, c.path, "Sec-Fetch-Dest", c.dest)
		if w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s for a %s: %d, cached as %q", c.method, c.path, c.dest, w.Code, w.Header().Get("Cache-Control"))
		}
	}
	// What is there is there with a query too.
	if w := get(h, http.MethodGet, "/link."+second+".js?1"); !strings.Contains(w.Body.String(), "link of") {
		t.Errorf("%q", w.Body)
	}
}
