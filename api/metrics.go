package api

import (
	"github.com/prometheus/client_golang/prometheus"

	"hindsight/internal/erasures"
)

type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	erasures *prometheus.CounterVec
	// unknownSheets: references in recordings that stood for nothing.
	unknownSheets prometheus.Counter
}

// newMetrics labels by route pattern, never by address: patterns are few.
func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hindsight_api_requests_total", Help: "Requests answered, by route and status code.",
		}, []string{"route", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "hindsight_api_request_seconds", Help: "Time until a request was answered in full, by route.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"route"}),
	}
	m.erasures = erasures.Counter(reg)
	m.unknownSheets = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "hindsight_api_unknown_sheets_total", Help: "Style sheets that recordings name and that are not there: their definition was lost, refused or erased.",
	})
	reg.MustRegister(m.requests, m.seconds, m.unknownSheets)
	return m
}
