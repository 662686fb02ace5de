package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// dataFormat grows when a program writes a data directory that older programs must not touch.
const dataFormat = 1

// dataDir is the directory of an embedded installation:
//
//	hindsight.json   which version wrote it
//	lock             held (flock) by the process that runs the log and the engine
//	log/  store/     of the embedded log and the embedded engine
//	run/             addresses and credentials for other processes of the same user (0600)
type dataDir struct {
	path string
	lock *os.File
}

type dataVersion struct {
	Format  int    `json:"format"`
	Version string `json:"version"`
}

func (d *dataDir) logDir() string   { return filepath.Join(d.path, "log") }
func (d *dataDir) storeDir() string { return filepath.Join(d.path, "store") }
func (d *dataDir) runDir() string   { return filepath.Join(d.path, "run") }

func absData(path string) (*dataDir, error) {
	if path == "" {
		return nil, usagef("--data must name a directory; ./data is the default")
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("data directory %s: %w", path, err)
	}
	return &dataDir{path: abs}, nil
}

// openDataDir makes the directory where it is missing, takes its lock and checks who wrote it.
func openDataDir(path string) (*dataDir, error) {
	d, err := absData(path)
	if err != nil {
		return nil, err
	}
	for _, sub := range []string{d.path, d.runDir()} {
		if err := os.MkdirAll(sub, 0o700); err != nil {
			return nil, fmt.Errorf("data directory %s cannot be made: %w", d.path, plain(err))
		}
	}
	lock, err := os.OpenFile(filepath.Join(d.path, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data directory %s is not writable: %w", d.path, plain(err))
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("data directory %s is in use by another hindsight process; stop that one or give another --data", d.path)
		}
		return nil, fmt.Errorf("lock data directory %s: %w", d.path, err)
	}
	d.lock = lock
	if err := d.checkVersion(); err != nil {
		_ = lock.Close()
		return nil, err
	}
	return d, nil
}

func (d *dataDir) checkVersion() error {
	name := filepath.Join(d.path, "hindsight.json")
	raw, err := os.ReadFile(name)
	if err == nil {
		var v dataVersion
		if err := json.Unmarshal(raw, &v); err != nil {
			return fmt.Errorf("%s does not say which version wrote this data directory; if it is none of Hindsight's, give another --data: %w", name, err)
		}
		if v.Format > dataFormat {
			return fmt.Errorf("data directory %s was written by a newer version (%s, format %d; this program knows up to %d): use that version, or another --data",
				d.path, v.Version, v.Format, dataFormat)
		}
		if v.Format == dataFormat && v.Version == version {
			return nil
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read %s: %w", name, plain(err))
	}
	raw, err = json.Marshal(dataVersion{Format: dataFormat, Version: version})
	if err != nil {
		return err
	}
	return writePrivate(name, raw)
}

// exists tells whether a hindsight keeps its data here.
func (d *dataDir) exists() bool {
	_, err := os.Stat(filepath.Join(d.path, "hindsight.json"))
	return err == nil
}

func (d *dataDir) close() {
	if d.lock != nil {
		_ = d.lock.Close()
	}
}

// writePrivate writes a file that only the user may read, in one step: a reader sees the old or the new one.
func writePrivate(name string, raw []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".new-*") // 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", name, plain(err))
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, werr := tmp.Write(raw)
	if err := errors.Join(werr, tmp.Sync(), tmp.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, plain(err))
	}
	if err := os.Rename(tmp.Name(), name); err != nil {
		return fmt.Errorf("write %s: %w", name, plain(err))
	}
	return nil
}

// plain takes the path out of a file error: the message around it names it already.
func plain(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
