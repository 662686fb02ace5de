package store

import (
	"errors"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// contentCode tells the exceptions that name the data as the reason: the same
// rows will be refused again, however well the store is. Anything else
// (memory, parts, disk, network, a missing table) is the store's trouble and
// is tried again. Names as in src/Common/ErrorCodes.cpp of ClickHouse.
func contentCode(code int32) bool {
	switch code {
	case 6, // CANNOT_PARSE_TEXT
		27,  // CANNOT_PARSE_INPUT_ASSERTION_FAILED
		38,  // CANNOT_PARSE_DATE
		41,  // CANNOT_PARSE_DATETIME
		53,  // TYPE_MISMATCH
		69,  // ARGUMENT_OUT_OF_BOUND
		70,  // CANNOT_CONVERT_TYPE
		72,  // CANNOT_PARSE_NUMBER
		117, // INCORRECT_DATA
		128, // TOO_LARGE_ARRAY_SIZE
		131, // TOO_LARGE_STRING_SIZE
		321, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
		407, // DECIMAL_OVERFLOW
		469, // VIOLATED_CONSTRAINT
		691: // UNKNOWN_ELEMENT_OF_ENUM
		return true
	}
	return false
}

// refusedForContent tells whether an insert failed for what its rows are.
func refusedForContent(err error) bool {
	var exception *clickhouse.Exception
	return errors.Is(err, errContent) || errors.As(err, &exception) && contentCode(exception.Code)
}

// tooMuchAtOnce tells whether a smaller insert may pass where this one did not.
func tooMuchAtOnce(err error) bool {
	var exception *clickhouse.Exception
	return errors.As(err, &exception) && exception.Code == 241 // MEMORY_LIMIT_EXCEEDED
}
