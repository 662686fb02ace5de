package broker

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	trimmed prometheus.Counter
	resets  *prometheus.CounterVec
	failed  *prometheus.CounterVec
	refused prometheus.Counter
	lost    prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		trimmed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "hindsight_broker_trimmed_records_total",
			Help: "Stored records that the embedded log let go.",
		}),
		resets: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hindsight_broker_commit_resets_total",
			Help: "Commits found outside the embedded log at start and put back to its first record: before_start, after_end.",
		}, []string{"reason"}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "hindsight_broker_refused_requests_total",
			Help: "Requests to append events that were refused because the disk's limit was reached; they are tried again.",
		}),
		lost: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "hindsight_broker_lost_members_total",
			Help: "Members of consumer groups that were gone before they had joined, and were put out.",
		}),
		failed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hindsight_broker_maintenance_failures_total",
			Help: "Rounds of maintenance of the embedded log that failed, by task.",
		}, []string{"task"}),
	}
	if reg != nil {
		reg.MustRegister(m.trimmed, m.resets, m.failed, m.refused, m.lost)
	}
	return m
}
