// Package erasures counts what was erased, whoever carried it out: the API for
// those who run a site, the processor for a visitor who asked.
package erasures

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// What an erasure was asked for.
const (
	Site    = "site"
	Demo    = "demo"
	Visitor = "visitor"
)

// Counter registers the metric, or gives the one that another service of this
// process has registered. It panics, as MustRegister does, when the name means
// something else there. reg may be nil.
func Counter(reg prometheus.Registerer) *prometheus.CounterVec {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "hindsight_erasures_total",
		Help: "Erasures carried out, by what was asked for: a whole site, its generated sessions, a visitor.",
	}, []string{"scope"})
	if reg != nil {
		var already prometheus.AlreadyRegisteredError
		switch err := reg.Register(vec); {
		case errors.As(err, &already):
			vec = already.ExistingCollector.(*prometheus.CounterVec)
		case err != nil:
			panic(err)
		}
	}
	for _, scope := range []string{Site, Demo, Visitor} {
		vec.WithLabelValues(scope)
	}
	return vec
}
