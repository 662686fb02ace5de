package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"hindsight/internal/diskroom"
)

// Room on a file system, in bytes and files. Files is 0 where it has no limit.
type Room struct {
	Free, Total           uint64
	FreeFiles, TotalFiles uint64
}

// Limits below which a disk is looked at, and has failed.
const (
	warnFree, failFree   = 5 << 30, 1 << 30
	warnShare, failShare = 0.10, 0.02
)

// Disk looks at the room on the file system of a directory, or of the nearest
// directory above it that is there.
func (r *Report) Disk(check, dir string) {
	at := dir
	var stat syscall.Statfs_t
	for {
		err := syscall.Statfs(at, &stat)
		if err == nil {
			break
		}
		if up := filepath.Dir(at); errors.Is(err, fs.ErrNotExist) && up != at {
			at = up
			continue
		}
		r.Fail(check, fmt.Sprintf("the file system of %s cannot be asked: %v", dir, err), "look whether the directory can be reached by this user")
		return
	}
	size := uint64(stat.Bsize) // int64 on Linux, uint32 on macOS
	r.room(check, Room{stat.Bavail * size, stat.Blocks * size, stat.Ffree, stat.Files})
}

func (r *Report) room(check string, room Room) {
	share := 1.0
	if room.Total > 0 {
		share = float64(room.Free) / float64(room.Total)
	}
	found := fmt.Sprintf("%s of %s free", bytes(room.Free), bytes(room.Total))
	const advice = "make room or give --data on a larger disk; nothing is acknowledged that cannot be kept, so a full disk stops recording"
	switch {
	case room.Free < failFree || share < failShare:
		r.Fail(check, found, advice)
		return
	case room.Free < warnFree || share < warnShare:
		r.Warn(check, found, advice)
		return
	}
	if room.TotalFiles > 0 {
		left := float64(room.FreeFiles) / float64(room.TotalFiles)
		found += fmt.Sprintf(", %.0f %% of its files (inodes)", 100*left)
		if left < failShare || left < warnShare {
			status := r.Warn
			if left < failShare {
				status = r.Fail
			}
			status(check, found, "remove small files on this disk, or make its file system with more inodes")
			return
		}
	}
	r.OK(check, "%s", found)
}

// Bound looks how much of what a directory may take it takes; 0 is no bound.
func (r *Report) Bound(check, dir string, most int64) {
	if most <= 0 {
		return
	}
	used, err := diskroom.Used(dir)
	if err != nil {
		r.Fail(check, err.Error(), "look whether the directory can be read by this user")
		return
	}
	found := fmt.Sprintf("%s takes %s of the %s that it may (--max-disk)", dir, bytes(uint64(used)), bytes(uint64(most)))
	const advice = "delete sites or sessions, shorten retentions, or raise --max-disk; at the bound nothing more is taken in"
	switch {
	case used >= most:
		r.Fail(check, found, advice)
	case float64(used) > 0.9*float64(most):
		r.Warn(check, found, advice)
	default:
		r.OK(check, "%s", found)
	}
}
