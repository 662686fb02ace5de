// Command hindsight is the whole product in one binary: `hindsight all` runs collector, processor, API and
// dashboard with an embedded log and an embedded ClickHouse engine; the other subcommands run each part alone.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Version of the program. Release builds overwrite it with -ldflags "-X main.version=…".
var version = "0.1.0-dev"

func main() {
	os.Exit(run(os.Args[1:]))
}

// run executes the command line and returns the exit code: 0 fine, 1 failed, 2 wrong usage.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "hindsight: "+err.Error()+advised(err))
	var usage *usageError
	if errors.As(err, &usage) {
		fmt.Fprintln(os.Stderr, "Run 'hindsight --help' or 'hindsight COMMAND --help'.")
		return 2
	}
	return 1
}
