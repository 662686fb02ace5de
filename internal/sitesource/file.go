package sitesource

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// load takes the last good answer from the file, if there is one.
func (s *Source) load() error {
	if s.cfg.File == "" {
		return nil
	}
	raw, err := os.ReadFile(s.cfg.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read sites: %w", err)
	}
	sites, err := parse(raw)
	if err != nil {
		return fmt.Errorf("read sites: %w", err)
	}
	s.learn(sites)
	return nil
}

// save keeps an answer. A file is replaced as a whole, so that a crash leaves
// the old one or the new one.
func (s *Source) save(raw []byte) error {
	if s.cfg.File == "" {
		return nil
	}
	if old, err := os.ReadFile(s.cfg.File); err == nil && bytes.Equal(old, raw) {
		return nil
	}
	temp, err := os.CreateTemp(filepath.Dir(s.cfg.File), ".sites-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(raw)
	err = errors.Join(err, temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), s.cfg.File)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}
