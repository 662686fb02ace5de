package engine

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
)

// Bounds of the pause before a child that stopped is started again. A child
// that ran for steadyAfter begins with the short one anew.
const (
	firstPause  = 100 * time.Millisecond
	lastPause   = 5 * time.Second
	steadyAfter = 30 * time.Second
)

// Supervisor keeps the engine running. New is inert; Start and Stop may be
// called once each.
type Supervisor struct {
	cfg     Config
	log     *zap.Logger
	metrics metrics

	mu     sync.Mutex
	state  error // nil while the engine answers
	socket string
	pid    int

	cancel context.CancelFunc
	done   chan struct{}
}

// New prepares a supervisor. Zero fields of cfg take their defaults.
func New(cfg Config, log *zap.Logger, reg prometheus.Registerer) *Supervisor {
	d := DefaultConfig()
	if cfg.MaxMemory == 0 {
		cfg.MaxMemory = d.MaxMemory
	}
	if cfg.Connections == 0 {
		cfg.Connections = d.Connections
	}
	if cfg.StartTimeout == 0 {
		cfg.StartTimeout = d.StartTimeout
	}
	if cfg.StopTimeout == 0 {
		cfg.StopTimeout = d.StopTimeout
	}
	return &Supervisor{cfg: cfg, log: log, metrics: newMetrics(reg), state: errNotStarted}
}

// Start starts the engine and returns when it answers. It fails with
// ErrLibraryMissing, ErrInUse or ErrUnwritable (errors.Is), or with what the
// child said. ctx bounds the start only.
func (s *Supervisor) Start(ctx context.Context) error {
	library, err := FindLibrary(s.cfg.Library)
	if err != nil {
		return err
	}
	p, err := pathsOf(s.cfg.Dir)
	if err != nil {
		return fmt.Errorf("find the data directory: %w", err)
	}
	if err := p.create(); err != nil {
		return fmt.Errorf("%w: %w", ErrUnwritable, err)
	}
	command := s.cfg.Command
	if len(command) == 0 {
		self, err := os.Executable()
		if err != nil {
			return fmt.Errorf("find this program's file: %w", err)
		}
		command = []string{self, ChildCommand}
	}
	spec := childSpec{Dir: p.dir, Library: library, MaxMemory: s.cfg.MaxMemory, Connections: s.cfg.Connections}
	r := &runner{Supervisor: s, command: command, spec: spec, output: newLineLog(s.log)}
	child, remove, err := r.first(ctx, p)
	if err != nil {
		return err
	}
	life, cancel := context.WithCancel(context.Background())
	s.cancel, s.done = cancel, make(chan struct{})
	go func() {
		defer close(s.done)
		defer remove()
		r.keep(life, child)
	}()
	return nil
}

// Stop stops the engine and waits for it. When ctx ends first the child is
// killed: what was acknowledged is on disk. Stop after a failed Start does
// nothing.
func (s *Supervisor) Stop(ctx context.Context) error {
	if s.cancel == nil {
		return nil
	}
	abort := context.AfterFunc(ctx, func() { s.killChild() })
	defer abort()
	s.cancel()
	<-s.done
	return nil
}

// Ready returns nil while the engine answers, else why it does not.
func (s *Supervisor) Ready() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Socket is the path of the engine's unix socket; it stays the same over
// restarts. It is empty before Start.
func (s *Supervisor) Socket() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.socket
}

// PID is the child's process id, or 0 while there is none.
func (s *Supervisor) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pid
}

func (s *Supervisor) killChild() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pid != 0 {
		if p, err := os.FindProcess(s.pid); err == nil {
			_ = p.Kill()
		}
	}
}

func (s *Supervisor) setState(pid int, state error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pid, s.state = pid, state
	s.metrics.up.Set(0)
	if state == nil {
		s.metrics.up.Set(1)
	}
}
