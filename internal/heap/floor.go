// Package heap keeps Go's garbage collector from running more often than it is
// worth in a process whose live memory is small, and from leaving more garbage
// about than it is worth in one whose live memory is large.
package heap

import (
	"os"
	"runtime/debug"
)

// Floor is memory that is allocated and never touched: the system gives no page
// for it, but the garbage collector, which waits until the heap has grown by a
// share of itself, counts it. A collector with a thousand connections holds some
// 10 MB and would look through them at every 10 MB more, several times a second;
// that took a tenth of its time.
type Floor struct{ untouched []byte }

// Size is what a service's floor is, bytes.
const Size = 128 << 20

// percent of what lives and of the floor is how much garbage a service may have:
// 64 MiB and half of what lives. Go's own 100 has as much as lives, which in a
// processor that is behind is a hundred MB of pages that were fetched from the
// system for garbage, and are better used for larger inserts.
const percent = 50

// NewFloor lays a floor. It holds as long as it can be reached.
func NewFloor(bytes int) *Floor { return &Floor{make([]byte, bytes)} }

// ForService lays a service's floor and says for the whole process how much
// garbage there may be above it, unless GOGC in the environment does.
func ForService() *Floor {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
	return NewFloor(Size)
}
