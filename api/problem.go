package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// Problem is a problem document (RFC 9457). Its Type is stable: clients branch
// by it; Title and Detail are for people and may change.
type Problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail,omitempty"`
	Parameter string `json:"parameter,omitempty"` // the parameter or member that is meant
}

const problemBase = "urn:hindsight:problem:"

// kind is a sort of problem; openapi.yaml lists the same names.
type kind struct {
	name   string
	status int
	title  string
}

// problemKinds are all there are.
func problemKinds() []kind {
	return []kind{
		unknownParameter, invalidParameter, malformedBody, invalidSite, tooLarge,
		unauthenticated, invalidLogin, forbidden, crossSite, notFound, methodNotAllowed,
		conflict, unsupportedMedia, tooManyAttempts, internalError, unavailable,
	}
}

var (
	unknownParameter = kind{"unknown-parameter", http.StatusBadRequest, "There is no such parameter"}
	invalidParameter = kind{"invalid-parameter", http.StatusBadRequest, "A parameter has a value that is not allowed"}
	malformedBody    = kind{"malformed-body", http.StatusBadRequest, "The body cannot be read"}
	invalidSite      = kind{"invalid-site", http.StatusBadRequest, "The site's settings are not allowed"}
	tooLarge         = kind{"too-large", http.StatusRequestEntityTooLarge, "The body is too large"}
	unauthenticated  = kind{"unauthenticated", http.StatusUnauthorized, "Who are you?"}
	invalidLogin     = kind{"invalid-login", http.StatusUnauthorized, "This login link is used up, too old or wrong"}
	forbidden        = kind{"forbidden", http.StatusForbidden, "The token's scope does not allow this"}
	crossSite        = kind{"cross-site", http.StatusForbidden, "The request comes from another site"}
	notFound         = kind{"not-found", http.StatusNotFound, "There is no such thing"}
	methodNotAllowed = kind{"method-not-allowed", http.StatusMethodNotAllowed, "This address does not take that method"}
	conflict         = kind{"conflict", http.StatusConflict, "There is one already"}
	unsupportedMedia = kind{"unsupported-media-type", http.StatusUnsupportedMediaType, "The body must be application/json"}
	tooManyAttempts  = kind{"too-many-attempts", http.StatusTooManyRequests, "Too many attempts that failed"}
	internalError    = kind{"internal", http.StatusInternalServerError, "Something went wrong here"}
	unavailable      = kind{"unavailable", http.StatusServiceUnavailable, "The store does not answer"}
)

// says makes a problem of a kind with a sentence about this case.
func (k kind) says(format string, args ...any) *Problem {
	return &Problem{Type: problemBase + k.name, Title: k.title, Status: k.status, Detail: fmt.Sprintf(format, args...)}
}

// about names the parameter or member that is meant.
func (p *Problem) about(parameter string) *Problem {
	p.Parameter = parameter
	return p
}

// Error makes a problem an error, so that handlers can return it.
func (p *Problem) Error() string {
	return strings.TrimPrefix(p.Type, problemBase) + ": " + p.Detail
}

func (p *Problem) write(w http.ResponseWriter) {
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte("{}") // strings and a number: cannot fail
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // the client may have gone
}
