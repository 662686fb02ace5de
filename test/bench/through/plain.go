package main

import (
	"encoding/json"
	"fmt"
	"syscall"
	"time"

	"hindsight/internal/wire"
)

// plainTime is how long each look at the machine's speed takes, CPU time.
const plainTime = 400 * time.Millisecond

// plainSeconds is the CPU time of inflating a frame of the visits and reading its sections with encoding/json, in the
// bench's own process. What is measured beside it, in the same minute, can be compared with other days' and machines'.
func plainSeconds(visits []*visit) (float64, error) {
	frames := 0
	pass := func() error {
		for _, v := range visits {
			for i := range v.frames {
				if err := readPlainly(v.frames[i].raw); err != nil {
					return err
				}
				frames++
			}
		}
		return nil
	}
	if err := pass(); err != nil { // the heap has its size now
		return 0, err
	}
	frames = 0
	began := ownCPU()
	for ownCPU()-began < plainTime {
		if err := pass(); err != nil {
			return 0, err
		}
	}
	return (ownCPU() - began).Seconds() / float64(frames), nil
}

func readPlainly(raw []byte) error {
	frame, err := wire.ParseFrame(raw)
	if err != nil {
		return err
	}
	for _, s := range []struct {
		header  wire.Section
		inflate func([]byte) ([]byte, error)
	}{{frame.Signals, frame.InflateSignals}, {frame.Replay, frame.InflateReplay}} {
		if s.header.Raw == 0 {
			continue
		}
		text, err := s.inflate(nil)
		if err != nil {
			return err
		}
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			return fmt.Errorf("read a recorded section: %w", err)
		}
	}
	return nil
}

// ownCPU is the CPU time of this process so far.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0 // cannot be: the arguments are valid
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
