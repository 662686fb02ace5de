//go:build faults

package fault

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Log is how an embedded log is to be kept: 0 is as always.
func Log() (segmentBytes int64, trimEvery time.Duration) {
	text := os.Getenv(LogVariable)
	if text == "" {
		return 0, 0
	}
	size, every, _ := strings.Cut(text, ":")
	segmentBytes, err := strconv.ParseInt(size, 10, 64)
	if err == nil {
		trimEvery, err = time.ParseDuration(every)
	}
	if err != nil {
		panic(fmt.Sprintf("%s=%q is nothing such as 4096:50ms", LogVariable, text))
	}
	return segmentBytes, trimEvery
}
