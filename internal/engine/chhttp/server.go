package chhttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"hindsight/internal/engine/chdb"
	"hindsight/internal/engine/sqltext"
)

// Config says how to reach the engine.
type Config struct {
	// Connect opens one connection to the engine.
	Connect func() (*chdb.Conn, error)
	// Connections is the number of statements that may run at a time; others wait.
	Connections int
	// Settings hold for every statement unless its request says otherwise.
	Settings map[string]string
}

// Server is an http.Handler. Create it with New, end it with Drain and Close.
type Server struct {
	pool    *pool
	control *control
	rules   sqltext.Rules
	version string
	zone    string

	sequence atomic.Uint64
	frames   sync.Pool  // of *[frameBytes]byte, for the data of inserts
	mu       sync.Mutex // guards closing against running
	closing  bool
	running  sync.WaitGroup
}

// Names that stay usable out of all that the engine knows.
var (
	tableFunctions = []string{"numbers", "numbers_mt", "zeros", "zeros_mt", "generateRandom", "generateSeries",
		"generate_series", "primes", "values", "null", "view", "merge", "format", "mergeTreeIndex", "mergeTreeProjection"}
	tableEngines = []string{"MergeTree", "ReplacingMergeTree", "SummingMergeTree", "AggregatingMergeTree",
		"CollapsingMergeTree", "VersionedCollapsingMergeTree", "CoalescingMergeTree", "Memory", "Null", "View", "MaterializedView", "Atomic"}
)

// TableEngines lists the engines that tables and databases may have.
func TableEngines() []string { return append([]string(nil), tableEngines...) }

// New opens all connections at once, because opening one takes the Go signal
// handlers away for a moment (see package chdb), and asks the engine for its
// version, its time zone and the names that must be refused.
func New(cfg Config) (*Server, error) {
	anchor, err := cfg.Connect()
	if err != nil {
		return nil, fmt.Errorf("open the control connection: %w", err)
	}
	s := &Server{control: &control{conn: anchor}}
	if s.pool, err = newPool(cfg); err != nil {
		anchor.Close()
		return nil, err
	}
	if err := s.learn(); err != nil {
		s.pool.close()
		anchor.Close()
		return nil, err
	}
	return s, nil
}

func (s *Server) learn() error {
	var err error
	ask := func(sql string) []string {
		out, qerr := s.control.query(sql)
		if qerr != nil {
			err = errors.Join(err, fmt.Errorf("ask the engine about itself: %w", qerr))
		}
		return strings.Split(strings.TrimSpace(out), "\n")
	}
	s.version = ask("SELECT version()")[0]
	s.zone = ask("SELECT timezone()")[0]
	s.rules.TableFunctions = sqltext.Deny(ask("SELECT name FROM system.table_functions"), tableFunctions...)
	s.rules.Engines = sqltext.Deny(ask("SELECT name FROM system.table_engines UNION ALL SELECT name FROM system.database_engines"), tableEngines...)
	return err
}

// Version is ClickHouse's version.
func (s *Server) Version() string { return s.version }

// ServeHTTP answers /ping and statements on every other path.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/ping" {
		_, _ = io.WriteString(w, "Ok.\n")
		return
	}
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		newAnswer(w, r).fail(&Exception{Code: codeAborted, Text: "the engine is shutting down"})
		return
	}
	s.running.Add(1)
	s.mu.Unlock()
	defer s.running.Done()
	s.serve(w, r)
}

// Drain refuses what comes from now on, kills what runs and waits for it to end,
// at most until ctx is done. A statement that waits for its client's data ends
// only when the client's connection is closed, so a caller drains, closes the
// connections of its HTTP server, and drains again.
func (s *Server) Drain(ctx context.Context) error {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	if err := s.control.killUntilDone(ctx, "1", s.running.Wait); err != nil {
		return fmt.Errorf("end the running statements: %w", err)
	}
	return nil
}

// Close closes every connection to the engine. Call it after a Drain that
// succeeded: the engine does not bear a close under a running statement.
func (s *Server) Close() {
	s.pool.close()
	s.control.close()
}
