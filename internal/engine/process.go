package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// process is one run of the child.
type process struct {
	cmd     *exec.Cmd
	spec    *os.File // open for as long as the child is to live
	version string
	exited  chan struct{} // closed when it has ended
	err     error         // why it ended; read after exited
}

// launch starts a child and waits until it is ready. On an error no process is
// left behind.
func launch(ctx context.Context, command, env []string, spec childSpec, output *lineLog) (*process, error) {
	specRead, specWrite, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	reportRead, reportWrite, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, specRead.Close(), specWrite.Close())
	}
	defer func() { _ = reportRead.Close() }()

	cmd := exec.Command(command[0], command[1:]...) //nolint:noctx // ctx bounds the start only; stop and kill end it
	cmd.Env = append(childEnvironment(), env...)
	cmd.ExtraFiles = []*os.File{specRead, reportWrite} // fdSpec, fdReport
	cmd.Stdout, cmd.Stderr = output, output
	cmd.WaitDelay = time.Second
	cmd.SysProcAttr = childAttributes()
	p := &process{cmd: cmd, spec: specWrite, exited: make(chan struct{})}

	started := make(chan error, 1)
	go p.run(started, output)
	err = <-started
	_, _ = specRead.Close(), reportWrite.Close() // the child has its own
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the engine's process: %w", err), specWrite.Close())
	}
	if err := p.handshake(ctx, spec, reportRead); err != nil {
		p.kill()
		return nil, err
	}
	return p, nil
}

// run starts the process and waits for its end, on one thread: on Linux the
// child is killed when the thread that started it ends, not the process.
func (p *process) run(started chan<- error, output *lineLog) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := p.cmd.Start(); err != nil {
		started <- err
		return
	}
	started <- nil
	p.err = p.cmd.Wait()
	output.flush()
	close(p.exited)
}

func (p *process) handshake(ctx context.Context, spec childSpec, from *os.File) error {
	if err := writeLine(p.spec, spec); err != nil {
		return fmt.Errorf("tell the engine its settings: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = from.SetReadDeadline(time.Now()) })
	defer stop()
	var r report
	err := readLine(from, &r)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("wait for the engine to be ready: %w", ctx.Err())
	case errors.Is(err, io.EOF):
		<-p.exited // nobody else holds the pipe
		return fmt.Errorf("the engine stopped while it started: %w", p.exitError())
	case err != nil:
		return fmt.Errorf("read the engine's report: %w", err)
	case r.err() != nil:
		return r.err()
	}
	p.version = r.Version
	return nil
}

// stop asks the child to end and kills it after the timeout or when ctx ends.
func (p *process) stop(ctx context.Context, timeout time.Duration) {
	_ = p.spec.Close()
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // fails only when it has ended
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-p.exited:
		return
	case <-ctx.Done():
	case <-timer.C:
	}
	p.kill()
}

// kill ends the child at once and waits for it.
func (p *process) kill() {
	_ = p.spec.Close()
	_ = p.cmd.Process.Kill()
	<-p.exited
}

func (p *process) exitError() error {
	if p.err == nil {
		return errors.New("exit status 0")
	}
	return p.err
}

// keepMemory tells the engine's allocator to give memory back within half a
// minute of its being freed: by default it is five seconds, and what an insert
// has freed is fetched from the kernel again, page by page, by the next one. When
// a fifth of the memory that it may have lies free the engine gives it back.
const keepMemory = "JE_MALLOC_CONF=dirty_decay_ms:30000"

// childEnvironment is the little that the child needs. Tokens and addresses in
// this process's environment are no business of the engine.
func childEnvironment() []string {
	env := []string{childVariable + "=1", "TZ=UTC", keepMemory}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}
