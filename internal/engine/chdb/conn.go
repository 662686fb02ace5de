package chdb

import (
	"errors"
	"runtime"
	"unsafe"
)

// ErrConnect says that the engine refused to open a connection. The C interface
// gives no reason; the engine writes one to the standard error output.
var ErrConnect = errors.New("the engine did not open a connection")

// Conn is one connection. It is not safe for concurrent use.
type Conn struct {
	lib    *Library
	holder unsafe.Pointer // chdb_connection *, what closing takes
	handle unsafe.Pointer // chdb_connection, what everything else takes
}

// Connect opens a connection; the first one starts the engine. args are command
// line options of clickhouse-local, such as --path=/absolute/dir.
func (l *Library) Connect(args ...string) (*Conn, error) {
	argv := make([]*byte, 0, len(args)+2)
	for _, a := range append([]string{"clickhouse"}, args...) {
		argv = append(argv, &append([]byte(a), 0)[0])
	}
	argv = append(argv, nil)
	// The engine keeps no pointer into argv; it copies the options. The pinner is
	// needed because argv holds Go pointers while C reads it.
	var pin runtime.Pinner
	for _, p := range argv[:len(argv)-1] {
		pin.Pin(p)
	}
	holder := l.api.connect(int32(len(argv)-1), unsafe.Pointer(&argv[0]))
	pin.Unpin()
	l.signals.restore() // every connect resets them again
	l.signals.useAlternateStack()
	if holder == nil {
		return nil, ErrConnect
	}
	return &Conn{lib: l, holder: holder, handle: *(*unsafe.Pointer)(holder)}, nil
}

// Close closes the connection. No statement may be running on it.
func (c *Conn) Close() {
	if c.holder != nil {
		c.lib.api.closeConn(c.holder)
		c.holder, c.handle = nil, nil
	}
}

// Query runs one statement of any kind and returns a copy of its whole result.
// Parameter values are in ClickHouse's escaped text form (\t, \n, \\, \N).
func (c *Conn) Query(sql, format string, params map[string]string) ([]byte, Stats, error) {
	p := newParams(params)
	var r unsafe.Pointer
	if p.n() == 0 {
		r = c.lib.api.query(c.handle, str(sql), uintptr(len(sql)), str(format), uintptr(len(format)))
	} else {
		r = c.lib.api.queryParams(c.handle, str(sql), uintptr(len(sql)), str(format), uintptr(len(format)),
			p.names(), p.nameLens(), p.values(), p.valueLens(), p.n())
	}
	p.release()
	runtime.KeepAlive(sql)
	runtime.KeepAlive(format)
	if err := c.lib.takeError(r); err != nil {
		return nil, Stats{}, err
	}
	defer c.lib.api.destroyResult(r)
	return append([]byte(nil), c.lib.bytes(r)...), c.lib.stats(r), nil
}
