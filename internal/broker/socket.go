package broker

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	addressFile = "address"
	unixPrefix  = "unix:"
	tempPattern = "hindsight-log-"
	// maxSocketPath is what fits into a sockaddr_un with its closing zero.
	maxSocketPath = 107
)

// socket is the unix socket of the log and, if its path had to be made
// elsewhere, the private directory it lies in.
type socket struct {
	ln      net.Listener
	path    string
	tempDir string
}

func openSocket(dir, path string) (socket, error) {
	removeStale(dir)
	s := socket{path: path}
	if s.path == "" {
		s.path = filepath.Join(dir, "log.sock")
	}
	if len(s.path) > maxSocketPath {
		temp, err := os.MkdirTemp(os.TempDir(), tempPattern) // mode 0700
		if err != nil {
			return socket{}, fmt.Errorf("make a directory for the log's socket: %w", err)
		}
		s.tempDir, s.path = temp, filepath.Join(temp, "log.sock")
	}
	// Ours to remove: the lock on the directory is held.
	if err := os.Remove(s.path); err != nil && !os.IsNotExist(err) {
		return socket{}, fmt.Errorf("remove the log's old socket: %w", err)
	}
	ln, err := net.Listen("unix", s.path) //nolint:noctx // a socket of this machine: nothing to wait for
	if err != nil {
		return socket{}, fmt.Errorf("listen on the log's socket: %w", err)
	}
	s.ln = ln
	if err := os.Chmod(s.path, 0o600); err != nil {
		_ = ln.Close()
		return socket{}, fmt.Errorf("protect the log's socket: %w", err)
	}
	return s, nil
}

// removeStale removes the private directory that a killed process left.
func removeStale(dir string) {
	raw, err := os.ReadFile(filepath.Join(dir, addressFile))
	if err != nil {
		return
	}
	old := filepath.Dir(strings.TrimPrefix(strings.TrimSpace(string(raw)), unixPrefix))
	if filepath.Dir(old) == filepath.Clean(os.TempDir()) && strings.HasPrefix(filepath.Base(old), tempPattern) {
		_ = os.Remove(filepath.Join(old, "log.sock"))
		_ = os.Remove(old)
	}
	_ = os.Remove(filepath.Join(dir, addressFile))
}

func (s socket) addr() string {
	if s.path == "" {
		return ""
	}
	return unixPrefix + s.path
}

// publish lets other processes of this user find the log.
func (s socket) publish(dir string) error {
	if err := writeFile(filepath.Join(dir, addressFile), s.addr()+"\n"); err != nil {
		return fmt.Errorf("write down the log's address: %w", err)
	}
	return nil
}

func (s socket) close(dir string) {
	if s.ln == nil {
		return
	}
	_ = os.Remove(filepath.Join(dir, addressFile))
	_ = s.ln.Close()
	_ = os.Remove(s.path)
	if s.tempDir != "" {
		_ = os.Remove(s.tempDir)
	}
}

// FindAddr returns the address of the log that runs on a directory, for another
// process of the same user; ErrNotRunning if there is none.
func FindAddr(dir string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(dir, addressFile))
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("%w: %s", ErrNotRunning, dir)
	}
	if err != nil {
		return "", fmt.Errorf("read the log's address: %w", err)
	}
	addr := strings.TrimSpace(string(raw))
	conn, err := net.DialTimeout("unix", strings.TrimPrefix(addr, unixPrefix), time.Second) //nolint:noctx // bounded by its second
	if err != nil {
		return "", fmt.Errorf("%w: %s", ErrNotRunning, dir)
	}
	_ = conn.Close()
	return addr, nil
}
