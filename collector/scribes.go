package collector

import (
	"runtime"
	"sync"
)

// scribes write to the connections that have something to be told. The log
// answers for many frames at a time; a goroutine for each of their acks would
// cost more than the ack. Nothing they do waits, so a few are enough for all,
// and there are none while there is nothing to write.
type scribes struct {
	mu      sync.Mutex
	queue   []*conn // from next on
	next    int
	working int
	wg      sync.WaitGroup
}

// add has a connection written to. Its caller holds the connection's lock and
// adds it once until it was written to.
func (s *scribes) add(k *conn) {
	s.mu.Lock()
	s.queue = append(s.queue, k)
	// One more where each has this many to do.
	const share = 64
	if s.working == 0 || len(s.queue)-s.next > share*s.working && s.working < runtime.GOMAXPROCS(0) {
		s.working++
		s.wg.Go(s.work)
	}
	s.mu.Unlock()
}

func (s *scribes) work() {
	var some [16]*conn
	var room ackRoom
	for {
		s.mu.Lock()
		n := copy(some[:], s.queue[s.next:])
		clear(s.queue[s.next : s.next+n])
		if s.next += n; s.next == len(s.queue) {
			s.queue, s.next = s.queue[:0], 0
		}
		if n == 0 {
			s.working--
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		for _, k := range some[:n] {
			k.writeAtOnce(&room)
		}
	}
}
