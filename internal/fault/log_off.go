//go:build !faults

package fault

import "time"

// Log is how an embedded log is to be kept: 0 is as always.
func Log() (segmentBytes int64, trimEvery time.Duration) { return 0, 0 }
