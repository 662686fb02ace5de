package main

import (
	"bufio"
	"net"
	"net/http"
	"time"
)

// unread ends answers that nobody reads. Without it whoever asks for something large, or for many things at once, and
// then reads none of it holds a connection for as long as they like. It bounds the time of a piece and not of a whole
// answer: a large one by a slow line takes long.
type unread struct {
	http.Handler
	after time.Duration
}

// mostPiece is what must be taken within the time, bytes.
const mostPiece = 64 << 10

// ServeHTTP is http.Handler's.
func (u unread) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	out := &readAnswer{ResponseWriter: w, control: http.NewResponseController(w), after: u.after}
	// For an answer without a body. A server without deadlines (HTTP/1 and 2 have them) would only be more patient.
	_ = out.control.SetWriteDeadline(time.Now().Add(u.after))
	u.Handler.ServeHTTP(out, r)
}

// readAnswer is an answer whose every piece has a deadline.
type readAnswer struct {
	http.ResponseWriter
	control *http.ResponseController
	after   time.Duration
}

// Write is http.ResponseWriter's.
func (a *readAnswer) Write(p []byte) (n int, err error) {
	for {
		_ = a.control.SetWriteDeadline(time.Now().Add(a.after))
		piece := p[n:min(n+mostPiece, len(p))]
		taken, err := a.ResponseWriter.Write(piece)
		if n += taken; err != nil || n >= len(p) {
			return n, err
		}
	}
}

// Flush is http.Flusher's.
func (a *readAnswer) Flush() { _ = a.control.Flush() }

// Hijack is http.Hijacker's; the server takes its deadlines back.
func (a *readAnswer) Hijack() (net.Conn, *bufio.ReadWriter, error) { return a.control.Hijack() }

// Unwrap is for http.ResponseController.
func (a *readAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
