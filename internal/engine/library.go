package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// LibraryVariable names the library in the environment.
const LibraryVariable = "HINDSIGHT_ENGINE_LIBRARY"

// FindLibrary returns the absolute path of libchdb. A path that is given, or
// named in the environment, must exist; otherwise the places are, in order: next
// to the binary, ../lib/hindsight beside it, and the npm package under
// deploy/engine of the working directory, of the binary's directory or of one
// above it. It returns ErrLibraryMissing when there is none.
func FindLibrary(given string) (string, error) {
	if given == "" {
		given = os.Getenv(LibraryVariable)
	}
	if given != "" {
		path, err := existing(given)
		if err != nil {
			return "", fmt.Errorf("%w (%s is named, but is not there)", err, given)
		}
		return path, nil
	}
	for _, pattern := range libraryPlaces() {
		found, err := filepath.Glob(pattern)
		if err != nil {
			continue // a path with a broken pattern in it names no library
		}
		for _, path := range found {
			if abs, err := existing(path); err == nil {
				return abs, nil
			}
		}
	}
	return "", ErrLibraryMissing
}

func libraryPlaces() []string {
	names := []string{"libchdb.so"}
	if runtime.GOOS == "darwin" {
		names = []string{"libchdb.dylib", "libchdb.so"} // chdb names it .so there too
	}
	var roots []string
	var places []string
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		dir := filepath.Dir(exe)
		for _, name := range names {
			places = append(places, filepath.Join(dir, name), filepath.Join(dir, "..", "lib", "hindsight", name))
		}
		roots = append(roots, dir, filepath.Dir(dir))
	}
	if wd, err := os.Getwd(); err == nil {
		roots = append([]string{wd}, roots...)
	}
	for _, root := range roots {
		for _, name := range names {
			places = append(places, filepath.Join(root, "deploy", "engine", "node_modules", "@chdb", "lib-*", name))
		}
	}
	return places
}

func existing(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil || info.IsDir() {
		return "", ErrLibraryMissing
	}
	return filepath.Abs(path)
}
