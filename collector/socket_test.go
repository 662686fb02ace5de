package collector

import (
	"bytes"
	crand "crypto/rand"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"testing"
	"time"
)

// sockets is a socket and the other end of its connection.
func sockets(t *testing.T) (*socket, *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	far, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	near, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	s := newSocket(near, newReadAheads())
	if s == nil {
		t.Fatal("a TCP connection cannot be a socket")
	}
	t.Cleanup(func() { _ = s.Close(); _ = far.Close() })
	return s, far.(*net.TCPConn)
}

func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = crand.Read(b)
	return b
}

// TestSocketReads whatever comes, in reads of every size, and holds no buffer
// while it waits.
func TestSocketReads(t *testing.T) {
	s, far := sockets(t)
	sent := noise(300_000)
	var writing sync.WaitGroup
	writing.Go(func() {
		for rest := sent; len(rest) > 0; {
			n := min(len(rest), 1+rand.IntN(40_000))
			if _, err := far.Write(rest[:n]); err != nil {
				t.Error(err)
				return
			}
			rest = rest[n:]
		}
	})
	var got []byte
	for room := noise(30_000); len(got) < len(sent); {
		n, err := s.Read(room[:1+rand.IntN(len(room))])
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, room[:n]...)
	}
	writing.Wait()
	if !bytes.Equal(got, sent) {
		t.Fatal("other bytes were read than were sent")
	}
	waiting := make(chan struct{})
	s.waits = sync.OnceFunc(func() { close(waiting) })
	var reading sync.WaitGroup
	reading.Go(func() {
		if n, err := s.Read(make([]byte, 10)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%d bytes, %v", n, err)
		}
		if _, err := s.Read(make([]byte, 10)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a second time: %v", err)
		}
	})
	<-waiting
	if n := s.aheads.out.Load(); n != 0 {
		t.Errorf("%d buffers are out while nothing is there to read", n)
	}
	if err := s.SetReadDeadline(time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	reading.Wait()
}

// TestSocketEnds: what came before the end is read, then the end.
func TestSocketEnds(t *testing.T) {
	s, far := sockets(t)
	if _, err := far.Write([]byte("last words")); err != nil {
		t.Fatal(err)
	}
	_ = far.CloseWrite()
	if got, err := io.ReadAll(io.LimitReader(s, 1000)); string(got) != "last words" || err != nil {
		t.Fatalf("%q, %v", got, err)
	}
	if n := s.aheads.out.Load(); n != 0 {
		t.Errorf("%d buffers are out", n)
	}
}

// TestSocketWithoutBuffers: with all of them out sockets still read, and those
// that are closed give theirs back.
func TestSocketWithoutBuffers(t *testing.T) {
	s, far := sockets(t)
	s.aheads.out.Store(mostAhead)
	sent := noise(50_000)
	var writing sync.WaitGroup
	writing.Go(func() { _, _ = far.Write(sent) })
	got := make([]byte, len(sent))
	for from := 0; from < len(got); {
		n, err := s.Read(got[from:min(from+777, len(got))])
		if err != nil {
			t.Fatal(err)
		}
		from += n
	}
	writing.Wait()
	if !bytes.Equal(got, sent) || s.aheads.out.Load() != mostAhead {
		t.Fatalf("equal: %v; %d out", bytes.Equal(got, sent), s.aheads.out.Load())
	}
	s.aheads.out.Store(0)
	if _, err := far.Write(sent[:100]); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(got[:10]); err != nil || s.aheads.out.Load() != 1 {
		t.Fatalf("%v; %d out", err, s.aheads.out.Load())
	}
	if _ = s.Close(); s.aheads.out.Load() != 0 {
		t.Error("a closed socket holds a buffer")
	}
}

// TestSocketWrites: a write never waits for the other side; what it did not take
// is written by flush, in order, while more is written.
func TestSocketWrites(t *testing.T) {
	s, far := sockets(t)
	s.patient = false
	const half = 12 << 20 // more than the kernel takes
	sent := noise(2 * half)
	for rest := sent[:half]; len(rest) > 0; rest = rest[1<<20:] {
		if n, err := s.Write(rest[:1<<20]); n != 1<<20 || err != nil { // nobody reads: a write that waited would not return
			t.Fatal(n, err)
		}
	}
	if !s.unsent() {
		t.Fatal("the kernel took it all: this test shows nothing")
	}
	var reading, flushing sync.WaitGroup
	reading.Go(func() {
		got := make([]byte, len(sent))
		if _, err := io.ReadFull(far, got); err != nil || !bytes.Equal(got, sent) {
			t.Errorf("other bytes, or %v", err)
		}
	})
	flushing.Go(func() {
		if err := s.flush(time.Now().Add(patience)); err != nil {
			t.Error(err)
		}
	})
	if _, err := s.Write(sent[half:]); err != nil {
		t.Fatal(err)
	}
	flushing.Wait()
	if err := s.flush(time.Now().Add(patience)); err != nil { // what came after the first was done
		t.Fatal(err)
	}
	reading.Wait()
	if s.unsent() {
		t.Error("flush left something")
	}
}

// TestSocketGivesUp: who takes nothing is waited for until the deadline, and
// then no more.
func TestSocketGivesUp(t *testing.T) {
	s, far := sockets(t)
	s.patient = false
	// Left to itself the kernel makes room after a while, and takes what is left.
	if err := errors.Join(far.SetReadBuffer(64<<10), s.Conn.(*net.TCPConn).SetWriteBuffer(64<<10)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(make([]byte, 4<<20)); err != nil || !s.unsent() {
		t.Fatalf("the kernel took it all: this test shows nothing; %v", err)
	}
	if err := s.flush(time.Now().Add(20 * time.Millisecond)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("flush: %v", err)
	}
	if _, err := s.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("write after it: %v", err)
	}
}
