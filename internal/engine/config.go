package engine

import (
	"os"
	"path/filepath"
	"time"
)

// ChildCommand is the hidden subcommand whose body is RunChild.
const ChildCommand = "engine-child"

// Config says how to run the engine.
type Config struct {
	// Dir is the engine's data directory; it is made (0700) when missing.
	Dir string
	// Library is the path of libchdb; empty means to look for it (FindLibrary).
	Library string
	// MaxMemory bounds what all statements together may use, in bytes. The
	// process needs about 200 MB besides.
	MaxMemory int64
	// Connections is how many statements may run at a time.
	Connections int
	// StartTimeout bounds one start of the child. Opening many tables after a
	// crash takes its time, so it is generous.
	StartTimeout time.Duration
	// StopTimeout is how long the child may take to stop before it is killed.
	StopTimeout time.Duration
	// Command starts the child: a program and its arguments. Empty means this
	// binary with ChildCommand. Env is added to the child's few variables.
	Command, Env []string
}

// DefaultConfig is what `hindsight all` uses but for the directory.
func DefaultConfig() Config {
	return Config{
		MaxMemory:    1 << 30,
		Connections:  16,
		StartTimeout: time.Minute,
		StopTimeout:  8 * time.Second,
	}
}

// paths are the places inside a data directory. All are absolute: with a
// relative data path the engine fails every insert that syncs (Code 107).
type paths struct{ dir, lock, data, config, run string }

func pathsOf(dir string) (paths, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return paths{}, err
	}
	return paths{
		dir:    abs,
		lock:   filepath.Join(abs, "engine.lock"),
		data:   filepath.Join(abs, "clickhouse"),
		config: filepath.Join(abs, "config"),
		run:    filepath.Join(abs, "run"),
	}, nil
}

// create makes the directories, for this user only.
func (p paths) create() error {
	for _, dir := range []string{p.dir, p.data, p.config, p.run} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	return nil
}
