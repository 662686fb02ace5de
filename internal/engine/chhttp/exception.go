package chhttp

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"hindsight/internal/engine/chdb"
	"hindsight/internal/engine/sqltext"
)

// Codes of ClickHouse's ErrorCodes.cpp that the facade itself uses or maps.
const (
	codeCannotRead       = 23
	codeBadArguments     = 36
	codeNotImplemented   = 48
	codeUnknownTable     = 60
	codeSyntax           = 62
	codeUnknownDatabase  = 81
	codeNoConnection     = 210
	codeAborted          = 236
	codeTooLong          = 62
	codeCannotDecompress = 271
	codeCancelled        = 394
	codeAccessDenied     = 497
	codeUnknown          = 1002
)

var codeNames = map[int]string{
	codeCannotRead: "CANNOT_READ_FROM_ISTREAM", codeBadArguments: "BAD_ARGUMENTS", codeNotImplemented: "NOT_IMPLEMENTED",
	codeSyntax: "SYNTAX_ERROR", codeNoConnection: "NETWORK_ERROR", codeAborted: "ABORTED",
	codeCannotDecompress: "CANNOT_DECOMPRESS", codeCancelled: "QUERY_WAS_CANCELLED",
	codeAccessDenied: "ACCESS_DENIED", codeUnknown: "UNKNOWN_EXCEPTION",
}

// Exception is an error in ClickHouse's terms.
type Exception struct {
	Code int
	Text string // without code, class and name, unless it came from the engine
}

// Error has the form that clients parse: Code: N. DB::Exception: … (NAME).
func (e *Exception) Error() string {
	if name := codeNames[e.Code]; name != "" && !strings.HasSuffix(e.Text, ")") {
		return fmt.Sprintf("Code: %d. DB::Exception: %s. (%s)", e.Code, strings.TrimSuffix(e.Text, "."), name)
	}
	return fmt.Sprintf("Code: %d. DB::Exception: %s", e.Code, e.Text)
}

// The engine wraps an exception once per layer that it passes: the same code
// before it and the same name behind it, several times.
var (
	prefixes = regexp.MustCompile(`^(?:Code: (\d+)\. DB::[A-Za-z]*Exception: )+`)
	suffixes = regexp.MustCompile(`(?: \(version [^()]*(?:\([^()]*\))?\)\.? ?(?:\([A-Z0-9_]+\))?)+$`)
)

// asException brings any error of a request to ClickHouse's form.
func asException(err error) *Exception {
	var own *Exception
	var refusal *sqltext.Refusal
	var engine *chdb.Error
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &refusal):
		return &Exception{Code: codeAccessDenied, Text: refusal.Error()}
	case errors.Is(err, sqltext.ErrSpelling), errors.Is(err, sqltext.ErrEmpty), errors.Is(err, sqltext.ErrMany):
		return &Exception{Code: codeSyntax, Text: err.Error()}
	case errors.As(err, &engine):
		m := prefixes.FindStringSubmatchIndex(engine.Text)
		if m == nil {
			return &Exception{Code: codeUnknown, Text: engine.Text}
		}
		code, _ := strconv.Atoi(engine.Text[m[2]:m[3]])
		return &Exception{Code: code, Text: suffixes.ReplaceAllString(strings.TrimSpace(engine.Text[m[1]:]), "")}
	}
	return &Exception{Code: codeUnknown, Text: err.Error()}
}

// status is the HTTP status that a server answers a code with.
func (e *Exception) status() int {
	switch e.Code {
	case codeUnknownTable, codeUnknownDatabase:
		return http.StatusNotFound
	case codeAccessDenied:
		return http.StatusForbidden
	case codeSyntax, codeBadArguments:
		return http.StatusBadRequest
	case codeNotImplemented:
		return http.StatusNotImplemented
	case codeAborted, codeNoConnection:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}
