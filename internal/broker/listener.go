package broker

import (
	"context"
	"errors"
	"net"
	"sync"
)

// listener is what kfake accepts connections from: at first only those from
// inside this process (dialInside), after open those of the socket too. So
// nobody can write before the commits were checked.
type listener struct {
	ln     net.Listener
	inside chan net.Conn
	done   chan struct{}
	once   sync.Once
	wg     sync.WaitGroup
}

func newListener(ln net.Listener) *listener {
	return &listener{ln: ln, inside: make(chan net.Conn), done: make(chan struct{})}
}

// open begins to accept from the socket.
func (l *listener) open() {
	l.wg.Go(func() {
		for {
			conn, err := l.ln.Accept()
			if err != nil {
				return
			}
			if !l.hand(context.Background(), conn) {
				_ = conn.Close()
				return
			}
		}
	})
}

func (l *listener) hand(ctx context.Context, conn net.Conn) bool {
	select {
	case l.inside <- conn:
		return true
	case <-l.done:
	case <-ctx.Done():
	}
	return false
}

// dialInside connects from this process without the socket.
func (l *listener) dialInside(ctx context.Context) (net.Conn, error) {
	near, far := net.Pipe()
	if !l.hand(ctx, far) {
		return nil, errors.New("the embedded log is closed")
	}
	return near, nil
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.inside:
		return conn, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	var err error
	l.once.Do(func() {
		close(l.done)
		err = l.ln.Close()
	})
	l.wg.Wait()
	return err
}

// Addr is what the broker advertises. Nobody resolves it: clients of a unix
// socket know the way.
func (l *listener) Addr() net.Addr { return advertised{} }

type advertised struct{}

func (advertised) Network() string { return "tcp" }
func (advertised) String() string  { return "embedded:9092" }
