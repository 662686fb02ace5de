package chdb

import (
	"runtime"
	"unsafe"
)

// Stream is the result of a SELECT, read chunk by chunk. The engine refuses to
// stream any other statement, and refuses it before running it.
type Stream struct {
	conn *Conn
	r    unsafe.Pointer
}

// Stream starts a SELECT. A statement without a first row to give (a GROUP BY)
// does all its work before Stream returns. The caller must Close the stream.
func (c *Conn) Stream(sql, format string, params map[string]string) (*Stream, error) {
	p := newParams(params)
	var r unsafe.Pointer
	if p.n() == 0 {
		r = c.lib.api.stream(c.handle, str(sql), uintptr(len(sql)), str(format), uintptr(len(format)))
	} else {
		r = c.lib.api.streamParams(c.handle, str(sql), uintptr(len(sql)), str(format), uintptr(len(format)),
			p.names(), p.nameLens(), p.values(), p.valueLens(), p.n())
	}
	p.release()
	runtime.KeepAlive(sql)
	runtime.KeepAlive(format)
	if err := c.lib.takeError(r); err != nil {
		return nil, err
	}
	return &Stream{conn: c, r: r}, nil
}

// Next calls use with the next chunk, whose bytes are valid during the call
// only. It returns false at the end, and the error of the engine or of use.
func (s *Stream) Next(use func(chunk []byte) error) (bool, error) {
	l := s.conn.lib
	r := l.api.streamFetch(s.conn.handle, s.r)
	if err := l.takeError(r); err != nil {
		return false, err
	}
	defer l.api.destroyResult(r)
	chunk := l.bytes(r)
	if len(chunk) == 0 {
		return l.api.resultRows(r) != 0, nil
	}
	return true, use(chunk)
}

// Cancel stops a stream that was not read to its end.
func (s *Stream) Cancel() { s.conn.lib.api.streamCancel(s.conn.handle, s.r) }

// Close releases the stream.
func (s *Stream) Close() { s.conn.lib.api.destroyResult(s.r) }
