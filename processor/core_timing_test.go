package processor

import (
	"testing"

	"hindsight/internal/eventlog"
	"hindsight/internal/wire/wiretest"
)

func BenchmarkRecorded(b *testing.B) {
	for _, name := range []string{wiretest.RecordedShop, wiretest.RecordedHeavy} {
		b.Run(name, func(b *testing.B) {
			frames, err := wiretest.Recorded(name)
			if err != nil {
				b.Fatal(err)
			}
			var records []*eventlog.Fetched
			for _, f := range frames {
				records = append(records, fetched(b, f, testOrigin))
			}
			d := testDecoder(b)
			events, bytes, signals := 0, 0, 0
			b.ReportAllocs()
			for b.Loop() {
				for i, f := range records {
					f.Value = frames[i]
					out, err := d.decode(f)
					if err != nil || out.Refused != "" {
						b.Fatal(err, out.Refused)
					}
					events += int(out.Record.Batch.ReplayEvents)
					signals += int(out.Record.Batch.Signals)
					bytes += int(out.Record.Batch.ReplayBytes + out.Record.Batch.SignalsBytes)
				}
			}
			b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64(events)/float64(b.N), "events/op")
			b.ReportMetric(float64(signals)/float64(b.N), "signals/op")
			b.SetBytes(int64(bytes / b.N))
		})
	}
}
