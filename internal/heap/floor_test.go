package heap_test

import (
	"runtime"
	"runtime/debug"
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

// TestForService: a service that holds little leaves as much garbage alone as one
// with a floor of 64 MiB and Go's own percentage does, and one that holds much
// has half as much of it as lives, and no more.
func TestForService(t *testing.T) {
	t.Setenv("GOGC", "")
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	floor := heap.ForService()
	room := func() (garbage, lives uint64) {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.NextGC - stats.HeapAlloc, stats.HeapAlloc
	}
	if garbage, _ := room(); garbage < 60<<20 {
		t.Errorf("%d MiB of garbage are collected where hardly anything lives", garbage>>20)
	}
	much := make([]byte, 512<<20) // never touched
	if garbage, lives := room(); garbage > lives*6/10 {
		t.Errorf("%d MiB of garbage beside %d MiB of memory, the floor's included", garbage>>20, lives>>20)
	}
	runtime.KeepAlive(much)
	runtime.KeepAlive(floor)
}

var sink []byte
