package e2e

import (
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"hindsight/test/process"
)

// runToEnd runs hindsight, which must end by itself, and returns its exit code and what it said on standard error.
func runToEnd(t *testing.T, env []string, args ...string) (code int, stderr string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), process.Binary(t, "hindsight", "build"), args...)
	cmd.Env = append(os.Environ(), env...)
	var out strings.Builder
	cmd.Stderr = &out
	timer := time.AfterFunc(process.Patience, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0, out.String()
	case errors.As(err, &exit):
		return exit.ExitCode(), out.String()
	}
	t.Fatalf("run %v: %v", args, err)
	return 0, ""
}

// TestWrongStarts holds each way a start can fail against its one clear sentence.
func TestWrongStarts(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	inUse := allInOne(t, "https://a.example")
	newer := dataDir(t)
	write(t, filepath.Join(newer, "hindsight.json"), `{"format": 999, "version": "9.9.9"}`)
	foreign := dataDir(t)
	write(t, filepath.Join(foreign, "hindsight.json"), `not ours`)
	notDir := filepath.Join(dataDir(t), "file")
	write(t, notDir, "a file")
	badConfig := filepath.Join(dataDir(t), "config.yaml")
	write(t, badConfig, "listne: 127.0.0.1:9\n")

	free := []string{"--listen", "127.0.0.1:0"}
	tests := []struct {
		name string
		env  []string
		args []string
		code int
		want string
	}{
		{"port in use", nil, []string{"all", "--data", dataDir(t), "--listen", taken.Addr().String()}, 1, `is in use by another program; stop that one or give another --listen`},
		{"engine library missing", []string{"HINDSIGHT_ENGINE_LIBRARY=/nowhere/libchdb.so"}, append([]string{"all", "--data", dataDir(t)}, free...), 1, `engine library.*(make build|--engine-library)`},
		{"data directory in use", nil, append([]string{"all", "--data", inUse.data}, free...), 1, `is in use by another hindsight process`},
		{"data directory unwritable", nil, append([]string{"all", "--data", filepath.Join(notDir, "data")}, free...), 1, `data directory .* cannot be made: not a directory`},
		{"data directory of a newer version", nil, append([]string{"all", "--data", newer}, free...), 1, `written by a newer version \(9\.9\.9`},
		{"data directory of somebody else", nil, append([]string{"all", "--data", foreign}, free...), 1, `does not say which version wrote`},
		{"unknown flag", nil, []string{"all", "--lisen", "x"}, 2, `unknown flag: --lisen`},
		{"bad flag value", nil, []string{"all", "--demo=perhaps"}, 2, `invalid argument "perhaps"`},
		{"bad listen address", nil, []string{"all", "--data", dataDir(t), "--listen", "nonsense"}, 2, `is no address such as 127\.0\.0\.1:8080`},
		{"bad environment", []string{"HINDSIGHT_DEMO=perhaps"}, []string{"all"}, 2, `HINDSIGHT_DEMO: "perhaps" is no valid value`},
		{"unknown key in the file", nil, []string{"all", "--config", badConfig}, 2, `unknown key "listne"`},
		{"unknown command", nil, []string{"al"}, 2, `unknown command "al".*did you mean all`},
		{"site key without origin", nil, []string{"all", "--data", dataDir(t), "--site-key", "k1234"}, 2, `--site-key needs --site-origin`},
		{"public address without a replay origin", nil, append([]string{"all", "--data", dataDir(t), "--public-url", "https://replay.example.com"}, free...), 2, `needs --replay-origin`},
		{"nothing runs", nil, []string{"site", "list", "--data", dataDir(t)}, 1, `no hindsight runs on`},
		{"processor without a log", nil, append([]string{"processor", "--data", dataDir(t)}, free...), 1, `no log: neither --kafka-brokers is set, nor`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, stderr := runToEnd(t, tt.env, tt.args...)
			if code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			first, _, _ := strings.Cut(strings.TrimSpace(lastSaid(stderr)), "\n")
			if !regexp.MustCompile(tt.want).MatchString(first) || strings.Contains(stderr, "goroutine ") {
				t.Errorf("it says\n%s\nwant one sentence like %s", stderr, tt.want)
			}
		})
	}
}

