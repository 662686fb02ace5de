//go:build !linux

package chdb

// Outside Linux the handlers are not restored: the engine works, but a fault in
// Go code ends the child process without Go's report. The supervisor starts it
// again as after any other crash.
type signalTable struct{}

func readSignals() *signalTable { return &signalTable{} }

func (*signalTable) restore() {}

func (*signalTable) changed() []int { return nil }

func (*signalTable) useAlternateStack() {}
