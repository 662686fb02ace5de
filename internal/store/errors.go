package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// Codes of ClickHouse's exceptions that decide something here; the list is
// src/Common/ErrorCodes.cpp of ClickHouse.
const (
	codeTableExists   = 57
	codeUnknownTable  = 60
	codeTimeout       = 159
	codeUnknownUser   = 192
	codeWrongPassword = 193
	codeMemory        = 241
	codeAccessDenied  = 497
	codeNoLogin       = 516
)

// storeError says what went wrong without saying with what: the driver's own
// texts repeat parameters (in URLs) and values (in exceptions).
type storeError struct {
	text  string
	cause error
}

func (e *storeError) Error() string { return e.text }

// Unwrap keeps errors.As to *clickhouse.Exception and errors.Is to context
// errors working.
func (e *storeError) Unwrap() error { return e.cause }

// clean returns err with a text that holds no payload, parameter or secret.
func clean(err error) error {
	if err == nil {
		return nil
	}
	var exception *clickhouse.Exception
	var status *clickhouse.HTTPError
	var address *url.Error
	switch {
	case errors.Is(err, context.Canceled):
		return &storeError{context.Canceled.Error(), err}
	case errors.Is(err, context.DeadlineExceeded):
		return &storeError{context.DeadlineExceeded.Error(), err}
	case errors.As(err, &exception):
		return &storeError{fmt.Sprintf("the engine answers %d %s", exception.Code, exception.CodeName), err}
	case errors.As(err, &status):
		return &storeError{fmt.Sprintf("the engine answers HTTP %d", status.StatusCode), err}
	case errors.As(err, &address):
		return &storeError{"cannot talk to the engine: " + address.Err.Error(), err}
	}
	return err
}

// refusedFor tells whether the engine refused a statement for one of these reasons.
func refusedFor(err error, codes ...int32) bool {
	var exception *clickhouse.Exception
	return errors.As(err, &exception) && slices.Contains(codes, exception.Code)
}
