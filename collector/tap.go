package collector

import (
	"net"

	"github.com/gorilla/websocket"

	"hindsight/internal/wire"
)

// tap counts what comes in on a connection. The websocket library bounds what a
// message holds, but not how many pieces of nothing it is cut into: each piece
// takes time, and a message of a few million of them would be paid for as an
// empty one.
type tap struct {
	net.Conn
	came int
	// most may come before taken is called; 0: anything.
	most int
}

// mostOnTheWire is for a message of the largest size, in pieces of some ten
// bytes at the least.
const mostOnTheWire = 2 * wire.MaxMessage

// Read is io.Reader's.
func (t *tap) Read(p []byte) (int, error) {
	if t.most > 0 && t.came >= t.most {
		return 0, websocket.ErrReadLimit
	}
	n, err := t.Conn.Read(p)
	t.came += n
	return n, err
}

// taken gives how many bytes a message of so many took on its way, and counts
// anew. It is no more than the largest message: a quota has room for that.
func (t *tap) taken(message int) int {
	came := min(t.came, wire.MaxMessage)
	t.came = 0
	return max(message, came)
}
