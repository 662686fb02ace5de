package storetest_test

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"hindsight/internal/store/storetest"
)

// BenchmarkDelete deletes sessions of seven days from a store of 30, each table with
// some 90 parts.
func BenchmarkDelete(b *testing.B) {
	s := storetest.Open(b)
	rng := rand.New(rand.NewPCG(1, 7))
	var doomed [][16]byte
	for i := range 90 {
		day := uint16(20_000 + i/3)
		records := randomRecords(rng, 6)
		for _, r := range records {
			r.Site = "shop"
			binary.BigEndian.PutUint16(r.Session[:], day)
		}
		if rejected, err := s.Write(b.Context(), records); err != nil || len(rejected) > 0 {
			b.Fatal(err, len(rejected))
		}
		if i%3 == 0 && i < 21 {
			doomed = append(doomed, records[0].Session)
		}
	}
	for b.Loop() { // a deletion looks at every part also where the rows are gone
		if err := s.DeleteSessions(b.Context(), "shop", doomed); err != nil {
			b.Fatal(err)
		}
	}
	var parts uint64
	err := s.Conn().QueryRow(b.Context(), "SELECT count() FROM system.parts WHERE active AND database = currentDatabase()").Scan(&parts)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(parts), "parts")
}
