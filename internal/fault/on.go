//go:build faults

package fault

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

// order is what HINDSIGHT_FAULT says.
type order struct {
	point  string
	nth    int64
	signal syscall.Signal
}

// One process has one order and one count: this is about the process.
var (
	ordered = sync.OnceValue(func() order { return parse(os.Getenv(Variable)) })
	passed  atomic.Int64
)

func parse(text string) order {
	if text == "" {
		return order{}
	}
	fields := strings.Split(text, ":")
	signals := map[string]syscall.Signal{"kill": syscall.SIGKILL, "stop": syscall.SIGSTOP}
	if len(fields) == 3 && slices.Contains(slices.Concat(Points(), ErasurePoints()), fields[0]) && signals[fields[2]] != 0 {
		if n, err := strconv.ParseInt(fields[1], 10, 64); err == nil && n > 0 {
			return order{fields[0], n, signals[fields[2]]}
		}
	}
	panic(fmt.Sprintf("%s=%q is no order such as after-insert:3:kill", Variable, text))
}

// Here is a point that a test may end the process at.
func Here(point string) {
	o := ordered()
	if o.point != point || passed.Add(1) != o.nth {
		return
	}
	_ = syscall.Kill(os.Getpid(), o.signal)
	if o.signal == syscall.SIGKILL {
		select {} // it comes at once, but nothing may be done until then
	}
}
