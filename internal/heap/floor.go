// Package heap keeps Go's garbage collector from running more often than it is
// worth in a process whose live memory is small.
package heap

// Floor is memory that is allocated and never touched: the system gives no page
// for it, but the garbage collector, which waits until the heap has doubled,
// counts it. A collector with a thousand connections holds some 10 MB and would
// look through them at every 10 MB more, several times a second; that took a
// tenth of its time. Where live memory is large a floor changes little, which a
// larger GOGC would not be true of.
//
// Garbage may grow by the floor's size before it is collected.
type Floor struct{ untouched []byte }

// Size is what a service's floor is, bytes.
const Size = 64 << 20

// NewFloor lays a floor. It holds as long as it can be reached.
func NewFloor(bytes int) *Floor { return &Floor{make([]byte, bytes)} }
