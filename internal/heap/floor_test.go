package heap_test

import (
	"runtime"
	"testing"

	"hindsight/internal/heap"
)

// TestFloor: garbage below the floor is left alone.
func TestFloor(t *testing.T) {
	const garbage = 32 << 20
	cycles := func() uint32 {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range garbage / (16 << 10) {
			sink = make([]byte, 16<<10)
		}
		runtime.ReadMemStats(&after)
		return after.NumGC - before.NumGC
	}
	if n := cycles(); n == 0 {
		t.Fatal("without a floor nothing is collected either: this test shows nothing")
	}
	floor := heap.NewFloor(heap.Size)
	if n := cycles(); n != 0 {
		t.Errorf("%d collections of %d MiB of garbage above a floor of %d MiB", n, garbage>>20, heap.Size>>20)
	}
	runtime.KeepAlive(floor)
}

var sink []byte
