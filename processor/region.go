package processor

import (
	"fmt"
	"net/netip"

	"github.com/oschwald/maxminddb-golang/v2"
)

// Region answers the one question that a client's address is opened for.
type Region interface {
	// Country is the ISO 3166-1 alpha-2 code, or "" when it is not known.
	Country(addr netip.Addr) string
}

// RegionFile is a Region from a local MMDB file (GeoLite2-Country, DB-IP
// Country Lite and their kin), which the operator supplies.
type RegionFile struct {
	reader *maxminddb.Reader
}

// OpenRegionFile opens an MMDB file; Close it after the processor has stopped.
func OpenRegionFile(path string) (*RegionFile, error) {
	reader, err := maxminddb.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the file of regions: %w", err)
	}
	return &RegionFile{reader}, nil
}

// Country looks an address up. What the file does not know, or says otherwise
// than expected, is "".
func (f *RegionFile) Country(addr netip.Addr) string {
	var code string
	result := f.reader.Lookup(addr)
	if result.DecodePath(&code, "country", "iso_code") != nil || !isCountry(code) {
		return ""
	}
	return code
}

// Close unmaps the file.
func (f *RegionFile) Close() error { return f.reader.Close() }

func isCountry(code string) bool {
	return len(code) == 2 && code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' && code[1] <= 'Z'
}

// noRegion knows no country: no file was given.
type noRegion struct{}

func (noRegion) Country(netip.Addr) string { return "" }