// lastSaid is what hindsight itself says at its end, after its log lines.
func lastSaid(stderr string) string {
	if i := strings.LastIndex(stderr, "hindsight: "); i >= 0 {
		return stderr[i:]
	}
	return stderr
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestGreeting starts with nothing but a port and a directory, as `make run` does, and follows what is printed: the
// dashboard with its one-time login, the demo shop, the snippet.
func TestGreeting(t *testing.T) {
	address, dir, out := process.FreeAddress(t), dataDir(t), &process.Output{}
	base := "http://" + address
	p := start(t, out, address, nil, "all", "--data", dir)
	p.AwaitReady(t, http.StatusOK)
	process.Eventually(t, "the greeting", process.Patience, func() error {
		for _, want := range []string{base + "/#/login?token=", base + "/demo/", "<script defer src=\"" + base + "/t.js\" data-site=\""} {
			if !strings.Contains(out.String(), want) {
				return errors.New("no " + want + " in:\n" + out.String())
			}
		}
		return nil
	})
	token := regexp.MustCompile(`#/login\?token=([\w-]+)`).FindStringSubmatch(out.String())[1]
	login := func() int {
		req, _ := http.NewRequest(http.MethodPost, base+"/api/v1/login", strings.NewReader(`{"token":"`+token+`"}`))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Origin", base)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	if first, second := login(), login(); first != http.StatusNoContent || second != http.StatusUnauthorized {
		t.Errorf("the one-time login answers %d, then %d; want 204, then 401", first, second)
	}
	for path, want := range map[string]int{"/": 200, "/demo/": 200, "/demo/signup": 200, "/t.js": 200, "/healthz": 200, "/readyz": 200, "/metrics": 200, "/api/v1/openapi.yaml": 200, "/api/v1/sites": 401, "/api/v1/nothing": 404} {
		resp, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("GET %s: %d, want %d", path, resp.StatusCode, want)
		}
	}
	for _, args := range [][]string{{"site", "list"}, {"user", "login-link"}, {"token", "create", "e2e"}, {"token", "list"}} {
		if code, stderr := runToEnd(t, nil, append(args, "--data", dir)...); code != 0 {
			t.Errorf("hindsight %s: exit code %d: %s", strings.Join(args, " "), code, stderr)
		}
	}
	if took := p.Terminate(t); took > 10*time.Second {
		t.Errorf("stopping took %s, more than 10 s", took)
	}
	begin := time.Now()
	again := start(t, out, address, nil, "all", "--data", dir)
	again.AwaitReady(t, http.StatusOK)
	t.Logf("second start to ready: %s", time.Since(begin).Round(10*time.Millisecond))
	again.Terminate(t)
}

// TestEngineEndsWithItsParent kills the program with -9 and finds nothing of it left.
func TestEngineEndsWithItsParent(t *testing.T) {
	d := allInOne(t, "https://a.example")
	d.crash()
	process.Eventually(t, "every process of the data directory is gone", process.Patience, func() error {
		out, _ := exec.Command("pgrep", "-f", d.data).Output()
		env, err := processesWith(d.data)
		if err != nil {
			return err
		}
		if len(strings.Fields(string(out))) > 0 || len(env) > 0 {
			return errors.New("still there: " + string(out) + strings.Join(env, " "))
		}
		return nil
	})
}

// processesWith lists the processes whose open files lie in dir.
func processesWith(dir string) ([]string, error) {
	links, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, l := range links {
		if target, err := os.Readlink(l); err == nil && strings.HasPrefix(target, dir) {
			found[strings.Split(l, "/")[2]] = true
		}
	}
	delete(found, "self")
	var pids []string
	for pid := range found {
		pids = append(pids, pid)
	}
	return pids, nil
}
