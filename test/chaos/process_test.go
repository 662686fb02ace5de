// Package chaos ends, freezes and starves the processes of a real Hindsight while batches are on their way, and holds
// every table of the store against that of an undisturbed run of the same input (docs/delivery.md).
//
// The program under test is built with the tag "faults" (internal/fault): `make test-chaos`, and `make chaos` for the
// long form.
package chaos

import (
	"os"
	"testing"

	"hindsight/internal/fault"
	"hindsight/test/process"
)

// command is hindsight with these arguments and a port of its own, not started yet.
func command(t testing.TB, args ...string) *process.Process {
	t.Helper()
	p := process.New(process.Binary(t, "hindsight-faults", "test-chaos"), process.FreeAddress(t), append(args, "--log-format", "json")...)
	p.Cmd.Env = append(p.Cmd.Env, fault.Variable+"=")
	return p
}

// eventually tries until f has no complaint, or fails with its last one.
func eventually(t testing.TB, what string, f func() error) {
	t.Helper()
	process.Eventually(t, what, process.Patience, f)
}

// long asks for the long form: more kills, every passing of every point.
func long() bool { return os.Getenv("HINDSIGHT_LONG") == "1" }
