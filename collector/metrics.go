package collector

import (
	"strconv"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"

	"hindsight/internal/wire"
)

// Results of a frame, beside the reasons of the protocol.
const (
	resultStored = "stored"
	// resultRate: over a limit; the connection or beacon was turned away.
	resultRate = "rate"
	// resultNotTaken: the log gave up or the collector stopped; no ack was
	// given.
	resultNotTaken = "not_taken"
	// resultPanic: a fault of the program; the connection was closed.
	resultPanic = "panic"
)

// The limits, as metrics name them.
const (
	limitConnections        = "connections"
	limitSiteConnections    = "site_connections"
	limitAddressConnections = "address_connections"
	limitConnectionFrames   = "connection_frames"
	limitConnectionBytes    = "connection_bytes"
	limitSiteFrames         = "site_frames"
	limitSiteBytes          = "site_bytes"
	limitConnectionInflated = "connection_inflated"
	limitAddressInflated    = "address_inflated"
	limitSiteInflated       = "site_inflated"
	limitSiteErasures       = "site_erasures"
	limitAddressErasures    = "address_erasures"
	limitControls           = "control_messages"
	limitSlow               = "slow_sender"
)

// closeAbnormal is what a connection that ended without a close message counts
// as.
const closeAbnormal wire.CloseCode = 1006

// closeMalformed is for what is no websocket frame. The package that reads these
// says so to the other side by itself, and gives an error without a type.
const closeMalformed wire.CloseCode = websocket.CloseProtocolError

type metrics struct {
	connections prometheus.Gauge
	batches     *prometheus.CounterVec
	bytes       prometheus.Counter
	ack         prometheus.Histogram
	closes      *prometheus.CounterVec
	handshakes  *prometheus.CounterVec
	erasures    *prometheus.CounterVec
	limits      *prometheus.CounterVec

	stored prometheus.Counter // one of batches, looked up once
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		connections: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "hindsight_collector_connections", Help: "Open WebSocket connections."}),
		batches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hindsight_collector_batches_total",
			Help: "Frames, by what became of them: stored, or why not."}, []string{"result"}),
		bytes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "hindsight_collector_bytes_total", Help: "Bytes of frames read, refused ones included."}),
		ack: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "hindsight_collector_ack_seconds",
			Help:    "From a frame's arrival until the log has it.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}}),
		closes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hindsight_collector_closes_total", Help: "Connections closed, by close code."}, []string{"code"}),
	}
	m.handshakes = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "hindsight_collector_handshakes_refused_total",
		Help: "Requests for a connection that were not upgraded, by reason: subprotocol, unavailable, handshake."}, []string{"reason"})
	m.erasures = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "hindsight_collector_erasures_total",
		Help: "Wishes of visitors to be erased, by what became of them: stored (in the log), or why not."}, []string{"result"})
	m.limits = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "hindsight_collector_limits_total",
		Help: "Connections, beacons and wishes to be erased that were turned away or closed because of a limit, by the limit."}, []string{"limit"})
	for _, limit := range []string{limitConnections, limitSiteConnections, limitAddressConnections, limitConnectionFrames,
		limitConnectionBytes, limitSiteFrames, limitSiteBytes, limitConnectionInflated, limitAddressInflated, limitSiteInflated, limitSiteErasures, limitAddressErasures, limitControls, limitSlow} {
		m.limits.WithLabelValues(limit)
	}
	for _, result := range []string{resultStored, resultRate, resultNotTaken, string(wire.ReasonMalformed)} {
		m.erasures.WithLabelValues(result)
	}
	for _, result := range []string{resultStored, resultRate, resultNotTaken, resultPanic,
		string(wire.ReasonMalformed), string(wire.ReasonVersion), string(wire.ReasonTooLarge),
		string(wire.ReasonSessionDay), string(wire.ReasonConsent),
		wire.CloseComeBack.Name(), wire.CloseUnknownSite.Name(), wire.CloseOrigin.Name(), wire.CloseSiteClosed.Name()} {
		m.batches.WithLabelValues(result)
	}
	m.stored = m.batches.WithLabelValues(resultStored)
	if reg != nil {
		reg.MustRegister(m.connections, m.batches, m.bytes, m.ack, m.closes, m.handshakes, m.erasures, m.limits)
	}
	return m
}

// result counts a frame, or a beacon turned away whole, that was not stored.
func (m *metrics) result(result string) { m.batches.WithLabelValues(result).Inc() }

// erasure counts a wish to be erased.
func (m *metrics) erasure(result string) { m.erasures.WithLabelValues(result).Inc() }

// limited counts whoever ran into a limit.
func (m *metrics) limited(limit string) { m.limits.WithLabelValues(limit).Inc() }

// closed counts a close; codes that the protocol does not know, which a client
// may make up, count as one.
func (m *metrics) closed(code wire.CloseCode) {
	label := "other"
	if code == closeAbnormal || code == closeMalformed || code.Name() != label {
		label = strconv.Itoa(int(code))
	}
	m.closes.WithLabelValues(label).Inc()
}
