package chaos

import (
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hindsight/internal/wire"
	"hindsight/test/process"
)

// TestCollectorsRestartedInTurn asks three collectors behind a balancer to stop, one after the other, and starts each
// again, while visitors send. Whoever was connected is told to come back, nobody is just cut off, and every batch is
// stored once.
func TestCollectorsRestartedInTurn(t *testing.T) {
	t.Parallel()
	baseline(t)
	s := newStack(t)
	p := s.processor(t, "")
	all := s.collectors(t, origin, 3)
	input, hold := frames(t), make(chan struct{})
	// Every other visitor keeps the second half of what it has, so that some are there until the last restart.
	crowd := visitHalf(t, all.balance(t), input, 12, 20*time.Millisecond, hold)
	crowd.awaitConnections(t)
	crowd.awaitAcks(t, len(input)/4)
	for n := range 3 {
		if n == 2 {
			close(hold)
		}
		all.restart(t, n)
	}
	crowd.finish(t)
	if n := crowd.broken(); n > 0 {
		t.Errorf("%d connections were cut off without a word", n)
	}
	if crowd.calledBack() < 12/2 {
		t.Errorf("only %d connections were told to come back: the restarts prove little", crowd.calledBack())
	}
	t.Logf("%d connections told to come back, %d in all, %d frames sent again", crowd.calledBack(), crowd.connections(), crowd.resent())
	s.compare(t)
	all.stop(t)
	s.stop(t, p)
}

// TestCollectorsRestartedInTurnUnderTrackers is the same with the real tracker in a real browser, and with the pages'
// own record of what they sent and were told.
func TestCollectorsRestartedInTurnUnderTrackers(t *testing.T) {
	if !long() {
		t.Skip("part of the long form (make chaos); the short form has TestCollectorsRestartedInTurn")
	}
	t.Parallel()
	s, site := newStack(t), newLiveSite(t)
	all := s.collectors(t, site.URL, 3)
	site.collector = all.balance(t)
	p := s.processor(t, "")
	visit := site.open(t)
	for n := range 6 {
		visit.awaitAcked(t, visit.tally(t).acked+10)
		all.restart(t, n%3)
		if n == 3 {
			visit.move(t)
		}
	}
	if n := s.comparePages(t, site, visit); n.closes[int(wire.CloseComeBack)] == 0 {
		t.Errorf("no page was told to come back: %v", n.closes)
	}
	all.stop(t)
	s.stop(t, p)
}

// collectors are several on one log, behind a balancer.
type collectors []*process.Process

// collectors starts n collectors for pages of an origin.
func (s *stack) collectors(t testing.TB, origin string, n int) collectors {
	t.Helper()
	all := make(collectors, n)
	for i := range all {
		all[i] = s.collectorFor(t, origin).Start(t)
	}
	for _, c := range all {
		c.AwaitReady(t, 200)
	}
	return all
}

// restart asks collector n to stop and starts it again. It has to end well within the time that it says.
func (c collectors) restart(t testing.TB, n int) {
	t.Helper()
	if took := c[n].Terminate(t); took > 10*time.Second {
		t.Errorf("collector %d took %s to stop", n+1, took)
	}
	c[n] = c[n].Again(t).AwaitReady(t, 200)
}

func (c collectors) stop(t testing.TB) {
	t.Helper()
	for _, one := range c {
		one.Terminate(t)
	}
}

// balance gives the address of a balancer of connections before the collectors, which knows no more of them than
// whether they take one. It ends with the test.
func (c collectors) balance(t testing.TB) (base string) {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addresses := make([]string, len(c))
	for i := range c {
		addresses[i] = strings.TrimPrefix(c[i].Base, "http://")
	}
	b := &balancer{addresses: addresses, open: map[net.Conn]bool{}}
	b.wg.Go(func() { b.accept(l) })
	t.Cleanup(func() { _ = l.Close(); b.close(); b.wg.Wait() })
	return "http://" + l.Addr().String()
}

type balancer struct {
	addresses []string
	turn      atomic.Uint64
	wg        sync.WaitGroup
	mu        sync.Mutex
	closed    bool
	open      map[net.Conn]bool
}

func (b *balancer) accept(l net.Listener) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		b.wg.Go(func() { b.forward(client) })
	}
}

// forward joins a client with the next collector that takes connections.
func (b *balancer) forward(client net.Conn) {
	defer client.Close()
	for range b.addresses {
		server, err := net.Dial("tcp", b.addresses[b.turn.Add(1)%uint64(len(b.addresses))])
		if err != nil {
			continue
		}
		defer server.Close()
		if b.keep(client, server) {
			b.join(client, server)
		}
		return
	}
}

// join carries bytes both ways until both have ended; each end is passed on.
func (b *balancer) join(client, server net.Conn) {
	defer b.forget(client, server)
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		both.Go(func() {
			_, _ = io.Copy(way[1], way[0])
			_ = way[1].(*net.TCPConn).CloseWrite()
		})
	}
	both.Wait()
}

func (b *balancer) keep(conns ...net.Conn) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, conn := range conns {
		b.open[conn] = true
	}
	return !b.closed
}

func (b *balancer) forget(conns ...net.Conn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, conn := range conns {
		delete(b.open, conn)
	}
}

func (b *balancer) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for conn := range b.open {
		_ = conn.Close()
	}
}
