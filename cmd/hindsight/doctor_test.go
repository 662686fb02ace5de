package main

import (
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"hindsight/internal/doctor"
)

// examine runs doctor and gives its findings by check.
func examine(t *testing.T, args ...string) (map[string]doctor.Result, error) {
	t.Helper()
	out, err := invoke(t, append([]string{"doctor", "--json"}, args...)...)
	var answer struct{ Checks []doctor.Result }
	if jerr := json.Unmarshal([]byte(out), &answer); jerr != nil {
		t.Fatalf("%v: %s", jerr, out)
	}
	found := map[string]doctor.Result{}
	for _, r := range answer.Checks {
		if old, twice := found[r.Check]; !twice || old.Status == doctor.OK {
			found[r.Check] = r
		}
	}
	return found, err
}

func TestDoctor(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	library := filepath.Join(t.TempDir(), "libchdb.so") // doctor looks whether it is there, no more
	if err := os.WriteFile(library, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	taken := l.Addr().String()

	// Before the first start.
	args := []string{"--data", data, "--engine-library", library, "--listen", "127.0.0.1:0", "--max-connections", "100"}
	found, err := examine(t, args...)
	if err != nil {
		t.Errorf("nothing is wrong yet, but: %v, %+v", err, found)
	}
	for _, check := range []string{"configuration", "server", "data", "disk", "open files", "port", "log", "engine", "store"} {
		if _, ok := found[check]; !ok {
			t.Errorf("%s was not looked at", check)
		}
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("looking made the data directory")
	}

	// While something runs on it.
	dir, err := openDataDir(data)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.close()
	at := logIn(t, data)
	refuse(t, at, 10, "shop", "frame", true)
	found, err = examine(t, args...)
	if err != nil || !strings.Contains(found["server"].Found, "is in use") || found["dead letters"].Status != doctor.Warn || found["topic hindsight.events"].Status != doctor.OK {
		t.Errorf("beside a log that runs: %v, %+v", err, found)
	}

	// Mistakes.
	t.Setenv("HINDSIGHT_SEAL_KEYS", "CANARY")
	found, err = examine(t, "--data", data, "--engine-library", library+"x", "--listen", taken, "--clickhouse-dsn", "CANARY://u:CANARY@x",
		"--kafka-brokers", "127.0.0.1", "--certificate", library, "--public-url", "example")
	var usage *usageError
	if !errors.Is(err, errUnwell) || errors.As(err, &usage) {
		t.Errorf("ended with %v", err)
	}
	for _, check := range []string{"configuration", "port", "log", "store", "certificate"} {
		if r := found[check]; r.Status != doctor.Fail || r.Advice == "" || strings.Contains(r.Found, "CANARY") {
			t.Errorf("%s: %+v, want a failure with an advice and without a secret", check, r)
		}
	}
	found, _ = examine(t, "--data", data, "--engine-library", library, "--listen", "127.0.0.1:0", "--clickhouse-tls-ca", library)
	if r := found["store"]; r.Status != doctor.Fail || !strings.Contains(r.Found, "--clickhouse-dsn") {
		t.Errorf("TLS to the embedded engine: %+v", r)
	}
	found, _ = examine(t, "--data", data, "--listen", "127.0.0.1:0", "--clickhouse-dsn", "clickhouse://x:1", "--clickhouse-tls-ca", library)
	if r := found["store"]; r.Status != doctor.Fail || !strings.Contains(r.Found, "holds no certificate") {
		t.Errorf("an authority's file without one: %+v", r)
	}
	t.Setenv("HINDSIGHT_SEAL_KEYS", "")
	t.Setenv("HINDSIGHT_MAX_CONNECTIONS", "many")
	if found, err = examine(t, "--data", data); !errors.Is(err, errUnwell) || !strings.Contains(found["configuration"].Found, "HINDSIGHT_MAX_CONNECTIONS") {
		t.Errorf("a mistake in the environment: %v, %+v", err, found["configuration"])
	}
}

// An address that no service would take is said by the doctor too.
func TestDoctorJudgesListen(t *testing.T) {
	for _, address := range []string{"", "nonsense", "[::1]"} {
		found, err := examine(t, "--data", filepath.Join(t.TempDir(), "data"), "--listen", address, "--public-url", "https://a.example", "--replay-origin", "https://b.example")
		if err == nil || found["configuration"].Status != doctor.Fail || !strings.Contains(found["configuration"].Found, "--listen") {
			t.Errorf("%q: %v, %+v", address, err, found["configuration"])
		}
	}
}

// What is asked of the demo is judged before anybody is asked.
func TestDemoRefusesWhatCannotBeMeant(t *testing.T) {
	for _, flags := range [][]string{{"--sessions", "0"}, {"--days", "8"}, {"--connections", "-1"}, {"--sample-rate", "NaN"}} {
		_, err := invoke(t, append([]string{"demo"}, flags...)...)
		var usage *usageError
		if !errors.As(err, &usage) {
			t.Errorf("%v: %v", flags, err)
		}
	}
}

// TestDoctorTakesWhatServicesTake: it is to be given the flags, the environment and the file that a service has.
func TestDoctorTakesWhatServicesTake(t *testing.T) {
	cmd := newDoctorCommand()
	seen := 0
	for _, service := range []*cobra.Command{newAllCommand(), newCollectorCommand(), newProcessorCommand(), newAPICommand(), newEmbeddedCommand()} {
		service.Flags().VisitAll(func(f *pflag.Flag) {
			seen++
			if cmd.Flags().Lookup(f.Name) == nil {
				t.Errorf("doctor does not take --%s of %s", f.Name, service.Name())
			}
		})
	}
	if seen < 50 {
		t.Errorf("only %d flags were looked at", seen)
	}
	data := filepath.Join(t.TempDir(), "data")
	args := []string{"--data", data, "--listen", "127.0.0.1:0", "--clickhouse-dsn", "clickhouse://127.0.0.1:1", "--log-sync", "--demo=false", "--rewind", "1h"}
	found, _ := examine(t, args...)
	if found["configuration"].Status != doctor.OK {
		t.Errorf("flags of services: %+v", found["configuration"])
	}
	t.Setenv("HINDSIGHT_REWIND", "an hour")
	t.Setenv("HINDSIGHT_SITE_KEY", "key")
	found, _ = examine(t, args[:len(args)-2]...)
	if found["configuration"].Status != doctor.Fail || !strings.Contains(found["configuration"].Found, "HINDSIGHT_REWIND") {
		t.Errorf("a mistake in the environment of a service: %+v", found["configuration"])
	}
	found, _ = examine(t, args...)
	if found["configuration"].Status != doctor.Fail || !strings.Contains(found["configuration"].Found, "--site-origin") {
		t.Errorf("a site without an origin: %+v", found["configuration"])
	}
}
