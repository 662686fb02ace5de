package chhttp

import (
	"errors"
	"net/http"
	"testing"

	"hindsight/internal/engine/chdb"
	"hindsight/internal/engine/sqltext"
)

func TestAsException(t *testing.T) {
	for text, want := range map[string]string{
		"Code: 60. DB::Exception: Unknown table x. (UNKNOWN_TABLE)":                                                                                        "Code: 60. DB::Exception: Unknown table x. (UNKNOWN_TABLE)",
		"Code: 48. DB::Exception: Code: 48. DB::Exception: Not so. (NOT_IMPLEMENTED) (version 26.7.2.1). (NOT_IMPLEMENTED)":                                "Code: 48. DB::Exception: Not so. (NOT_IMPLEMENTED)",
		"Code: 474. DB::Exception: Code: 474. DB::Exception: A.\n. (INVALID) (version 26.7.2.1). (INVALID) (version 26.7.2.1 (official build)). (INVALID)": "Code: 474. DB::Exception: A.\n. (INVALID)",
		"Code: 210. DB::NetException: Gone. (NETWORK_ERROR)":                                                                                               "Code: 210. DB::Exception: Gone. (NETWORK_ERROR)",
		"something else": "Code: 1002. DB::Exception: something else. (UNKNOWN_EXCEPTION)",
	} {
		if got := asException(&chdb.Error{Text: text}).Error(); got != want {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
	for err, want := range map[error]int{
		&sqltext.Refusal{What: "x"}:                     http.StatusForbidden,
		sqltext.ErrMany:                                 http.StatusBadRequest,
		&chdb.Error{Text: "Code: 60. DB::Exception: x"}: http.StatusNotFound,
		errors.New("x"):                                 http.StatusInternalServerError,
	} {
		if got := asException(err).status(); got != want {
			t.Errorf("%v: status %d, want %d", err, got, want)
		}
	}
}

func TestTagOf(t *testing.T) {
	for id, want := range map[string]string{
		"a-b_c.d:1":                  "/*q:a-b_c.d:1#",
		"x*/ DROP TABLE t /* é#\x00": "/*q:x___DROP_TABLE_t_______#",
	} {
		if got := tagOf(id); got != want {
			t.Errorf("%q: %q, want %q", id, got, want)
		}
	}
}
