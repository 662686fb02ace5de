package broker

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// ErrInUse says that another process runs the log of a directory.
var ErrInUse = errors.New("the log's directory is in use by another process")

// lockDir makes the directory and locks it for this process. The lock goes with
// the process, however that ends.
func lockDir(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the log's directory: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the log's directory is not writable: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w: %s", ErrInUse, dir)
		}
		return nil, fmt.Errorf("lock the log's directory: %w", err)
	}
	// The kernel's answer for a directory that only its owner may enter.
	if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // a directory: its owner must enter it
		_ = f.Close()
		return nil, fmt.Errorf("the log's directory is not ours: %w", err)
	}
	return f, nil
}

// logID returns the id that names this log, drawing it at the first start.
func logID(dir string) (string, error) {
	path := filepath.Join(dir, "log-id")
	raw, err := os.ReadFile(path)
	if err == nil && len(strings.TrimSpace(string(raw))) == 32 {
		return strings.TrimSpace(string(raw)), nil
	}
	if err != nil && !os.IsNotExist(err) {
		return "", fmt.Errorf("read the log's id: %w", err)
	}
	var id [16]byte
	_, _ = rand.Read(id[:])
	text := hex.EncodeToString(id[:])
	if err := writeFile(path, text+"\n"); err != nil {
		return "", fmt.Errorf("write the log's id: %w", err)
	}
	return text, nil
}

// writeFile replaces a small file so that a reader sees the old or the new one.
func writeFile(path, text string) error {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp, path)
}
