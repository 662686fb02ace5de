package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"hindsight/internal/engine/chdb"
	"hindsight/internal/engine/chhttp"
)

// How long the child gives what runs to end: first after killing it, then after
// closing the clients' connections. Together they are well below StopTimeout.
const (
	drainFirst  = time.Second
	drainSecond = 3 * time.Second
)

// collectPercent is how much the heap may grow before garbage is collected.
const collectPercent = 800

// RunChild is the body of the hidden subcommand ChildCommand: it serves the
// engine until SIGTERM, until its parent closes the pipe or is gone, or until
// ctx ends. A nil error means a clean stop.
func RunChild(ctx context.Context) error {
	if os.Getenv(childVariable) == "" {
		return fmt.Errorf("%s is started by the program itself and not by hand", ChildCommand)
	}
	// The parent answers Ctrl-C and hang-ups; it needs the engine to drain.
	signal.Ignore(syscall.SIGINT, syscall.SIGHUP)
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()

	// Next to the engine's memory the program's own heap, a few buffers, is nothing;
	// but data streams through it, and would have it collected all the time.
	debug.SetGCPercent(collectPercent)
	// The program here only hands data on; calls into the engine run beside it in
	// threads of their own. With a second processor the runtime looks at each call
	// every 20 µs for its first millisecond, in case that one has work to take over.
	runtime.GOMAXPROCS(1)

	parent, answer := os.NewFile(fdSpec, "spec"), os.NewFile(fdReport, "report")
	var spec childSpec
	if err := readLine(parent, &spec); err != nil {
		return fmt.Errorf("read what to do: %w", err)
	}
	ctx, orphaned := context.WithCancel(ctx)
	defer orphaned()
	go func() { // ends with the process: the pipe closes when the parent does
		_, _ = io.Copy(io.Discard, parent)
		orphaned()
	}()

	c := &child{spec: spec}
	err := c.open(ctx)
	if err != nil {
		return errors.Join(err, writeLine(answer, reportOf(err)))
	}
	if err := errors.Join(writeLine(answer, report{Version: c.facade.Version()}), answer.Close()); err != nil {
		return fmt.Errorf("report to the parent: %w", err)
	}
	return c.serve(ctx)
}

// child is the running engine with its HTTP server.
type child struct {
	spec     childSpec
	lock     *os.File // keeps the directory ours
	library  *chdb.Library
	facade   *chhttp.Server
	listener net.Listener
}

func (c *child) open(ctx context.Context) error {
	p, err := pathsOf(c.spec.Dir)
	if err != nil {
		return err
	}
	if err := p.create(); err != nil {
		return fmt.Errorf("%w: %w", ErrUnwritable, err)
	}
	if c.lock, err = lock(ctx, p.lock); err != nil {
		return err
	}
	config, err := writeConfig(p, c.spec)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnwritable, err)
	}
	if c.library, err = chdb.Load(c.spec.Library); err != nil {
		return err
	}
	c.facade, err = chhttp.New(chhttp.Config{
		Connect: func() (*chdb.Conn, error) {
			return c.library.Connect("--path="+p.data, "--config-file="+config)
		},
		Connections: c.spec.Connections,
		Settings:    statementSettings(c.spec),
	})
	if err != nil {
		return fmt.Errorf("start the engine on its data: %w", err)
	}
	return c.listen()
}

// listen opens the socket. Its directory is private already; the mode of the
// socket itself is for those who look only there.
func (c *child) listen() error {
	if err := os.Remove(c.spec.Socket); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("remove the old socket: %w", err)
	}
	l, err := net.Listen("unix", c.spec.Socket) //nolint:noctx // a socket of this machine: nothing to wait for
	if err != nil {
		return fmt.Errorf("listen on the socket: %w", err)
	}
	c.listener = l
	return os.Chmod(c.spec.Socket, 0o600)
}

func (c *child) serve(ctx context.Context) error {
	server := &http.Server{Handler: c.facade, ReadHeaderTimeout: time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(c.listener) }() // ended by server.Close
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	return errors.Join(err, c.close(server))
}

// close ends statements, then connections, then the engine.
func (c *child) close(server *http.Server) error {
	_ = c.drain(drainFirst) // what is left waits for its client
	_ = server.Close()      // the error would be the listener's, which goes anyway
	if err := c.drain(drainSecond); err != nil {
		return err // closing under a statement would abort the process
	}
	c.facade.Close()
	// Once a process has had a MergeTree table the engine refuses to be shut
	// down, whatever was closed: it counts its own background work as a
	// connection. Ending the process is as good: what was acknowledged is on
	// disk, and nothing runs any more.
	_ = c.library.Shutdown()
	return nil
}

func (c *child) drain(timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return c.facade.Drain(ctx)
}

// statementSettings hold for every statement unless its request sets its own.
func statementSettings(spec childSpec) map[string]string {
	return map[string]string{
		// One statement leaves room for merges and for the others.
		"max_memory_usage": strconv.FormatInt(spec.MaxMemory*3/4, 10),
	}
}
