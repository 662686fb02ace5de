package processor

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"sync/atomic"
	"time"

	"github.com/oschwald/maxminddb-golang/v2"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hindsight/internal/filewatch"
)

// Region answers the one question that a client's address is opened for.
type Region interface {
	// Country is the ISO 3166-1 alpha-2 code, or "" when it is not known.
	Country(addr netip.Addr) string
}

// RegionFile is a Region from a local MMDB file (GeoLite2-Country, DB-IP
// Country Lite and their kin), which the operator supplies and replaces from
// time to time.
type RegionFile struct {
	path   string
	watch  *filewatch.Watch
	reader atomic.Pointer[maxminddb.Reader]
}

// OpenRegionFile reads an MMDB file. It is held in memory, not mapped: one that
// is overwritten in place would end the process.
func OpenRegionFile(path string) (*RegionFile, error) {
	f := &RegionFile{path: path, watch: filewatch.New(path)}
	return f, f.load()
}

func (f *RegionFile) load() error {
	raw, err := os.ReadFile(f.path)
	if err != nil {
		return fmt.Errorf("read the file of regions: %w", err)
	}
	reader, err := maxminddb.OpenBytes(raw)
	if err != nil {
		return fmt.Errorf("read the file of regions: %w", err)
	}
	f.reader.Store(reader) // whoever looks up in the old one goes on with it
	return nil
}

// Run reads the file again whenever it was replaced, until ctx ends; it looks
// every so often. A file that cannot be read leaves the one before in place.
func (f *RegionFile) Run(ctx context.Context, every time.Duration, log *zap.Logger, reg prometheus.Registerer) {
	f.watch.Reload(ctx, every, filewatch.Reload{
		What: "the file of regions", Load: f.load, Metric: "hindsight_processor_region_loads_total",
		Loaded: func() []zap.Field { return []zap.Field{zap.Time("built", f.reader.Load().Metadata.BuildTime())} },
	}, log, reg)
}

// Country looks an address up. What the file does not know, or says otherwise
// than expected, is "".
func (f *RegionFile) Country(addr netip.Addr) string {
	var code string
	result := f.reader.Load().Lookup(addr)
	if result.DecodePath(&code, "country", "iso_code") != nil || !isCountry(code) {
		return ""
	}
	return code
}

func isCountry(code string) bool {
	return len(code) == 2 && code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' && code[1] <= 'Z'
}

// noRegion knows no country: no file was given.
type noRegion struct{}

func (noRegion) Country(netip.Addr) string { return "" }
