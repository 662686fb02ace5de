package processor

import (
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hindsight/internal/erasures"
	"hindsight/internal/store"
	"hindsight/internal/wire"
	"hindsight/processor/guard"
)

// metrics count records, not batches of the tracker: the same content that is
// read again is counted again.
type metrics struct {
	records  *prometheus.CounterVec
	kept     prometheus.Counter // of records: stored
	events   *prometheus.CounterVec
	dropped  *prometheus.CounterVec
	sheets   *prometheus.CounterVec
	jumps    prometheus.Counter
	sealed   prometheus.Counter
	refusals *prometheus.CounterVec
	dead     *prometheus.CounterVec
	leftOut  *prometheus.CounterVec
	insert   prometheus.Histogram
	age      prometheus.Histogram
	failures prometheus.Counter
	erasures prometheus.Counter
	wishes   prometheus.Gauge
	lag      *prometheus.GaugeVec

	partitions prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &metrics{
		records:  counter("hindsight_processor_records_total", "Records read, by result: stored, partial (without its replay section), erasure (an order), dead.", "result"),
		events:   counter("hindsight_processor_events_total", "Events stored, by kind of signal; replay counts rrweb events.", "kind"),
		dropped:  counter("hindsight_processor_signals_dropped_total", "Signals and members left out, by reason: invalid, unknown, excess (more views or load times than a batch can have).", "reason"),
		sheets:   counter("hindsight_processor_sheets_total", "Definitions of style sheets, by result: kept, invalid.", "result"),
		refusals: counter("hindsight_guard_refusals_total", "Replay sections that the privacy guard refused, by reason.", "reason"),
		dead:     counter("hindsight_deadletter_records_total", "Dead letters written, by reason.", "reason"),
		leftOut:  counter("hindsight_deadletter_frames_left_out_total", "Of these, those that did not keep their frame because their site's had kept enough, by reason.", "reason"),
		jumps: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "hindsight_processor_clock_jumps_total", Help: "Batches with times that were corrected because the browser's clock had been set since its handshake.",
		}),
		sealed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "hindsight_processor_sealed_addresses_total", Help: "Records whose client address no key here opens: they have no country.",
		}),
		insert: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "hindsight_processor_insert_seconds", Help: "Time to store a batch of records in every table.",
			Buckets: prometheus.ExponentialBuckets(0.005, 2, 12),
		}),
		age: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "hindsight_processor_event_age_seconds", Help: "From a batch's last event in the browser to its being stored; each record once.",
			Buckets: prometheus.ExponentialBuckets(0.25, 2, 14),
		}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "hindsight_processor_store_failures_total", Help: "Attempts to store that failed and were repeated.",
		}),
		wishes: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "hindsight_processor_erasures_waiting", Help: "Visitors whose erasure was read and is not over: it waits for the one before, or is being carried out.",
		}),
		partitions: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "hindsight_processor_partitions", Help: "Partitions that this processor reads; only of these it tells the lag.",
		}),
		lag: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "hindsight_processor_lag_records", Help: "Records of a partition that are not stored yet.",
		}, []string{"partition"}),
	}
	if reg != nil {
		reg.MustRegister(m.records, m.events, m.dropped, m.sheets, m.jumps, m.sealed, m.refusals, m.dead, m.leftOut, m.insert, m.age, m.failures, m.wishes, m.partitions, m.lag)
	}
	m.kept = m.records.WithLabelValues("stored")
	m.erasures = erasures.Counter(reg).WithLabelValues(erasures.Visitor)
	// Those that an operator waits for show at 0 before they happen.
	for _, reason := range []string{reasonRecord, reasonFrame, reasonMismatch, reasonSignals, reasonReplay, reasonReplayFormat, reasonStore, "guard"} {
		m.dead.WithLabelValues(reason)
	}
	for _, reason := range []string{reasonRecord, reasonFrame, reasonMismatch, reasonSignals} {
		m.leftOut.WithLabelValues(reason)
	}
	for _, label := range []string{"invalid", "unknown", "excess"} {
		m.dropped.WithLabelValues(label)
	}
	for _, label := range []string{"kept", "invalid"} {
		m.sheets.WithLabelValues(label)
	}
	for _, reason := range guard.Reasons() {
		m.refusals.WithLabelValues(reason)
	}
	return m
}

// took counts what a record holds that is not stored, and its style sheets.
func (m *metrics) took(out *Decoded) {
	add := func(to *prometheus.CounterVec, label string, n int) {
		if n > 0 {
			to.WithLabelValues(label).Add(float64(n))
		}
	}
	add(m.dropped, "invalid", out.Invalid)
	add(m.dropped, "unknown", out.Unknown)
	add(m.dropped, "excess", out.Excess)
	add(m.sheets, "kept", len(out.Record.Sheets))
	add(m.sheets, "invalid", out.BadSheets)
	if out.Jumped {
		m.jumps.Inc()
	}
	if out.Sealed {
		m.sealed.Inc()
	}
}

// deadLetter counts one; the guard's reasons share a word, for they have a
// counter of their own.
func (m *metrics) deadLetter(reason string) {
	if strings.HasPrefix(reason, reasonGuard) {
		reason = "guard"
	}
	m.dead.WithLabelValues(reason).Inc()
}

// stored counts what records brought: together, since to find a counter by its
// label costs more than to count.
func (m *metrics) stored(records []*store.Record, now time.Time) {
	kinds := map[string]int{} // they are constants of this program
	for _, r := range records {
		b := &r.Batch
		for i := range r.Events {
			kinds[r.Events[i].Kind]++
		}
		kinds["view"] += int(b.Views)
		kinds["move"] += int(b.Moves)
		if r.Chunk != nil {
			kinds["replay"] += int(r.Chunk.Events)
		}
		if b.Flags&wire.FlagDemo == 0 { // generated visits lie days back and would hide the age of real ones
			m.age.Observe(max(0, now.Sub(time.UnixMilli(b.LastAt)).Seconds()))
		}
	}
	for kind, n := range kinds {
		m.events.WithLabelValues(kind).Add(float64(n))
	}
}

// setLag tells the lag of the partitions that are assigned.
func (m *metrics) setLag(lag map[int]int64) {
	m.partitions.Set(float64(len(lag)))
	if len(lag) == 0 {
		m.lag.Reset()
	}
	for partition, n := range lag {
		m.lag.WithLabelValues(strconv.Itoa(partition)).Set(float64(n))
	}
}
