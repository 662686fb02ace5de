package eventlog

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// register registers c, or returns the one that is registered already: two
// producers of one process share their metrics.
func register[C prometheus.Collector](reg prometheus.Registerer, c C) C {
	if reg == nil {
		return c
	}
	err := reg.Register(c)
	var already prometheus.AlreadyRegisteredError
	if errors.As(err, &already) {
		if same, ok := already.ExistingCollector.(C); ok {
			return same
		}
	}
	if err != nil {
		panic(err) // two metrics of one name: a mistake in the program
	}
	return c
}

type producerMetrics struct {
	records  *prometheus.CounterVec
	requests *prometheus.CounterVec
	retries  prometheus.Counter
	inflight prometheus.Gauge
	seconds  prometheus.Histogram
}

func newProducerMetrics(reg prometheus.Registerer) *producerMetrics {
	return &producerMetrics{
		records: register(reg, prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hindsight_log_records_total",
			Help: "Records given to the log's producer, by result: acked, too_large, closed.",
		}, []string{"result"})),
		requests: register(reg, prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hindsight_log_produce_requests_total",
			Help: "Produce requests sent, by result: ok, failed (of one partition or more).",
		}, []string{"result"})),
		retries: register(reg, prometheus.NewCounter(prometheus.CounterOpts{
			Name: "hindsight_log_produce_retries_total",
			Help: "Batches that have to be sent again because the log did not take them.",
		})),
		inflight: register(reg, prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "hindsight_log_produce_pending_bytes",
			Help: "Bytes taken from the collector and not yet acknowledged by the log.",
		})),
		seconds: register(reg, prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "hindsight_log_produce_seconds",
			Help:    "Time of one produce request, acks=all.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
		})),
	}
}

type consumerMetrics struct {
	records *prometheus.CounterVec
	recent  prometheus.Counter
	commits *prometheus.CounterVec
	resets  *prometheus.CounterVec
	gens    prometheus.Counter
}

func newConsumerMetrics(reg prometheus.Registerer) *consumerMetrics {
	return &consumerMetrics{
		records: register(reg, prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hindsight_log_fetched_records_total",
			Help: "Records read from the log.",
		}, []string{"topic"})),
		recent: register(reg, prometheus.NewCounter(prometheus.CounterOpts{
			Name: "hindsight_log_tail_records_total",
			Help: "Of the records read, those that this process had appended a moment ago and still held.",
		})),
		commits: register(reg, prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hindsight_log_commits_total",
			Help: "Commits of offsets, by result: ok, fenced, failed.",
		}, []string{"result"})),
		resets: register(reg, prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hindsight_log_offset_resets_total",
			Help: "Committed offsets outside the log, begun again at its earliest record: before_start, after_end. Anything but 0 asks for an explanation.",
		}, []string{"reason"})),
		gens: register(reg, prometheus.NewCounter(prometheus.CounterOpts{
			Name: "hindsight_log_generations_total",
			Help: "Generations of the consumer group that this process took part in.",
		})),
	}
}
