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
//	tracker/         the tracker's parts of this and earlier builds
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

// trackerDir holds what pages ask for whose t.js is of an earlier build.
func (d *dataDir) trackerDir() string { return filepath.Join(d.path, "tracker") }

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

func (d *dataDir) versionFile() string { return filepath.Join(d.path, "hindsight.json") }

// checkVersion refuses a directory of a newer format and writes down who has it now.
func (d *dataDir) checkVersion() error {
	current, err := d.writtenBy()
	if err != nil || current {
		return err
	}
	raw, err := json.Marshal(dataVersion{Format: dataFormat, Version: version})
	if err != nil {
		return err
	}
	return writePrivate(d.versionFile(), raw)
}

// writtenBy looks who wrote the directory; current tells that it was this very version.
func (d *dataDir) writtenBy() (current bool, err error) {
	raw, err := os.ReadFile(d.versionFile())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read %s: %w", d.versionFile(), plain(err))
	}
	var v dataVersion
	if err := json.Unmarshal(raw, &v); err != nil {
		return false, fmt.Errorf("%s does not say which version wrote this data directory; if it is none of Hindsight's, give another --data: %w", d.versionFile(), err)
	}
	if v.Format > dataFormat {
		return false, fmt.Errorf("data directory %s was written by a newer version (%s, format %d; this program knows up to %d): use that version, or another --data",
			d.path, v.Version, v.Format, dataFormat)
	}
	return v.Format == dataFormat && v.Version == version, nil
}

// inUse tells whether a process has the directory's lock, by sharing it for a moment.
func (d *dataDir) inUse() bool {
	lock, err := os.Open(filepath.Join(d.path, "lock"))
	if err != nil {
		return false
	}
	defer lock.Close()
	return errors.Is(syscall.Flock(int(lock.Fd()), syscall.LOCK_SH|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}

// readable tells whether this user may look who has the directory's lock.
func (d *dataDir) readable() bool {
	lock, err := os.Open(filepath.Join(d.path, "lock"))
	if err == nil {
		_ = lock.Close()
	}
	return !errors.Is(err, fs.ErrPermission)
}

// exists tells whether a hindsight keeps its data here.
func (d *dataDir) exists() bool {
	_, err := os.Stat(d.versionFile())
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
