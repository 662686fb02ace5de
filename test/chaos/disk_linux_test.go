package chaos

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// mayMount tries it; containers often may not.
func mayMount(dir string) error {
	cmd := exec.Command("/bin/sh", "-c", "exit 0")
	onDiskOfItsOwn(cmd, dir, 1<<20)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// onDiskOfItsOwn has a command see a small empty disk (tmpfs) at dir, in a mount namespace of its own. Without root's
// rights it gets a user namespace too, in which it may mount.
func onDiskOfItsOwn(cmd *exec.Cmd, dir string, size int) {
	mount := fmt.Sprintf(`mount -t tmpfs -o size=%d,mode=0700 log "$1" && shift && exec "$@"`, size)
	cmd.Args = append([]string{"sh", "-c", mount, "sh", dir, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
	// Unshare, not clone: then Go makes the mounts of the new namespace private.
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS, Setpgid: true}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	}
}
