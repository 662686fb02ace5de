package engine

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	restarts prometheus.Counter
	up       prometheus.Gauge
	start    prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer) metrics {
	f := promauto.With(reg)
	return metrics{
		restarts: f.NewCounter(prometheus.CounterOpts{
			Name: "hindsight_engine_restarts_total",
			Help: "Times the embedded ClickHouse stopped by itself and was started again.",
		}),
		up: f.NewGauge(prometheus.GaugeOpts{
			Name: "hindsight_engine_up",
			Help: "1 while the embedded ClickHouse answers, else 0.",
		}),
		start: f.NewGauge(prometheus.GaugeOpts{
			Name: "hindsight_engine_start_seconds",
			Help: "Time from starting the embedded ClickHouse to ready, last time.",
		}),
	}
}
