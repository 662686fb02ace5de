package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"go.uber.org/zap"
)

// call is a handler that may fail: with a *Problem, which is answered as it is,
// or with another error, which is logged and answered as a problem without it.
type call func(w http.ResponseWriter, r *http.Request) error

// observed counts, times and logs the requests of a route. The log holds the
// route's pattern, so no id and no value of a parameter, and no address.
func (a *API) observed(route string, next call) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		rec := &recorder{ResponseWriter: w}
		rec.Header().Set("X-Content-Type-Options", "nosniff")
		rec.Header().Set("Cache-Control", "no-store") // a handler may say otherwise
		defer func() {
			took := time.Since(begin)
			code := rec.code
			if code == 0 {
				code = http.StatusOK
			}
			a.metrics.requests.WithLabelValues(route, strconv.Itoa(code)).Inc()
			a.metrics.seconds.WithLabelValues(route).Observe(took.Seconds())
			level := zap.DebugLevel
			if code >= http.StatusBadRequest {
				level = zap.InfoLevel
			}
			a.log.Log(level, "request", zap.String("route", route), zap.Int("code", code), zap.Float64("ms", float64(took.Microseconds())/1000))
		}()
		if err := next(rec, r); err != nil {
			a.fail(rec, r, route, err)
		}
	}
}

func (a *API) fail(rec *recorder, r *http.Request, route string, err error) {
	var problem *Problem
	switch {
	case errors.As(err, &problem):
	case r.Context().Err() != nil && errors.Is(err, context.Canceled):
		// The client has gone; nobody reads the answer.
		problem = unavailable.says("The request was given up.")
	default:
		a.log.Warn("request failed", zap.String("route", route), zap.Error(err))
		problem = internalError.says("The reason is in the server's log.")
		if a.storeDown(r.Context()) {
			problem = unavailable.says("Try again in a moment.")
			rec.Header().Set("Retry-After", "2")
		}
	}
	if rec.code != 0 {
		// Half an answer is out: break the connection, so that it cannot be taken
		// for a whole one.
		panic(http.ErrAbortHandler)
	}
	rec.Header().Del("Content-Encoding")
	problem.write(rec)
}

// storeDown asks the store for a sign of life, to tell an outage from a mistake.
func (a *API) storeDown(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	return a.store.Ping(ctx) != nil
}

// recorder remembers the status code.
type recorder struct {
	http.ResponseWriter
	code int
}

func (r *recorder) WriteHeader(code int) {
	if r.code == 0 {
		r.code = code
	}
	r.ResponseWriter.WriteHeader(code)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.code == 0 {
		r.code = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController flush and set deadlines.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
