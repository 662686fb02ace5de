package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"hindsight/collector"
)

func TestByteSize(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "1234": 1234, "500MB": 500e6, "50GiB": 50 << 30, "1.5kB": 1500, " 2 TB ": 2e12, "7B": 7, "-1": -1, "64KiB": 65536,
	} {
		var b byteSize
		if err := b.Set(text); err != nil || int64(b) != want {
			t.Errorf("%q is %d, want %d (%v)", text, b, want, err)
		}
		var again byteSize
		if err := again.Set(b.String()); err != nil || again != b {
			t.Errorf("%q is written as %q, which is %d", text, b.String(), again)
		}
	}
	for _, text := range []string{"", "GB", "x", "1XB", "NaN", "1e30", "9e99TB", "1 2"} {
		var b byteSize
		if err := b.Set(text); err == nil {
			t.Errorf("%q is taken for %d", text, b)
		}
	}
}

// What is not named keeps the collector's default, a number is a limit, below 0 is none.
func TestCollectorLimits(t *testing.T) {
	var f collectorFlags
	cmd := &cobra.Command{Use: "x"}
	f.add(cmd)
	if err := cmd.ParseFlags([]string{"--max-connections", "7", "--max-site-connections", "-1", "--max-address-connections", "3",
		"--connection-rate", "2.5", "--site-bytes", "1MB", "--site-rate", "-1", "--site-erasures", "0.5", "--address-erasures", "-1", "--connection-inflated", "1MB", "--address-inflated", "2MB", "--site-inflated", "-1", "--large-frames", "9", "--batch-interval", "4s"}); err != nil {
		t.Fatal(err)
	}
	got, err := f.config()
	if err != nil {
		t.Fatal(err)
	}
	d := collector.DefaultConfig()
	if got.MaxConnections != 7 || got.SiteConnections != 0 || got.AddressConnections != 3 || got.ConnFrames != 2.5 ||
		got.SiteBytes != 1e6 || got.SiteFrames != 0 || got.SiteErasures != 0.5 || got.AddressErasures != 0 || got.ConnInflated != 1e6 || got.AddressInflated != 2e6 || got.SiteInflated != 0 || got.LargeFrames != 9 || got.Flush != 4*time.Second {
		t.Errorf("%+v", got)
	}
	if got.ConnBytes != d.ConnBytes || got.SlowAfter != d.SlowAfter {
		t.Errorf("what was not named changed: %+v", got)
	}
	// As docs/wire-protocol.md and docs/operating.md tell them: nothing sets these.
	if got.Hello != 10*time.Second || got.Ping != 25*time.Second || got.Idle != time.Minute || got.Message != 2*time.Minute || got.Write != 10*time.Second {
		t.Errorf("deadlines are not what the documents say: %+v", got)
	}
}

// A network is one whichever way it is written.
func TestTrustedProxies(t *testing.T) {
	f := collectorFlags{trustedProxies: []string{"10.0.0.0/8", " 192.0.2.7", "::ffff:172.16.0.0/108", "::ffff:192.0.2.9", "fd00::/8", "2001:db8::1"}}
	got, err := f.proxies()
	if err != nil {
		t.Fatal(err)
	}
	want := "[10.0.0.0/8 192.0.2.7/32 172.16.0.0/12 192.0.2.9/32 fd00::/8 2001:db8::1/128]"
	if fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}

// Later than every 20 s a batch would hide what activity and attention are counted by.
func TestBatchInterval(t *testing.T) {
	for text, good := range map[string]bool{"0": true, "100ms": true, "20s": true, "99ms": false, "21s": false, "-1s": false} {
		var f collectorFlags
		cmd := &cobra.Command{Use: "x"}
		f.add(cmd)
		if err := cmd.ParseFlags([]string{"--batch-interval", text}); err != nil {
			t.Fatal(err)
		}
		if _, err := f.config(); (err == nil) != good {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// What cannot be meant is said before anything is started: here the data directory, the first thing that all makes.
func TestWrongFlagsStartNothing(t *testing.T) {
	for _, flags := range [][]string{
		{"--trusted-proxies", "10.0.0.0/99"}, {"--batch-interval", "1h"}, {"--connection-rate", "NaN"}, {"--site-rate", "nan"},
		{"--site-key", "k1234", "--site-origin", "https://shop.example/path"}, {"--site-key", "k", "--site-origin", "https://shop.example"},
		{"--site-key", "k1234", "--site-origin", "https://shop.example", "--site-name", "\xff"},
	} {
		data := filepath.Join(t.TempDir(), "data")
		cmd := newAllCommand()
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		cmd.SetArgs(append(flags, "--data", data, "--listen", "127.0.0.1:0", "--engine-library", "/nowhere"))
		var usage *usageError
		if err := cmd.ExecuteContext(t.Context()); !errors.As(err, &usage) {
			t.Errorf("%v: %v", flags, err)
		}
		if _, err := os.Stat(data); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v: the data directory was made", flags)
		}
	}
}
