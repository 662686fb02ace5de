package collector

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// socket is a TCP connection that is served with few system calls and little
// memory. It reads ahead into a buffer that it has only while something is in
// it, so that one call gets a whole frame and a silent connection has no
// buffer. What it writes never waits: what the kernel does not take at once is
// kept for flush.
//
// The websocket library sees a net.Conn. A TLS connection cannot be had this
// way; it goes without.
type socket struct {
	net.Conn
	raw    syscall.RawConn
	aheads *readAheads

	// The reader's own.
	ahead   *readAhead
	readErr error
	read    func(fd uintptr) bool
	// waits is called when a read is about to wait; nil: nothing is.
	waits func()

	// patient: writes wait, as everybody's do. The handshake is made so.
	patient bool
	mu      sync.Mutex // of the rest
	out     []byte     // what write is to write, while it does
	sent    int
	sendErr error
	write   func(fd uintptr) bool
	left    []byte // not taken by the kernel yet
	broken  error
}

// newSocket is nil where conn has no descriptor of its own.
func newSocket(conn net.Conn, aheads *readAheads) *socket {
	owner, ok := conn.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := owner.SyscallConn()
	if err != nil {
		return nil
	}
	s := &socket{Conn: conn, raw: raw, aheads: aheads, patient: true}
	s.read, s.write = s.tryRead, s.tryWrite
	return s
}

// hijacker makes the connection that the websocket library takes over a socket.
type hijacker struct {
	http.ResponseWriter
	aheads *readAheads
	socket *socket // nil where it cannot be one
	tap    *tap
}

var errNoHijack = errors.New("the server cannot hand connections over")

func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	inner, ok := h.ResponseWriter.(http.Hijacker)
	if !ok {
		return nil, nil, errNoHijack
	}
	conn, rw, err := inner.Hijack()
	if err != nil {
		return nil, nil, err
	}
	if h.socket = newSocket(conn, h.aheads); h.socket != nil {
		conn = h.socket
	}
	h.tap = &tap{Conn: conn, most: mostOnTheWire}
	return h.tap, rw, nil
}

// Read is io.Reader's. A large read with nothing ahead goes straight to its
// place.
func (s *socket) Read(p []byte) (int, error) {
	if s.ahead == nil {
		if len(p) >= aheadSize {
			return s.direct(p)
		}
		switch err := s.raw.Read(s.read); {
		case err != nil: // closed, or the deadline is over
			return 0, err
		case s.readErr != nil:
			return 0, s.readErr
		case s.ahead == nil: // too many are out
			return s.direct(p)
		}
	}
	n := copy(p, s.ahead.room[s.ahead.from:s.ahead.to])
	if s.ahead.from += n; s.ahead.from == s.ahead.to {
		s.aheads.put(s.ahead)
		s.ahead = nil
	}
	return n, nil
}

// direct reads without a buffer. It cannot be told whether that waits.
func (s *socket) direct(p []byte) (int, error) {
	s.wait()
	return s.Conn.Read(p)
}

func (s *socket) wait() {
	if s.waits != nil {
		s.waits()
	}
}

// tryRead is called until it says that there is something. While it waits it
// has no buffer.
func (s *socket) tryRead(fd uintptr) bool {
	ahead := s.aheads.get()
	if ahead == nil {
		return true
	}
	n, err := again(syscall.Read, fd, ahead.room[:])
	if n > 0 {
		ahead.from, ahead.to = 0, n
		s.ahead = ahead
		return true
	}
	s.aheads.put(ahead)
	if errors.Is(err, syscall.EAGAIN) {
		s.wait()
		return false
	}
	if s.readErr = err; err == nil {
		s.readErr = io.EOF
	}
	return true
}

// Close is the reader's, or called when nobody reads.
func (s *socket) Close() error {
	if s.ahead != nil {
		s.aheads.put(s.ahead)
		s.ahead = nil
	}
	return s.Conn.Close()
}

// again makes a system call until no signal interrupts it.
func again(call func(int, []byte) (int, error), fd uintptr, p []byte) (n int, err error) {
	for {
		if n, err = call(int(fd), p); !errors.Is(err, syscall.EINTR) {
			return n, err
		}
	}
}

// Write is io.Writer's. Unless the socket is patient it takes everything and
// does not wait; what is left over flush writes.
func (s *socket) Write(p []byte) (int, error) {
	if s.patient {
		return s.Conn.Write(p)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return 0, s.broken
	}
	n := 0
	if len(s.left) == 0 {
		s.out = p
		err := s.raw.Write(s.write)
		s.out = nil
		if err == nil {
			err = s.sendErr
		}
		if err != nil {
			s.broken = err
			return 0, err
		}
		n = s.sent
	}
	s.left = append(s.left, p[n:]...)
	return len(p), nil
}

func (s *socket) tryWrite(fd uintptr) bool {
	s.sent, s.sendErr = again(syscall.Write, fd, s.out)
	s.sent = max(s.sent, 0)
	if errors.Is(s.sendErr, syscall.EAGAIN) {
		s.sendErr = nil
	}
	return true
}

// SetWriteDeadline is flush's alone, unless the socket is patient: nothing else
// waits.
func (s *socket) SetWriteDeadline(t time.Time) error {
	if s.patient {
		return s.Conn.SetWriteDeadline(t)
	}
	return nil
}

// unsent tells whether flush has something to do.
func (s *socket) unsent() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.left) > 0
}

// flush writes what is left over and waits for it. One may do so at a time.
func (s *socket) flush(deadline time.Time) error {
	for {
		s.mu.Lock()
		rest, err := s.left, s.broken
		s.mu.Unlock()
		if err != nil || len(rest) == 0 {
			return err
		}
		n := 0
		if err = s.Conn.SetWriteDeadline(deadline); err == nil {
			n, err = s.Conn.Write(rest)
		}
		s.mu.Lock()
		if s.broken = err; n == len(s.left) {
			s.left = nil
		} else {
			s.left = s.left[n:]
		}
		s.mu.Unlock()
	}
}

// readAheads lends the buffers that sockets read ahead into.
type readAheads struct {
	pool sync.Pool
	out  atomic.Int64
}

// readAhead is what was read and not yet asked for.
type readAhead struct {
	from, to int
	room     [aheadSize]byte
}

const (
	// aheadSize has room for a batch that was cut at 16 KB.
	aheadSize = 20 << 10
	// mostAhead bounds the memory that senders can make the collector hold who
	// do not wait for their acks: 40 MiB. Beyond, sockets read without.
	mostAhead = 2 << 10
)

func newReadAheads() *readAheads {
	return &readAheads{pool: sync.Pool{New: func() any { return new(readAhead) }}}
}

// get is nil when too many are out.
func (r *readAheads) get() *readAhead {
	if r.out.Add(1) > mostAhead {
		r.out.Add(-1)
		return nil
	}
	return r.pool.Get().(*readAhead)
}

func (r *readAheads) put(a *readAhead) {
	r.out.Add(-1)
	r.pool.Put(a)
}
