package arch

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

// tracked lists the files of the repository that match the patterns, as git sees them.
func tracked(t *testing.T, patterns ...string) []string {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", root, "ls-files", "--cached", "--others", "--exclude-standard"}, patterns...)...).Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	files := strings.Fields(string(out))
	if len(files) == 0 {
		t.Fatalf("no file matches %v: the test would prove nothing", patterns)
	}
	return files
}

func read(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestLinksLead follows every relative link of the documents.
func TestLinksLead(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)
	seen := 0
	for _, file := range tracked(t, "*.md") {
		for _, m := range link.FindAllStringSubmatch(read(t, file), -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			seen++
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(file), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", file, m[1])
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d links found", seen)
	}
}

// TestLifeOfAnEventNamesFiles holds the files that docs/life-of-an-event.md names against the tree.
func TestLifeOfAnEventNamesFiles(t *testing.T) {
	text := read(t, "docs/life-of-an-event.md")
	seen := 0
	for _, m := range regexp.MustCompile("`((?:src|tracker-js|collector|processor|api|internal|cmd|demo|docs)/[\\w./*-]*)`").FindAllStringSubmatch(text, -1) {
		name := m[1]
		if strings.HasPrefix(name, "src/") {
			name = "tracker-js/" + name
		}
		seen++
		if found, err := filepath.Glob(filepath.Join(root, name)); err != nil || len(found) == 0 {
			t.Errorf("docs/life-of-an-event.md names %s, which is not there", m[1])
		}
	}
	if seen < 12 {
		t.Errorf("only %d files named", seen)
	}
}

// TestLockFilesHoldNoAddresses keeps registries' addresses out of the lock files.
func TestLockFilesHoldNoAddresses(t *testing.T) {
	for _, file := range tracked(t, "*package-lock.json") {
		if strings.Contains(read(t, file), `"resolved": "http`) {
			t.Errorf("%s records download addresses: write it anew with omit-lockfile-registry-resolved=true", file)
		}
	}
}

// TestMakefileExplainsItself wants a line of help for the targets that people use.
func TestMakefileExplainsItself(t *testing.T) {
	out, err := exec.Command("make", "-C", root, "--no-print-directory", "help").CombinedOutput()
	if err != nil {
		t.Fatalf("make help: %v\n%s", err, out)
	}
	for _, target := range []string{"run", "build", "test", "test-kafka", "check", "lint", "fuzz", "e2e", "up", "down", "clean"} {
		if !regexp.MustCompile(`(?m)^\s+` + target + `\s+\S`).Match(out) {
			t.Errorf("make help says nothing about %s:\n%s", target, out)
		}
	}
}

// TestNothingBuiltIsTracked keeps binaries and built bundles out of the repository: whatever is large, or no text.
func TestNothingBuiltIsTracked(t *testing.T) {
	const most = 256 << 10
	for _, file := range tracked(t) {
		info, err := os.Lstat(filepath.Join(root, file))
		if err != nil {
			continue // deleted and not yet committed
		}
		if info.Size() > most {
			t.Errorf("%s has %d bytes; nothing here should have more than %d", file, info.Size(), most)
		}
		golden := strings.Contains(file, "/golden/")
		if !golden && strings.Contains(read(t, file), "\x00") {
			t.Errorf("%s is no text", file)
		}
	}
}
