package engine

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// maxSocketPath is the longest path of a unix socket that every supported
// system takes: 108 bytes with the final zero on Linux, 104 on macOS.
const maxSocketPath = 103

const (
	socketName = "engine.sock"
	pointer    = "engine.path"
)

// Dialer returns a DialContext that connects to the socket, whatever address it
// is asked for. Give clients the address 127.0.0.1:0, so that they never take a
// proxy from the environment for it.
func Dialer(socket string) func(ctx context.Context, address string) (net.Conn, error) {
	return func(ctx context.Context, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", socket)
	}
}

// FindSocket returns the socket of the engine that runs on a data directory,
// for other processes of the same user. It returns ErrNotRunning when there is
// no socket; one that is there may still be left over from a crash.
func FindSocket(dir string) (string, error) {
	p, err := pathsOf(dir)
	if err != nil {
		return "", err
	}
	socket := filepath.Join(p.run, socketName)
	if b, err := os.ReadFile(filepath.Join(p.run, pointer)); err == nil {
		socket = strings.TrimSpace(string(b))
	}
	if _, err := os.Stat(socket); err != nil {
		return "", ErrNotRunning
	}
	return socket, nil
}

// placeSocket chooses where the socket will lie. Where the run directory is too
// deep it makes a private directory under the temporary one and leaves its path
// in the run directory. remove takes away what placeSocket made.
func placeSocket(p paths) (socket string, remove func(), err error) {
	socket, note := filepath.Join(p.run, socketName), filepath.Join(p.run, pointer)
	if err := os.Remove(note); err != nil && !os.IsNotExist(err) {
		return "", nil, err
	}
	if len(socket) <= maxSocketPath {
		return socket, func() { _ = os.Remove(socket) }, nil
	}
	dir, err := os.MkdirTemp("", "hindsight-")
	if err != nil {
		return "", nil, err
	}
	socket = filepath.Join(dir, socketName)
	remove = func() { _ = os.RemoveAll(dir); _ = os.Remove(note) }
	if len(socket) > maxSocketPath {
		remove()
		return "", nil, fmt.Errorf("both the data directory and the temporary directory are too deep for a unix socket (%d bytes)", maxSocketPath)
	}
	if err := os.WriteFile(note, []byte(socket+"\n"), 0o600); err != nil {
		remove()
		return "", nil, err
	}
	return socket, remove, nil
}
