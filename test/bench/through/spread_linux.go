package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// topDir is ext4's EXT4_TOPDIR_FL (chattr +T).
const topDir = 0x20000

// spread has the file system lay each directory in this one somewhere else, as it does with those at its top. Other file
// systems than ext4 know nothing of it, nor need it: see site.
func spread(dir string) {
	f, err := os.Open(dir)
	if err != nil {
		return
	}
	defer func() { _ = f.Close() }()
	flags, err := unix.IoctlGetUint32(int(f.Fd()), unix.FS_IOC_GETFLAGS)
	if err == nil {
		_ = unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, int(flags|topDir))
	}
}
