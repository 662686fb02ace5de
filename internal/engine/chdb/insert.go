package chdb

import (
	"errors"
	"runtime"
	"unsafe"
)

// Insert feeds the data of one INSERT. Nothing is committed before Done, as
// long as the data fits in one block of the engine.
type Insert struct {
	conn *Conn
	h    unsafe.Pointer
}

// Insert starts an INSERT whose data follows by Write in the given format. sql
// is the statement without its FORMAT or VALUES clause.
func (c *Conn) Insert(sql, format string, params map[string]string) (*Insert, error) {
	p := newParams(params)
	var h unsafe.Pointer
	if p.n() == 0 {
		h = c.lib.api.insert(c.handle, str(sql), uintptr(len(sql)), str(format), uintptr(len(format)))
	} else {
		h = c.lib.api.insertParams(c.handle, str(sql), uintptr(len(sql)), str(format), uintptr(len(format)),
			p.names(), p.nameLens(), p.values(), p.valueLens(), p.n())
	}
	p.release()
	runtime.KeepAlive(sql)
	runtime.KeepAlive(format)
	if h == nil {
		return nil, errNoResult
	}
	if text := c.lib.api.insertError(h); text != "" {
		c.lib.api.insertDestroy(h)
		return nil, &Error{Text: text}
	}
	return &Insert{conn: c, h: h}, nil
}

// Write hands data over; the engine copies it. After an error, Done tells why.
func (i *Insert) Write(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if i.conn.lib.api.insertAppend(i.h, unsafe.Pointer(&b[0]), uintptr(len(b))) != 0 {
		if text := i.conn.lib.api.insertError(i.h); text != "" {
			return 0, &Error{Text: text}
		}
		return 0, errors.New("the engine did not take the data")
	}
	return len(b), nil
}

// Done commits what was written and waits until it is stored.
func (i *Insert) Done() (Stats, error) {
	r := i.conn.lib.api.insertDone(i.h)
	if err := i.conn.lib.takeError(r); err != nil {
		return Stats{}, err
	}
	defer i.conn.lib.api.destroyResult(r)
	return i.conn.lib.stats(r), nil
}

// Cancel gives the INSERT up; call it instead of Done.
func (i *Insert) Cancel() { i.conn.lib.api.insertCancel(i.h) }

// Close releases the handle; call it last in any case.
func (i *Insert) Close() { i.conn.lib.api.insertDestroy(i.h) }
