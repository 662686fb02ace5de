package engine

import "errors"

// Reasons for which Start fails. Their texts are sentences for the person who
// started the program.
var (
	ErrLibraryMissing = errors.New("the engine library (libchdb) is not installed: run `make build`, or give its path with --engine-library")
	ErrInUse          = errors.New("the data directory is in use by another process")
	ErrUnwritable     = errors.New("the data directory cannot be written")
	ErrNotRunning     = errors.New("no engine runs on this data directory")
)

// errNotReady is what Ready returns while there is no engine to talk to.
var errNotReady = errors.New("the engine is starting again after it stopped")

// errNotStarted is what Ready returns before Start and after Stop.
var errNotStarted = errors.New("the engine is not started")
