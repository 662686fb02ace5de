// Package diskroom bounds what a data directory may take of a disk, before the
// disk does: a full disk stops more than the program that filled it.
package diskroom

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
)

// Guard measures a directory and says when it is full. It is inert until Run.
type Guard struct {
	dir  string
	most int64
	log  *zap.Logger
	used atomic.Int64
	full atomic.Bool
}

// New guards a directory that may take so many bytes. reg may be nil.
func New(dir string, most int64, log *zap.Logger, reg prometheus.Registerer) *Guard {
	g := &Guard{dir: dir, most: most, log: log}
	if reg != nil {
		reg.MustRegister(
			prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "hindsight_disk_used_bytes", Help: "What the data directory takes of its disk, as last measured."},
				func() float64 { return float64(g.used.Load()) }),
			prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "hindsight_disk_max_bytes", Help: "What it may take (--max-disk)."},
				func() float64 { return float64(most) }))
	}
	return g
}

// Measure looks at the directory now; Run does it by itself.
func (g *Guard) Measure() error {
	used, err := Used(g.dir)
	if err != nil {
		return err
	}
	g.used.Store(used)
	// A fiftieth must be free again before anything is taken, so that the limit
	// is not crossed at every turn.
	full := used >= g.most || g.full.Load() && used >= g.most-g.most/50
	if was := g.full.Swap(full); was == full {
		return nil
	}
	fields := []zap.Field{zap.Int64("used_bytes", used), zap.Int64("max_bytes", g.most)}
	if full {
		g.log.Warn("the data directory has reached its limit; nothing more is taken until there is room", fields...)
	} else {
		g.log.Info("the data directory has room again", fields...)
	}
	return nil
}

// Run measures, at least every two seconds and with at most a fiftieth of its
// time, until ctx ends.
func (g *Guard) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		start := time.Now()
		if err := g.Measure(); err != nil && ctx.Err() == nil {
			g.log.Warn("the data directory cannot be measured", zap.Error(err))
		}
		timer.Reset(max(2*time.Second, 50*time.Since(start)))
	}
}

// Full says why nothing may be taken at the moment; nil when it may. It does
// not look by itself and costs nothing.
func (g *Guard) Full() error {
	if !g.full.Load() {
		return nil
	}
	return fmt.Errorf("the data directory takes %d MB, and may take %d: delete sites or sessions, or raise --max-disk", g.used.Load()/1e6, g.most/1e6)
}

// Used is what the files below a directory take of their disk, in bytes. Files
// that go while it looks are left out, and one of several names counts once: the
// engine makes a part of which rows were deleted out of links to the old one.
func Used(dir string) (bytes int64, err error) {
	seen := map[file]struct{}{}
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err == nil {
			var info fs.FileInfo
			if info, err = entry.Info(); err == nil {
				bytes += taken(info, seen)
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	if err != nil {
		return bytes, fmt.Errorf("measure the data directory: %w", err)
	}
	return bytes, nil
}

// file is one, whatever its names.
type file struct{ device, inode uint64 }

// taken counts blocks, where the system tells them: a file may have holes, and a
// small one takes a whole block. What has other names too is noted in seen, and
// nothing is counted the next time.
func taken(info fs.FileInfo, seen map[file]struct{}) int64 {
	sys, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return info.Size()
	}
	if sys.Nlink > 1 && !info.IsDir() {
		f := file{uint64(sys.Dev), sys.Ino} //nolint:unconvert // an int32 on other systems
		if _, before := seen[f]; before {
			return 0
		}
		seen[f] = struct{}{}
	}
	return sys.Blocks * 512
}
