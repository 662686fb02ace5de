// Package promises holds docs/promises.md against the tests: each row names the tests that prove it, and those
// must exist, and must have passed in the run whose logs lie in $HINDSIGHT_TEST_LOG (set by `make test`).
package promises

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	// promisesTotal rows stand in the table, and notYet of them say so. That number may only shrink.
	promisesTotal = 11
	notYet        = 4
)

const root = "../.."

type promise struct {
	number string
	tests  []reference
	notYet bool
}

// A reference names a test: a folder below the root and, after #, a Go test's name or a title.
type reference struct{ folder, name string }

func (r reference) String() string { return r.folder + "#" + r.name }

var refPattern = regexp.MustCompile("`([a-z0-9/_-]+)#([^`]+)`")

func readPromises(t *testing.T) []promise {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, "docs/promises.md"))
	if err != nil {
		t.Fatal(err)
	}
	var all []promise
	for line := range strings.Lines(string(raw)) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !regexp.MustCompile(`^\s*\d+\s*$`).MatchString(cells[1]) {
			continue
		}
		p := promise{number: strings.TrimSpace(cells[1]), notYet: strings.Contains(cells[3], "not yet")}
		for _, m := range refPattern.FindAllStringSubmatch(cells[3], -1) {
			p.tests = append(p.tests, reference{m[1], m[2]})
		}
		all = append(all, p)
	}
	return all
}

func TestEveryPromiseHasItsTests(t *testing.T) {
	open := 0
	all := readPromises(t)
	if len(all) != promisesTotal {
		t.Fatalf("docs/promises.md has %d rows, want %d", len(all), promisesTotal)
	}
	for _, p := range all {
		if p.notYet {
			open++
		} else if len(p.tests) == 0 {
			t.Errorf("promise %s names no test and does not say 'not yet'", p.number)
		}
		for _, ref := range p.tests {
			if !exists(t, ref) {
				t.Errorf("promise %s names %s, which does not exist", p.number, ref)
			}
		}
	}
	if open != notYet {
		t.Errorf("%d promises say 'not yet', pinned are %d: the number may only shrink, and is pinned anew when it does", open, notYet)
	}
}

func TestEveryNamedTestRan(t *testing.T) {
	dir := os.Getenv("HINDSIGHT_TEST_LOG")
	if dir == "" {
		t.Log("HINDSIGHT_TEST_LOG is not set: only `make test` can tell which tests ran")
		return
	}
	passed := passedTests(t, dir)
	for _, p := range readPromises(t) {
		for _, ref := range p.tests {
			if !passed[ref] {
				t.Errorf("promise %s: %s did not run, or did not pass", p.number, ref)
			}
		}
	}
}

// exists looks the test's name up in the sources of its folder.
func exists(t *testing.T, ref reference) bool {
	t.Helper()
	name, _, _ := strings.Cut(ref.name, "/")
	found := false
	err := filepath.WalkDir(filepath.Join(root, ref.folder), func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "dist") {
			return filepath.SkipDir
		}
		if !strings.Contains(d.Name(), "test.") || d.IsDir() {
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.HasSuffix(path, ".go") {
			found = found || strings.Contains(string(raw), "func "+name+"(")
		} else {
			found = found || strings.Contains(string(raw), ref.name)
		}
		return nil
	})
	if err != nil {
		t.Errorf("%s: %v", ref, err)
	}
	return found
}

// passedTests reads every log of the run: go test -json, go test -v, and the web runners' check marks.
func passedTests(t *testing.T, dir string) map[reference]bool {
	t.Helper()
	passed := map[reference]bool{}
	goPass := regexp.MustCompile(`^\s*--- PASS: (\S+)`)
	webPass := regexp.MustCompile(`^\s*[✓✔]\s+(.*?)(?:\s+\(?[\d.]+\s*m?s\)?)?$`)
	tapPass := regexp.MustCompile(`^\s*ok \d+ - (.*)$`)
	read := func(name string, line func(string)) {
		file, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatalf("log of the tests: %v", err)
		}
		defer file.Close()
		s := bufio.NewScanner(file)
		s.Buffer(nil, 16<<20)
		for s.Scan() {
			line(s.Text())
		}
	}
	read("go.json", func(l string) {
		var e struct{ Action, Package, Test string }
		if json.Unmarshal([]byte(l), &e) == nil && e.Action == "pass" && e.Test != "" {
			passed[reference{strings.TrimPrefix(e.Package, "hindsight/"), e.Test}] = true
		}
	})
	read("e2e.log", func(l string) {
		if m := goPass.FindStringSubmatch(l); m != nil {
			passed[reference{"test/e2e", m[1]}] = true
		}
	})
	for folder, name := range map[string]string{"tracker-js": "tracker.log", "api/dashboard": "dashboard.log"} {
		read(name, func(l string) {
			l = ansi.ReplaceAllString(l, "")
			if m := tapPass.FindStringSubmatch(l); m != nil {
				passed[reference{folder, strings.ReplaceAll(m[1], `\`, "")}] = true
			} else if m := webPass.FindStringSubmatch(l); m != nil {
				title := m[1][strings.LastIndex(m[1], " > ")+1:]
				passed[reference{folder, strings.TrimSpace(strings.TrimPrefix(title, "> "))}] = true
			}
		})
	}
	return passed
}

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")
