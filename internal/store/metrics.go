package store

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type deriveMetrics struct {
	rounds  *prometheus.CounterVec
	seconds prometheus.Histogram
	keys    *prometheus.CounterVec
	held    prometheus.Counter

	failures *prometheus.CounterVec
}

func newDeriveMetrics(reg prometheus.Registerer, apart *apart, state *deriveState) *deriveMetrics {
	m := &deriveMetrics{
		rounds: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hindsight_derive_rounds_total",
			Help: "Rounds of derivation, by result (ok, failed).",
		}, []string{"result"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "hindsight_derive_seconds",
			Help:    "How long a round of derivation took.",
			Buckets: prometheus.ExponentialBuckets(0.005, 2, 12),
		}),
		keys: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hindsight_derive_keys_total",
			Help: "Derived rows written, by kind (session, page).",
		}, []string{"what"}),
		held: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "hindsight_derive_held_total",
			Help: "Sessions derived from what this process holds of them, without asking the store.",
		}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hindsight_derive_failures_total",
			Help: "Tries of a single key to be derived that failed, by kind (session, page).",
		}, []string{"what"}),
	}
	if reg == nil {
		return m
	}
	reg.MustRegister(m.rounds, m.seconds, m.keys, m.held, m.failures)
	gauge := func(name, help string, labels prometheus.Labels, value func() float64) {
		reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, value))
	}
	const keysHelp = "Keys that are derived apart from the others, by why (slow, failing)."
	gauge("hindsight_derive_apart_keys", keysHelp, prometheus.Labels{"why": "slow"}, func() float64 { return float64(apart.counts(time.Now()).slow) })
	gauge("hindsight_derive_apart_keys", keysHelp, prometheus.Labels{"why": "failing"}, func() float64 { return float64(apart.counts(time.Now()).failing) })
	gauge("hindsight_derive_apart_seconds", "For how long the key waits that has waited longest of those apart.", nil,
		func() float64 { return apart.counts(time.Now()).oldest.Seconds() })
	gauge("hindsight_derive_behind_seconds", "How old what is not derived yet may be, but for the keys apart.", nil,
		func() float64 { return state.behind().Seconds() })
	return m
}

func (m *deriveMetrics) round(started time.Time, err error) {
	result := "ok"
	if err != nil {
		result = "failed"
	}
	m.rounds.WithLabelValues(result).Inc()
	m.seconds.Observe(time.Since(started).Seconds())
}

func (m *deriveMetrics) derived(keys []derivedKey) {
	var sessions, pages float64
	for _, k := range keys {
		if k.what == markSession {
			sessions++
		} else {
			pages++
		}
	}
	m.keys.WithLabelValues("session").Add(sessions)
	m.keys.WithLabelValues("page").Add(pages)
}
