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
}

func newDeriveMetrics(reg prometheus.Registerer) *deriveMetrics {
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
	}
	if reg != nil {
		reg.MustRegister(m.rounds, m.seconds, m.keys, m.held)
	}
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
