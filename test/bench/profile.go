package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
)

// profiles are what a server's time and memory went into: role-pid.cpu and
// .heap in a directory. With "" there are none.
type profiles struct {
	name string
	cpu  *os.File
}

func profile(role, dir string) (p profiles, err error) {
	if dir == "" {
		return p, nil
	}
	p.name = filepath.Join(dir, fmt.Sprintf("%s-%d", role, os.Getpid()))
	if p.cpu, err = os.Create(p.name + ".cpu"); err != nil {
		return p, err
	}
	return p, pprof.StartCPUProfile(p.cpu)
}

// heap writes what is on the heap, as of the last collection.
func (p profiles) heap() error {
	if p.cpu == nil {
		return nil
	}
	f, err := os.Create(p.name + ".heap")
	if err != nil {
		return err
	}
	return errors.Join(pprof.Lookup("heap").WriteTo(f, 0), f.Close())
}

func (p profiles) end() error {
	if p.cpu == nil {
		return nil
	}
	pprof.StopCPUProfile()
	return p.cpu.Close()
}
