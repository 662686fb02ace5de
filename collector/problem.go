package collector

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// problem is a problem document (RFC 9457).
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
}

const problemBase = "urn:hindsight:problem:"

// fail answers with a problem document. retry above 0 says when to come back.
func fail(w http.ResponseWriter, status int, kind, title string, retry time.Duration) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	if retry > 0 {
		h.Set("Retry-After", strconv.Itoa(int(retry/time.Second)))
	}
	w.WriteHeader(status)
	// A client that is gone cannot be told anything.
	_ = json.NewEncoder(w).Encode(problem{problemBase + kind, title, status})
}
