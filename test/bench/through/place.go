package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// place is where the rounds' data lies, each round's in a directory of its own, until the last one is over.
//
// What a round leaves must cost the next one nothing. ext4 without a journal, as small virtual machines have it, uses the
// inode of a deleted file again after five minutes only, and looks past all such for each file that is made near them:
// where a thousand had been deleted, by the round before or by whoever else works in the same directory, making a file
// took 150 to 320 µs of CPU in place of 11, and a round makes a thousand. So nothing is deleted meanwhile, and no two
// rounds lie near each other or near anybody else's files.
type place struct{ dir string }

func newPlace() (*place, error) {
	dir, err := os.MkdirTemp("", "hindsight-through")
	if err != nil {
		return nil, err
	}
	spread(dir)
	return &place{dir}, nil
}

// another makes a round's directory: where files are made fastest of a few places. making is how long that takes, s.
func (p *place) another() (dir string, making float64, err error) {
	const few = 4
	for range few {
		there, err := os.MkdirTemp(p.dir, "round")
		if err != nil {
			return "", 0, err
		}
		takes, err := makingOf(there)
		if err != nil {
			return "", 0, err
		}
		if dir == "" || takes < making {
			dir, making = there, takes
		}
	}
	return dir, making, nil
}

// clear takes everything away.
func (p *place) clear() error { return os.RemoveAll(p.dir) }

// makingOf is how long it takes to make an empty file in a directory, s.
func makingOf(dir string) (float64, error) {
	const files = 100
	among := filepath.Join(dir, "files")
	if err := os.Mkdir(among, 0o700); err != nil {
		return 0, err
	}
	began := time.Now()
	for i := range files {
		f, err := os.OpenFile(filepath.Join(among, fmt.Sprint(i)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err = errors.Join(err, f.Close()); err != nil {
			return 0, err
		}
	}
	return time.Since(began).Seconds() / files, nil
}
