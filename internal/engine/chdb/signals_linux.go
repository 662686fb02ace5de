package chdb

import (
	"syscall"
	"unsafe"
)

// Flags and numbers of rt_sigaction(2) on Linux, the same on amd64 and arm64.
const (
	saOnStack  = 0x08000000
	saRestorer = 0x04000000 // set by libc on its own; means nothing to a comparison
	sigRTMin   = 34         // the first real-time signal that libc leaves to programs
)

// action is the kernel's struct sigaction (on arm64 too: it has SA_RESTORER's
// field although it does not use it).
type action struct {
	handler  uintptr
	flags    uint64
	restorer uintptr
	mask     uint64
}

type signalTable [lastStandardSignal + 1]action

// sigaction reads (set == nil) or sets one action. The signal numbers here are
// all valid, so the call cannot fail in a way that could be handled.
func sigaction(sig int, set, get *action) {
	_, _, _ = syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(sig),
		uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(get)), 8, 0, 0)
}

func readSignals() *signalTable {
	t := &signalTable{}
	for sig := 1; sig <= lastStandardSignal; sig++ {
		sigaction(sig, nil, &t[sig])
	}
	return t
}

// restore puts back every action that differs from the table.
func (t *signalTable) restore() {
	for sig := 1; sig <= lastStandardSignal; sig++ {
		var now action
		sigaction(sig, nil, &now)
		if now.handler != t[sig].handler || now.flags&^saRestorer != t[sig].flags&^saRestorer {
			want := t[sig]
			sigaction(sig, &want, nil)
		}
	}
}

// changed lists the signals whose action differs from the table.
func (t *signalTable) changed() (signals []int) {
	for sig := 1; sig <= lastStandardSignal; sig++ {
		var now action
		sigaction(sig, nil, &now)
		if now.handler != t[sig].handler || now.flags&^saRestorer != t[sig].flags&^saRestorer {
			signals = append(signals, sig)
		}
	}
	return signals
}

// useAlternateStack adds SA_ONSTACK to the engine's SIGRTMIN handler. Without
// it the handler would run on whatever goroutine stack the thread is on.
func (t *signalTable) useAlternateStack() {
	var a action
	sigaction(sigRTMin, nil, &a)
	const sigIgn = 1
	if a.handler > sigIgn && a.flags&saOnStack == 0 {
		a.flags |= saOnStack
		sigaction(sigRTMin, &a, nil)
	}
}
