package filewatch

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
)

// Reload says what is done when a file was replaced, and how that is told.
type Reload struct {
	// What the files are, for the log: "the certificate".
	What string
	// Load reads them. After an error what was read before stays in use.
	Load func() error
	// Loaded is what the log says of the new ones. Optional.
	Loaded func() []zap.Field
	// Metric names the counter of loads, by result: ok, failed.
	Metric string
}

// Reload runs until ctx ends and reads the files again whenever one was
// replaced; it looks every so often. What goes wrong is logged once, not at
// every look, and counted each time. reg may be nil.
func (w *Watch) Reload(ctx context.Context, every time.Duration, r Reload, log *zap.Logger, reg prometheus.Registerer) {
	loads := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: r.Metric, Help: "Times that " + r.What + " was read again because it was replaced, by result: ok, failed.",
	}, []string{"result"})
	ok, failed := loads.WithLabelValues("ok"), loads.WithLabelValues("failed")
	if reg != nil {
		reg.MustRegister(loads)
	}
	wrong := false
	w.Run(ctx, every, func() error {
		err := r.Load()
		if err != nil {
			failed.Inc()
			if !wrong {
				log.Warn(r.What+" was replaced by one that cannot be used; the one before stays in use", zap.Error(err))
			}
			wrong = true
			return err
		}
		wrong = false
		ok.Inc()
		var fields []zap.Field
		if r.Loaded != nil {
			fields = r.Loaded()
		}
		log.Info(r.What+" was replaced", fields...)
		return nil
	})
}
