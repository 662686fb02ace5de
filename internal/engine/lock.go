package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lockPatience is how long a lock may be held by someone else before it counts
// as in use: a child that was just killed holds it until the kernel has taken
// its memory back.
const lockPatience = 2 * time.Second

// lock takes the exclusive lock of a data directory. It is the open file that
// holds it; closing it, or the end of the process, gives it back.
func lock(ctx context.Context, path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnwritable, err)
	}
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return nil, errors.Join(fmt.Errorf("lock the data directory: %w", err), f.Close())
		}
		select {
		case <-ctx.Done():
			_ = f.Close()
			return nil, ErrInUse
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// probeLock reports ErrInUse when someone holds the lock.
func probeLock(ctx context.Context, path string) error {
	f, err := lock(ctx, path)
	if err != nil {
		return err
	}
	return f.Close()
}
