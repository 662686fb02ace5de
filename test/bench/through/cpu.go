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

// usage is CPU time, s: of the process itself and of all that it has started.
type usage struct{ self, children float64 }

func (u usage) all() float64 { return u.self + u.children }

func (u usage) since(before usage) usage {
	return usage{u.self - before.self, u.children - before.children}
}

// usageOf looks at a process and its descendants.
func usageOf(root int) (u usage, err error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return u, fmt.Errorf("this system does not tell the CPU time of a process: %w", err)
	}
	type process struct {
		parent  int
		seconds float64
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
		var sum float64
		for _, field := range f[11:15] { // user and system time, its own and that of children that it has waited for
			n, err := strconv.ParseFloat(field, 64)
			if err != nil {
				return u, err
			}
			sum += n
		}
		all[pid] = process{parent, sum / ticks}
	}
	for pid, p := range all {
		if pid == root {
			u.self = p.seconds
			continue
		}
		for up := p.parent; up > 1; up = all[up].parent {
			if up == root {
				u.children += p.seconds
				break
			}
		}
	}
	return u, nil
}
