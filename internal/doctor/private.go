package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

const writable = 2 // of access(2)

// Private looks whether a directory can be written by this user and read by no
// other, and whether all in it is its owner's. One that is not there yet must
// be makeable. It tells whether it can be used.
func (r *Report) Private(check, dir string) bool {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		up := filepath.Dir(dir)
		if err := syscall.Access(up, writable); err != nil {
			r.Fail(check, fmt.Sprintf("%s is not there, and %s %s", dir, up, unwritable(err)), "make it, or give another --data")
			return false
		}
		r.OK(check, "%s is not there yet; it is made at the first start", dir)
		return true
	case err != nil:
		r.Fail(check, fmt.Sprintf("%s cannot be looked at: %v", dir, err), "look whether it can be reached by this user")
		return false
	case !info.IsDir():
		r.Fail(check, dir+" is no directory", "give another --data")
		return false
	}
	err = syscall.Access(dir, writable)
	foreign, at := "", uint32(0)
	if err == nil {
		foreign, at = foreigner(dir, owner(info))
	}
	switch {
	case errors.Is(err, syscall.EROFS):
		r.Fail(check, dir+" "+unwritable(err), "look into the kernel's log (dmesg) whether the disk has a fault, and mount it writable")
	case err != nil:
		r.Fail(check, dir+" "+unwritable(err), "run hindsight as the directory's owner, or give another --data")
	case foreign != "" && os.Geteuid() != 0:
		r.Fail(check, fmt.Sprintf("%s belongs to the user with the id %d, the directory to that with %d: hindsight ran as another user here", foreign, at, owner(info)), fmt.Sprintf("as root: chown -R %d %s", owner(info), dir))
		return false
	case foreign != "": // root may do everything, and may be who runs it
		r.Warn(check, fmt.Sprintf("%s belongs to the user with the id %d, the directory to that with %d", foreign, at, owner(info)), fmt.Sprintf("if hindsight runs as the latter: chown -R %d %s", owner(info), dir))
	case info.Mode().Perm()&0o077 != 0:
		r.Warn(check, fmt.Sprintf("%s can be looked into by other users (mode %04o)", dir, info.Mode().Perm()), "chmod 700 "+dir)
	default:
		r.OK(check, "%s", dir)
	}
	return err == nil
}

func unwritable(err error) string {
	if errors.Is(err, syscall.EROFS) {
		return "is on a file system that is mounted read-only"
	}
	return "cannot be written by this user"
}

func owner(info fs.FileInfo) uint32 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return stat.Uid
	}
	return 0
}

// mostEntries bounds how much of a directory is looked through.
const mostEntries = 20_000

// foreigner finds something in a directory that is another user's, as it is
// after the program once ran as root: "" where there is none.
func foreigner(dir string, uid uint32) (path string, of uint32) {
	seen := 0
	// What goes away or cannot be read while it is looked at is passed over.
	_ = filepath.WalkDir(dir, func(at string, e fs.DirEntry, err error) error {
		if seen++; seen > mostEntries {
			return fs.SkipAll
		}
		if err != nil {
			return nil //nolint:nilerr // as above
		}
		if info, err := e.Info(); err == nil && owner(info) != uid {
			path, of = at, owner(info)
			return fs.SkipAll
		}
		return nil
	})
	return path, of
}
