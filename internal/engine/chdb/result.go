package chdb

import (
	"errors"
	"unsafe"
)

// Error is an exception of the engine: "Code: N. DB::Exception: …".
type Error struct{ Text string }

func (e *Error) Error() string { return e.Text }

var errNoResult = errors.New("the engine returned no result")

// Stats are the engine's counts for one statement.
type Stats struct {
	ReadRows, ReadBytes       uint64 // read from storage
	WrittenRows, WrittenBytes uint64
	ResultRows                uint64
}

// takeError returns the error that a result holds, and then destroys it.
func (l *Library) takeError(r unsafe.Pointer) error {
	if r == nil {
		return errNoResult
	}
	if text := l.api.resultError(r); text != "" {
		l.api.destroyResult(r)
		return &Error{Text: text}
	}
	return nil
}

// bytes is the memory of the result itself: valid until it is destroyed.
func (l *Library) bytes(r unsafe.Pointer) []byte {
	n, p := l.api.resultLength(r), l.api.resultBuffer(r)
	if n == 0 || p == nil {
		return nil
	}
	return unsafe.Slice((*byte)(p), n)
}

func (l *Library) stats(r unsafe.Pointer) Stats {
	return Stats{
		ReadRows:     l.api.readRows(r),
		ReadBytes:    l.api.readBytes(r),
		WrittenRows:  l.api.writtenRows(r),
		WrittenBytes: l.api.writtenBytes(r),
		ResultRows:   l.api.resultRows(r),
	}
}
