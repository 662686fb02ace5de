// Package arch holds the rules of the house as tests.
package arch

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// imports lists every package of the module with what it imports of the module; tests are not looked at.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "hindsight/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := map[string][]string{}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for dec.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatalf("go list: %v", err)
		}
		all[p.ImportPath] = p.Imports
	}
	if len(all) < 10 {
		t.Fatalf("go list found only %d packages: the test would prove nothing", len(all))
	}
	return all
}

// layer says how high in the house a package stands: a package imports only what stands lower, or its own kin.
func layer(pkg string) (layer int, service string) {
	rest, ok := strings.CutPrefix(pkg, "hindsight/")
	if !ok {
		return 0, ""
	}
	top, _, _ := strings.Cut(rest, "/")
	switch top {
	case "cmd", "test":
		return 3, ""
	case "collector", "processor", "api", "demo", "tracker-js":
		return 2, top
	default:
		return 1, ""
	}
}

func TestImportsPointOneWay(t *testing.T) {
	for pkg, deps := range imports(t) {
		from, service := layer(pkg)
		for _, dep := range deps {
			to, other := layer(dep)
			if to > from {
				t.Errorf("%s imports %s: imports point cmd → services → internal", pkg, dep)
			}
			if from == 2 && to == 2 && service != other {
				t.Errorf("%s imports %s: services never import one another", pkg, dep)
			}
		}
	}
}

// reaches tells whether pkg depends on target, directly or through others of the module.
func reaches(all map[string][]string, pkg, target string, seen map[string]bool) bool {
	if pkg == target || strings.HasPrefix(pkg, target+"/") {
		return true
	}
	if seen[pkg] {
		return false
	}
	seen[pkg] = true
	for _, dep := range all[pkg] {
		if reaches(all, dep, target, seen) {
			return true
		}
	}
	return false
}

func TestServicesKeepTheirDistance(t *testing.T) {
	all := imports(t)
	forbidden := []struct{ from, to, why string }{
		{"hindsight/collector", "hindsight/internal/store", "the collector writes to the log, never to the store"},
		{"hindsight/collector", "hindsight/internal/engine", "the collector knows no database"},
		{"hindsight/api", "hindsight/internal/eventlog", "the API reads the store, never the log"},
		{"hindsight/api", "hindsight/internal/broker", "the API reads the store, never the log"},
		{"hindsight/internal/store", "hindsight/internal/seal", "no address may reach the store"},
		{"hindsight/internal/wire", "net/http", "the wire format does no I/O"},
	}
	for _, rule := range forbidden {
		if _, ok := all[rule.from]; !ok {
			t.Errorf("no package %s: the rule proves nothing", rule.from)
		}
		if reaches(all, rule.from, rule.to, map[string]bool{}) {
			t.Errorf("%s reaches %s: %s", rule.from, rule.to, rule.why)
		}
	}
}

// TestFixedPackagesAreUsed holds the packages the product is built on: direct dependencies in real use.
func TestFixedPackagesAreUsed(t *testing.T) {
	all := imports(t)
	for _, want := range []string{
		"github.com/segmentio/kafka-go", "github.com/ClickHouse/clickhouse-go/v2", "github.com/gorilla/websocket",
		"github.com/klauspost/compress", "go.uber.org/zap",
	} {
		used := false
		for _, deps := range all {
			for _, dep := range deps {
				used = used || dep == want || strings.HasPrefix(dep, want+"/")
			}
		}
		if !used {
			t.Errorf("%s is not imported by any package that ships", want)
		}
	}
}
