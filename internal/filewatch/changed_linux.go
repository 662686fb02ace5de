package filewatch

import (
	"syscall"
	"time"
)

// changedAt is when a file's content or name last changed: a copy may carry its
// original's time of writing, this it cannot.
func changedAt(sys *syscall.Stat_t) time.Time { return time.Unix(sys.Ctim.Unix()) }
