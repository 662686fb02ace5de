package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
)

// spareFiles are what a process opens beside its connections: segments of the
// log, parts of the store, sockets of its own.
const spareFiles = 2_000

// Files looks at how many files the process may open at a time; each connection
// is one.
func (r *Report) Files(check string, connections int) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		r.Warn(check, fmt.Sprintf("the limit of open files cannot be asked: %v", err), "look at `ulimit -Hn`")
		return
	}
	r.files(check, limit.Max, connections)
}

// files judges the hard limit: the program raises the soft one to it by itself.
func (r *Report) files(check string, most uint64, connections int) {
	need := uint64(connections) + spareFiles
	const advice = "raise the hard limit of open files (LimitNOFILE= of systemd, ulimits of a container, /etc/security/limits.conf), or lower --max-connections"
	switch {
	case most < 4096:
		r.Fail(check, fmt.Sprintf("at most %d open files: the log and the store alone may need more", most), advice)
	case most < need:
		r.Warn(check, fmt.Sprintf("at most %d open files: enough for about %d of the %d connections that are allowed", most, most-spareFiles, connections), advice)
	default:
		r.OK(check, "at most %d may be open, enough for %d connections", most, connections)
	}
}

// Port looks whether an address can be listened on. ours tells that the server
// which runs already answers there.
func (r *Report) Port(ctx context.Context, check, address string, ours bool) {
	if ours {
		r.OK(check, "%s is served by the hindsight that runs", address)
		return
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		r.Fail(check, address+" is in use by another program", "stop that one or give another --listen")
	case errors.Is(err, syscall.EACCES):
		r.Fail(check, address+" needs more rights than this user has", "take a port above 1023, or let a proxy take the low one")
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		r.Fail(check, address+" is no address of this machine", "give --listen an address that `ip addr` shows, or 0.0.0.0")
	case err != nil:
		r.Fail(check, fmt.Sprintf("%s cannot be listened on: %v", address, err), "give another --listen")
	default:
		_ = l.Close()
		r.OK(check, "%s is free", address)
	}
}
