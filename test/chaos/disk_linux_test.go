package chaos

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"hindsight/test/process"
)

// mayMount tries how a disk can be mounted: as root, or in a user namespace, where anybody may who may make one. Many
// containers allow neither.
func mayMount(dir string) (asUser bool, err error) {
	for _, asUser := range []bool{false, true} {
		cmd := exec.Command("/bin/sh", "-c", "exit 0")
		onDiskOfItsOwn(cmd, dir, 1<<20, asUser)
		out, failed := cmd.CombinedOutput()
		if failed == nil {
			return asUser, nil
		}
		err = errors.Join(err, fmt.Errorf("%w: %s", failed, out))
	}
	return false, err
}

// limitFiles lets no file of a running process grow beyond so many bytes; negative: as long as they like. What it has
// started before is not concerned.
func limitFiles(t testing.TB, p *process.Process, bytes int64) {
	t.Helper()
	var limit unix.Rlimit
	if err := unix.Prlimit(p.Pid(), unix.RLIMIT_FSIZE, nil, &limit); err != nil {
		t.Fatal(err)
	}
	if limit.Cur = limit.Max; bytes >= 0 {
		limit.Cur = uint64(bytes)
	}
	if err := unix.Prlimit(p.Pid(), unix.RLIMIT_FSIZE, &limit, nil); err != nil {
		t.Fatal(err)
	}
}

// onDiskOfItsOwn has a command see a small empty disk (tmpfs) at dir, in a mount namespace of its own; asUser: in a user
// namespace too.
func onDiskOfItsOwn(cmd *exec.Cmd, dir string, size int, asUser bool) {
	mount := fmt.Sprintf(`mount -t tmpfs -o size=%d,mode=0700 log "$1" && shift && exec "$@"`, size)
	cmd.Args = append([]string{"sh", "-c", mount, "sh", dir, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
	// Unshare, not clone: then Go makes the mounts of the new namespace private.
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS, Setpgid: true}
	if asUser {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	}
}
