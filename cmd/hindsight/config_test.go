package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestPrecedence: flags win over the environment, the environment over the file, the file over defaults.
func TestPrecedence(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yaml")
	text := "listen: 127.0.0.1:1\ndata: /from-file\nlog-level: warn\nsite-origin: [https://a.example, https://b.example]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HINDSIGHT_LISTEN", "127.0.0.1:2")
	t.Setenv("HINDSIGHT_DATA", "/from-env")

	got := map[string]string{}
	root := newRoot()
	for _, c := range root.Commands() {
		if c.Name() == "all" {
			c.RunE = func(cmd *cobra.Command, _ []string) error {
				for _, name := range []string{"listen", "data", "log-level", "site-origin", "log-format"} {
					got[name] = cmd.Flags().Lookup(name).Value.String()
				}
				return nil
			}
		}
	}
	root.SetArgs([]string{"all", "--config", file, "--listen", "127.0.0.1:3"})
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"listen": "127.0.0.1:3", "data": "/from-env", "log-level": "warn",
		"site-origin": "[https://a.example,https://b.example]", "log-format": "console",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

// TestWhatIsWrittenStays: YAML would make numbers, times and truths of these.
func TestWhatIsWrittenStays(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yaml")
	text := "kafka-password: 0123\nsite-key: 2026-01-01\nsite-name: 1e3\nadmin-token: 0x1F\nsite-origin: &o [https://a.example, https://b.example]\nlog-level:\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := &cobra.Command{}
	cmd.Flags().String("config", file, "")
	got, err := readConfigFile(cmd)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"kafka-password": "0123", "site-key": "2026-01-01", "site-name": "1e3",
		"admin-token": "0x1F", "site-origin": "https://a.example,https://b.example", "log-level": ""} {
		if got[key] != want {
			t.Errorf("%s is %q, want %q", key, got[key], want)
		}
	}
}

func TestUnknownVariables(t *testing.T) {
	got := unknownVariables(newRoot(), []string{"HINDSIGHT_MAX_DSIK=1", "HINDSIGHT_MAX_DISK=1", "HINDSIGHT_CONFIG=x", "HINDSIGHT_TEST_KAFKA=1",
		"HINDSIGHT_SEAL_KEYS=x", "HINDSIGHT_ENGINE_LIBRARY=x", "PATH=x", "HINDSIGHT_COLLECTOR_TOKEN=x", "HINDSIGHT_TRACKER_URL=x"})
	if len(got) != 1 || got[0] != "HINDSIGHT_MAX_DSIK" {
		t.Errorf("%q", got)
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	var walk func(c *cobra.Command)
	seen := 0
	walk = func(c *cobra.Command) {
		if !c.Hidden {
			seen++
			if c.Short == "" {
				t.Errorf("%s says nothing about itself", c.CommandPath())
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRoot())
	if seen < 15 {
		t.Errorf("only %d commands", seen)
	}
}

// TestSecretsStayOutOfErrors: a bad value of a secret is not repeated.
func TestSecretsStayOutOfErrors(t *testing.T) {
	for name, want := range map[string]string{"admin-token": "…", "seal-keys": "…", "cookie-key": "…", "listen": "v"} {
		if got := redact(name, "v"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestDataDirRefusesNewer(t *testing.T) {
	dir := t.TempDir()
	d, err := openDataDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	first, err := d.loadSecrets()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openDataDir(dir); err == nil {
		t.Error("a directory in use was opened a second time")
	}
	d.close()
	again, err := openDataDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer again.close()
	second, err := again.loadSecrets()
	if err != nil || first != second || len(first.CookieKey) != 64 {
		t.Errorf("secrets changed over a restart, or are too short: %v", err)
	}
}

// TestKeysOfTheCommandLine: what only a command line says is no setting.
func TestKeysOfTheCommandLine(t *testing.T) {
	for _, key := range []string{"help", "config", "version"} {
		file := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(file, []byte(key+": x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := invoke(t, "deadletter", "list", "--data", t.TempDir(), "--config", file)
		if err == nil || !strings.Contains(err.Error(), "unknown key") {
			t.Errorf("%s: %v", key, err)
		}
	}
}
