//go:build !faults

package fault

// Here is a point that a test may end the process at.
func Here(string) {}
