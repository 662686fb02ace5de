package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// ticks a second of the times in /proc: USER_HZ, the same on every Linux that Go runs on.
const ticks = 100

// usage is CPU time, s, of the process itself and of all that it has started; and
// how much of it the kernel's, and how many pages were touched for the first
// time, of all.
type usage struct{ self, children, kernel, faults float64 }

func (u usage) all() float64 { return u.self + u.children }

func (u usage) since(before usage) usage {
	return usage{u.self - before.self, u.children - before.children, u.kernel - before.kernel, u.faults - before.faults}
}

// usageOf looks at a process and its descendants.
func usageOf(root int) (u usage, err error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return u, fmt.Errorf("this system does not tell the CPU time of a process: %w", err)
	}
	type process struct {
		parent                  int
		seconds, kernel, faults float64
	}
	all := map[int]process{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		raw, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue // it has ended
		}
		// The name stands in parentheses and may hold anything.
		f := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
		if len(f) < 15 {
			return u, errors.New("/proc tells of processes in another form")
		}
		parent, _ := strconv.Atoi(f[1])
		// Minor faults, user and system time, each its own and that of children that it has waited for.
		var n [15]float64
		for _, at := range []int{7, 8, 11, 12, 13, 14} {
			if n[at], err = strconv.ParseFloat(f[at], 64); err != nil {
				return u, err
			}
		}
		all[pid] = process{parent, (n[11] + n[12] + n[13] + n[14]) / ticks, (n[12] + n[14]) / ticks, n[7] + n[8]}
	}
	for pid, p := range all {
		for up := pid; up > 1; up = all[up].parent {
			if up != root {
				continue
			}
			if pid == root {
				u.self = p.seconds
			} else {
				u.children += p.seconds
			}
			u.kernel += p.kernel
			u.faults += p.faults
			break
		}
	}
	return u, nil
}
