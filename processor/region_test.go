package processor_test

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"hindsight/processor"
)

// regions is the content of an MMDB file such as operators download: countries by network.
func regions(t *testing.T, countries map[string]mmdbtype.DataType) []byte {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: "Test-Country", RecordSize: 24, IncludeReservedNetworks: true})
	if err != nil {
		t.Fatal(err)
	}
	for network, country := range countries {
		_, ipnet, err := net.ParseCIDR(network)
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.Insert(ipnet, mmdbtype.Map{"country": mmdbtype.Map{"iso_code": country}}); err != nil {
			t.Fatal(err)
		}
	}
	var file bytes.Buffer
	if _, err := tree.WriteTo(&file); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// regionFile writes such a file.
func regionFile(t *testing.T, countries map[string]mmdbtype.DataType) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "countries.mmdb")
	if err := os.WriteFile(path, regions(t, countries), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// canaryRegion knows where the client of every test is.
func canaryRegion(t *testing.T) *processor.RegionFile {
	t.Helper()
	file, err := processor.OpenRegionFile(regionFile(t, map[string]mmdbtype.DataType{canaryAddress + "/32": mmdbtype.String("FR")}))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestRegionFile(t *testing.T) {
	path := regionFile(t, map[string]mmdbtype.DataType{
		"203.0.113.0/25": mmdbtype.String("FR"), "2001:db8:1::/48": mmdbtype.String("NZ"),
		"198.51.100.0/24": mmdbtype.String("not a country"), "192.0.2.0/24": mmdbtype.Uint32(7),
	})
	file, err := processor.OpenRegionFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"203.0.113.1": "FR", "::ffff:203.0.113.1": "FR", "203.0.113.129": "", "2001:db8:1::5": "NZ", "2001:db8:2::5": "",
		"198.51.100.1": "", "192.0.2.1": "", "127.0.0.1": "", "::1": "",
	} {
		if got := file.Country(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s lies in %q, not in %q", address, got, want)
		}
	}
	if got := file.Country(netip.Addr{}); got != "" {
		t.Errorf("an unknown address lies in %q", got)
	}
	for name, content := range map[string][]byte{"empty": nil, "text": []byte("country,network\n"), "cut off": regions(t, nil)[:100]} {
		bad := filepath.Join(t.TempDir(), "bad.mmdb")
		if err := os.WriteFile(bad, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := processor.OpenRegionFile(bad); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := processor.OpenRegionFile(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there was opened")
	}
}

// A file that is replaced is used at once, also when it is overwritten in
// place; one that is damaged is not.
func TestRegionFileIsReplaced(t *testing.T) {
	path := regionFile(t, map[string]mmdbtype.DataType{"203.0.113.0/24": mmdbtype.String("FR")})
	file, err := processor.OpenRegionFile(path)
	if err != nil {
		t.Fatal(err)
	}
	core, logs := observer.New(zap.InfoLevel)
	reg := prometheus.NewRegistry()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); file.Run(ctx, time.Millisecond, zap.New(core), reg) }()
	addr := netip.MustParseAddr("203.0.113.1")
	eventually := func(what string, ok func() bool) {
		t.Helper()
		for end := time.Now().Add(time.Minute); !ok(); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("never: %s", what)
			}
		}
	}
	second := regionFile(t, map[string]mmdbtype.DataType{"203.0.113.0/24": mmdbtype.String("NZ")})
	if err := os.Rename(second, path); err != nil {
		t.Fatal(err)
	}
	eventually("the file that took its place", func() bool { return file.Country(addr) == "NZ" })

	if err := os.WriteFile(path, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	eventually("a word about the damage", func() bool { return logs.FilterLevelExact(zap.WarnLevel).Len() > 0 })
	if got := file.Country(addr); got != "NZ" {
		t.Errorf("with a damaged file the country is %q", got)
	}
	if err := os.WriteFile(path, regions(t, map[string]mmdbtype.DataType{"203.0.113.0/24": mmdbtype.String("SE")}), 0o600); err != nil {
		t.Fatal(err)
	}
	eventually("the file that was written in place", func() bool { return file.Country(addr) == "SE" })
	stop()
	<-done
	if n := logs.FilterLevelExact(zap.WarnLevel).Len(); n != 1 {
		t.Errorf("the damage was told %d times", n)
	}
	if n, err := testutil.GatherAndCount(reg, "hindsight_processor_region_loads_total"); err != nil || n != 2 {
		t.Errorf("%d figures, %v", n, err)
	}
}
