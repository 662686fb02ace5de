package collector

import (
	"runtime"
	"sync"
	"time"
)

// scribes take in what the log says of frames and write to the connections that
// have something to be told. The log answers for many frames at a time; a
// goroutine for each of their acks would cost more than the ack. Nothing they do
// waits, so a few are enough for all, and there are none while there is nothing
// to do.
type scribes struct {
	mu      sync.Mutex
	queue   []task // from next on
	next    int
	working int
	wg      sync.WaitGroup
}

// task is a frame that the log has answered for, or a connection that has to be
// written to.
type task struct {
	flight *flight
	conn   *conn
}

// add may be called with a connection's lock held. A connection is added once
// until it was written to.
func (s *scribes) add(t task) {
	s.mu.Lock()
	s.queue = append(s.queue, t)
	// One more where each has this many to do.
	const share = 64
	if s.working == 0 || len(s.queue)-s.next > share*s.working && s.working < runtime.GOMAXPROCS(0) {
		s.working++
		s.wg.Go(s.work)
	}
	s.mu.Unlock()
}

func (s *scribes) work() {
	var some [64]task
	var room ackRoom
	for {
		s.mu.Lock()
		n := copy(some[:], s.queue[s.next:])
		clear(s.queue[s.next : s.next+n])
		switch s.next += n; {
		case s.next == len(s.queue):
			s.queue, s.next = s.queue[:0], 0
		case s.next > 1<<12: // it may never be empty
			rest := copy(s.queue, s.queue[s.next:])
			clear(s.queue[rest:])
			s.queue, s.next = s.queue[:rest], 0
		}
		if n == 0 {
			s.working--
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		// First the answers, then what they give to write: frames of a connection
		// that the log answers for together are told by one ack.
		now := time.Now()
		for i, t := range some[:n] {
			if t.flight == nil {
				continue
			}
			some[i] = task{}
			if k, write := t.flight.land(now); write {
				some[i].conn = k
			}
		}
		for _, t := range some[:n] {
			switch k := t.conn; {
			case k == nil:
			case k.socket != nil:
				k.writeAtOnce(&room)
			default:
				go k.write()
			}
		}
	}
}
