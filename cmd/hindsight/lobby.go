package main

import (
	"container/list"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"syscall"
)

// lobby holds the connections that ask for nothing at the moment: whose first
// request's head is not here yet, or whose last request is answered. There may be
// as many as most; one more, and the one that has waited longest is closed. So
// whoever opens connections and says nothing takes neither the files that log
// and store need, nor the places of those who have something to say. A websocket
// has left it; the collector bounds those.
type lobby struct {
	most    int
	mu      sync.Mutex
	order   *list.List // of net.Conn, the longest waiting first
	waiting map[net.Conn]*list.Element
}

// newLobby has room for a quarter of the files that this process may open.
func newLobby() *lobby {
	most := 1024
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) == nil {
		most = max(16, int(min(limit.Cur, 1<<20)/4))
	}
	return &lobby{most: most, order: list.New(), waiting: map[net.Conn]*list.Element{}}
}

// moved is the server's ConnState.
func (l *lobby) moved(conn net.Conn, to http.ConnState) {
	if longest := l.place(conn, to); longest != nil {
		if secure, ok := longest.(*tls.Conn); ok {
			longest = secure.NetConn() // its own Close would wait to say so
		}
		_ = longest.Close()
	}
}

// place tells who has to go for it, nil if nobody.
func (l *lobby) place(conn net.Conn, to http.ConnState) (longest net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at := l.waiting[conn]; at != nil {
		l.order.Remove(at)
		delete(l.waiting, conn)
	}
	if to != http.StateNew && to != http.StateIdle {
		return nil
	}
	l.waiting[conn] = l.order.PushBack(conn)
	if l.order.Len() <= l.most {
		return nil
	}
	front := l.order.Front()
	longest = l.order.Remove(front).(net.Conn)
	delete(l.waiting, longest)
	return longest
}
