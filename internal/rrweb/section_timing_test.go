package rrweb_test

import (
	"testing"

	"hindsight/internal/rrweb"
	"hindsight/internal/wire"
	"hindsight/internal/wire/wiretest"
)

// BenchmarkSection reads the replay sections of recorded visits, written out and only measured.
func BenchmarkSection(b *testing.B) {
	var r rrweb.Reader
	for _, name := range []string{wiretest.RecordedShop, wiretest.RecordedHeavy} {
		sections, size := replaySections(b, name), 0
		for _, s := range sections {
			size += len(s)
		}
		for _, way := range []struct {
			name string
			read func([]byte, int) (rrweb.Section, error)
		}{{"read", r.Read}, {"measure", r.Measure}} {
			b.Run(name+"/"+way.name, func(b *testing.B) {
				b.SetBytes(int64(size))
				for b.Loop() {
					for _, s := range sections {
						if _, err := way.read(s, wire.MaxReplay); err != nil {
							b.Fatal(err)
						}
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(sections)), "µs/section")
			})
		}
	}
}

// replaySections are those of recorded frames, inflated.
func replaySections(t testing.TB, name string) (out [][]byte) {
	t.Helper()
	frames, err := wiretest.Recorded(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range frames {
		f, err := wire.ParseFrame(raw)
		if err != nil {
			t.Fatal(err)
		}
		if f.Replay.Raw == 0 {
			continue
		}
		section, err := f.InflateReplay(nil)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, section)
	}
	return out
}
