package collector

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"hindsight/internal/eventlog"
	"hindsight/internal/wire"
)

const (
	// maxEraseBody is far more than an order needs, in bytes.
	maxEraseBody = 1024
	// eraseWeight is how many frames an erasure counts for in the site's quota:
	// it is looked for in every partition.
	eraseWeight = 20
)

var errNoVisitor = errors.New("no visitor id")

// serveErase takes a visitor's wish to be forgotten: whoever can show the id
// itself, of which frames hold only the hash, may have everything under it
// erased. It answers when the log has the order, in every partition.
func (c *Collector) serveErase(w http.ResponseWriter, r *http.Request) {
	if !c.beacons.add() {
		fail(w, http.StatusServiceUnavailable, "unavailable", "the collector is stopping", retryLog)
		return
	}
	defer c.beacons.done()
	s, ok := c.enter(w, r, c.metrics.erasure)
	if !ok {
		return
	}
	visitor, size, err := readVisitor(w, r)
	now := time.Now()
	// What is turned away, or is no order, counts for one frame: nobody looks for it.
	weight, over := 1, ""
	if err == nil {
		if over = c.quotas.erase(now, s.ID, clientAddr(r, c.cfg.TrustedProxies)); over == "" {
			weight = eraseWeight
		}
	}
	if _, full := claim(now, 0, weight, size, nil, c.quotas.of(s.ID)); full != "" {
		over = full
	}
	if over != "" {
		c.metrics.limited(over)
		c.metrics.erasure(resultRate)
		fail(w, http.StatusTooManyRequests, "rate", "too many ask for this, or the site sends too much; try again later", retryRate)
		return
	}
	if err != nil {
		c.metrics.erasure(string(wire.ReasonMalformed))
		fail(w, http.StatusBadRequest, "malformed", `the body must be {"visitor":"…"} with an id of 32 hexadecimal digits`, 0)
		return
	}
	// The page may be gone by now: the request's end cancels nothing.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), c.cfg.BeaconWait)
	defer cancel()
	order := &eventlog.Erasure{Site: s.ID, Visitor: visitor, Received: c.deps.Now()}
	if err := c.deps.Log.AppendErasure(ctx, order); err != nil {
		c.metrics.erasure(resultNotTaken)
		c.logGaveUp(s.ID, err)
		c.busy(w)
		return
	}
	c.metrics.erasure(resultStored)
	w.WriteHeader(http.StatusAccepted)
}

// readVisitor gives the hash of the id in the body, as frames carry it, and how
// many bytes were read.
func readVisitor(w http.ResponseWriter, r *http.Request) (hash [16]byte, size int, err error) {
	// A server without deadlines (HTTP/1 has them) would only be more patient.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(10 * time.Second))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEraseBody))
	if err != nil {
		return hash, len(body), err
	}
	var order struct {
		Visitor string `json:"visitor"`
	}
	if err := json.Unmarshal(body, &order); err != nil {
		return hash, len(body), err
	}
	if len(order.Visitor) != 32 {
		return hash, len(body), errNoVisitor
	}
	for _, digit := range order.Visitor {
		if (digit < '0' || digit > '9') && (digit < 'a' || digit > 'f') {
			return hash, len(body), errNoVisitor
		}
	}
	sum := sha256.Sum256([]byte(order.Visitor))
	copy(hash[:], sum[:])
	return hash, len(body), nil
}
