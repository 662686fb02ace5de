//go:build !linux

package engine

import "syscall"

// childAttributes keep Ctrl-C away from the child: the parent drains into the
// engine before it stops it. That the child dies with its parent rests on the
// pipe alone here.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
