// Package compose checks docker-compose.yml and the image without a container engine: the file is parsed and
// validated by Compose's own loader and schema, and what it names must exist here.
package compose

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

const root = "../.."

func load(t *testing.T, env ...string) (*types.Project, error) {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{root + "/docker-compose.yml"}, cli.WithEnv(env))
	if err != nil {
		t.Fatal(err)
	}
	return options.LoadProject(context.Background())
}

var secrets = []string{
	"CLICKHOUSE_PASSWORD=p", "HINDSIGHT_ADMIN_TOKEN=a", "HINDSIGHT_COLLECTOR_TOKEN=c",
	"HINDSIGHT_COOKIE_KEY=k", "HINDSIGHT_SEAL_KEYS=s",
}

func TestComposeFileIsValid(t *testing.T) {
	project, err := load(t, secrets...)
	if err != nil {
		t.Fatalf("docker-compose.yml: %v", err)
	}
	want := []string{"api", "clickhouse", "collector", "kafka", "processor"}
	if got := project.ServiceNames(); !slices.Equal(got, want) {
		t.Fatalf("services %v, want %v", got, want)
	}
	for name, s := range project.Services {
		if s.HealthCheck == nil || len(s.HealthCheck.Test) == 0 {
			t.Errorf("%s has no health check", name)
		}
		if s.Build != nil {
			if _, err := os.Stat(s.Build.Context + "/" + s.Build.Dockerfile); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, p := range s.Ports {
			if p.HostIP != "127.0.0.1" {
				t.Errorf("%s publishes port %s beyond this machine", name, p.Published)
			}
		}
	}
}

func TestComposeRefusesMissingSecrets(t *testing.T) {
	for _, missing := range secrets {
		env := slices.DeleteFunc(slices.Clone(secrets), func(s string) bool { return s == missing })
		name, _, _ := strings.Cut(missing, "=")
		if _, err := load(t, env...); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: error %v, want one that names it", name, err)
		}
	}
}

// TestEnvironmentIsKnown holds every HINDSIGHT_ variable of the compose file and the image against the flags.
func TestEnvironmentIsKnown(t *testing.T) {
	flags := flagNames(t)
	for _, file := range []string{"docker-compose.yml", "deploy/docker/Dockerfile"} {
		raw, err := os.ReadFile(root + "/" + file)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, m := range regexp.MustCompile(`(HINDSIGHT_[A-Z_]+)[:=]`).FindAllStringSubmatch(string(raw), -1) {
			found++
			if !flags[m[1]] {
				t.Errorf("%s sets %s, but no flag has that twin", file, m[1])
			}
		}
		if found == 0 {
			t.Errorf("%s sets no HINDSIGHT_ variable: the test would prove nothing", file)
		}
	}
}

// flagNames reads the flags from the sources of the command line, as environment names.
func flagNames(t *testing.T) map[string]bool {
	t.Helper()
	entries, err := os.ReadDir(root + "/cmd/hindsight")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	pattern := regexp.MustCompile(`\.(?:String|StringSlice|Bool|Int|Int64|Float64|Duration)(?:Var)?\((?:&?[\w.]+, )?"([a-z-]+)"`)
	for _, e := range entries {
		raw, err := os.ReadFile(root + "/cmd/hindsight/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range pattern.FindAllStringSubmatch(string(raw), -1) {
			names["HINDSIGHT_"+strings.ToUpper(strings.ReplaceAll(m[1], "-", "_"))] = true
		}
	}
	return names
}

// TestImage reads the Dockerfile: several stages, glibc base, no root at run time.
func TestImage(t *testing.T) {
	raw, err := os.ReadFile(root + "/deploy/docker/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	if n := strings.Count(text, "\nFROM "); n < 4 {
		t.Errorf("%d stages: want a build apart from what runs", n)
	}
	if strings.Contains(text, "alpine") {
		t.Error("the engine's library needs glibc: no alpine base")
	}
	server := text[strings.Index(text, " AS server"):]
	if !regexp.MustCompile(`(?m)^USER \d+:\d+$`).MatchString(server) {
		t.Error("the image that runs must not be root: no USER line with numbers")
	}
	// A volume on a folder that the image lacks belongs to root, and the process could not write to it.
	compose, err := os.ReadFile(root + "/docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	volumes := regexp.MustCompile(`(/var/lib/hindsight/\w+)\]`).FindAllStringSubmatch(string(compose), -1)
	volumes = append(volumes, regexp.MustCompile(`(?m)^VOLUME (\S+)$`).FindAllStringSubmatch(text, -1)...)
	if len(volumes) < 2 {
		t.Errorf("only %d volumes found", len(volumes))
	}
	for _, v := range volumes {
		if !regexp.MustCompile(`install -d -o 10001 .*` + regexp.QuoteMeta(v[1])).MatchString(server) {
			t.Errorf("the image does not make %s for its user", v[1])
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^COPY (?:--from=\S+ )?(.+) \S+$`).FindAllStringSubmatch(text, -1) {
		for _, src := range strings.Fields(m[1]) {
			if strings.HasPrefix(src, "/") || strings.Contains(src, "*") {
				continue
			}
			if _, err := os.Stat(root + "/" + src); err != nil {
				t.Errorf("the Dockerfile copies %s: %v", src, err)
			}
		}
	}
}
