package engine

import "syscall"

// childAttributes let the kernel kill the child when this process dies without
// a word. A group of its own keeps Ctrl-C away from it: the parent drains into
// the engine before it stops it.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
