package trackerjs

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"time"
)

// A t.js asks for parts of its own build and of no other: what one hands to the
// other is not the same from version to version, and what masks must never meet
// what it was not made with. But browsers keep t.js for an hour, and pages stay
// open for days. So the parts of earlier builds are kept on disk, one directory
// a build, named by the hash in its parts' names.

const (
	// keepFor is how long a build is kept after another has taken its place: longer than pages stay open.
	keepFor = 7 * 24 * time.Hour
	// maxKept bounds the builds that are kept, about 200 KB each.
	maxKept = 10
	// replacedFile says by its time since when a build is no longer the one that is served as t.js.
	replacedFile = "replaced"
)

var buildName = regexp.MustCompile(`^[0-9a-f]{12}$`)

// keep writes the parts of the present build into dir, forgets what was replaced
// long ago, and adds the other builds' parts to scripts. What cannot be read is
// left out and told of.
func keep(files fs.FS, dir string, now time.Time, scripts map[string]script) error {
	m, err := readManifest(files)
	if err != nil {
		return err
	}
	_, present, _ := strings.Cut(strings.TrimSuffix(m.Recorder, ".js"), ".")
	if !buildName.MatchString(present) {
		return fmt.Errorf("the recorder's name %q holds no hash", m.Recorder)
	}
	problem := write(files, m, filepath.Join(dir, present))
	builds, err := others(dir, present, now)
	problem = errors.Join(problem, err)
	for _, build := range builds {
		old, err := load(os.DirFS(filepath.Join(dir, build)))
		if err != nil {
			problem = errors.Join(problem, fmt.Errorf("build %s of the tracker: %w", build, err))
			continue
		}
		for name, s := range old {
			// Only parts, only its own, and whole: nobody else's script is served.
			if sum := sha256.Sum256(s.plain); strings.HasSuffix(name, "."+build+".js") && hex.EncodeToString(sum[:]) == s.etag {
				scripts[name] = s
			}
		}
	}
	return problem
}

// write puts a build where later versions find it: whole or not at all.
func write(files fs.FS, m Manifest, into string) error {
	if err := os.Remove(filepath.Join(into, replacedFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("keep the tracker's parts: %w", err)
	}
	if _, err := os.Stat(into); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(into), 0o700); err != nil {
		return fmt.Errorf("keep the tracker's parts: %w", err)
	}
	draft, err := os.MkdirTemp(filepath.Dir(into), ".new-")
	if err != nil {
		return fmt.Errorf("keep the tracker's parts: %w", err)
	}
	defer func() { _ = os.RemoveAll(draft) }()
	names := []string{"manifest.json"}
	for name := range m.Files {
		names = append(names, name, name+".gz", name+".br")
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err == nil {
			err = os.WriteFile(filepath.Join(draft, name), text, 0o600)
		}
		if err != nil {
			return fmt.Errorf("keep the tracker's parts: %w", err)
		}
	}
	// Another process of the same version may have been quicker.
	if err := os.Rename(draft, into); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("keep the tracker's parts: %w", err)
	}
	return nil
}

// others names the builds that were replaced not long ago, the latest first, and removes the rest.
func others(dir, present string, now time.Time) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("look for earlier builds of the tracker: %w", err)
	}
	since := map[string]time.Time{}
	var builds []string
	for _, e := range entries {
		if !buildName.MatchString(e.Name()) || e.Name() == present {
			continue
		}
		mark := filepath.Join(dir, e.Name(), replacedFile)
		info, err := os.Stat(mark)
		if errors.Is(err, fs.ErrNotExist) {
			since[e.Name()] = now
			err = errors.Join(os.WriteFile(mark, nil, 0o600), os.Chtimes(mark, now, now))
		} else if err == nil {
			since[e.Name()] = info.ModTime()
		}
		if err != nil {
			return builds, fmt.Errorf("mark an earlier build of the tracker: %w", err)
		}
		builds = append(builds, e.Name())
	}
	sort.Slice(builds, func(i, j int) bool { return since[builds[i]].After(since[builds[j]]) })
	var kept []string
	for _, build := range builds {
		if len(kept) < maxKept && now.Sub(since[build]) < keepFor {
			kept = append(kept, build)
		} else if err := os.RemoveAll(filepath.Join(dir, build)); err != nil {
			return kept, fmt.Errorf("forget an earlier build of the tracker: %w", err)
		}
	}
	return kept, nil
}
