// Package filewatch notices that files which an operator supplies were
// replaced: certificates, databases of countries. It asks the file system from
// time to time; notifications are not to be had on every file system, and a
// renewal is in no hurry.
package filewatch

import (
	"context"
	"os"
	"syscall"
	"time"
)

// Watch knows how its files looked when they were last read.
type Watch struct {
	paths []string
	seen  []stamp
}

// stamp changes with a file: written in place, or another one in its place.
type stamp struct {
	modified, changed time.Time
	size              int64
	inode             uint64
}

// New looks at the files. Call it before they are read, so that what changes
// meanwhile is noticed.
func New(paths ...string) *Watch {
	w := &Watch{paths: paths}
	w.seen = w.look()
	return w
}

// look follows links, as those who read do. A file that is not there has the
// zero stamp.
func (w *Watch) look() []stamp {
	now := make([]stamp, len(w.paths))
	for i, path := range w.paths {
		info, err := os.Stat(path)
		if err != nil {
			continue
		}
		now[i] = stamp{modified: info.ModTime(), size: info.Size()}
		if sys, ok := info.Sys().(*syscall.Stat_t); ok {
			now[i].inode = sys.Ino
			now[i].changed = changedAt(sys)
		}
	}
	return now
}

// Run calls load when a file has changed, and again at every look until it
// returns nil: two files that belong together are seldom replaced at one moment.
// It returns when ctx ends.
func (w *Watch) Run(ctx context.Context, every time.Duration, load func() error) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	due := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := w.look()
		for i := range now {
			due = due || now[i] != w.seen[i]
		}
		w.seen = now
		if due {
			due = load() != nil
		}
	}
}
