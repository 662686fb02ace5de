// Package health answers the two questions an orchestrator asks of a service:
// is the process alive (/healthz), and is every part of it ready (/readyz).
package health

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
)

// Check is one part of a service. Func returns nil when the part can do its
// work, else an error that says in one sentence why not; it is called at each
// request and must answer within milliseconds, from what the part knows already.
// The text is shown to whoever can reach the port: no addresses, no secrets.
type Check struct {
	Name string
	Func func() error
}

// Health serves both questions.
type Health struct {
	checks []Check
}

// New returns the health of a service with these parts.
func New(checks ...Check) *Health { return &Health{checks: checks} }

// Part is the state of one part.
type Part struct {
	Name   string `json:"name"`
	Ready  bool   `json:"ready"`
	Reason string `json:"reason,omitempty"`
}

// Report is the state of all parts, in the order given to New.
type Report struct {
	Ready bool   `json:"ready"`
	Parts []Part `json:"parts"`
}

// Report asks every part.
func (h *Health) Report() Report {
	report := Report{Ready: true, Parts: make([]Part, 0, len(h.checks))}
	for _, c := range h.checks {
		part := Part{Name: c.Name, Ready: true}
		if err := c.Func(); err != nil {
			part.Ready, part.Reason, report.Ready = false, reason(err), false
		}
		report.Parts = append(report.Parts, part)
	}
	return report
}

// reason is an error as anybody may read it: a failed connection names the
// place it failed to reach, an address or a file's path.
func reason(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return strings.ReplaceAll(err.Error(), op.Error(), "it cannot be reached")
	}
	return err.Error()
}

// Healthz says that the process is alive and serves.
func (h *Health) Healthz(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, struct {
		Alive bool `json:"alive"`
	}{true})
}

// Readyz reports part by part, with 503 when one is not ready.
func (h *Health) Readyz(w http.ResponseWriter, _ *http.Request) {
	report := h.Report()
	status := http.StatusOK
	if !report.Ready {
		status = http.StatusServiceUnavailable
	}
	write(w, status, report)
}

// Register puts both on a mux.
func (h *Health) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", h.Healthz)
	mux.HandleFunc("GET /readyz", h.Readyz)
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The only error is a client that has gone.
	_ = json.NewEncoder(w).Encode(body)
}
