// Package trackerjs holds the built tracker, the script that a site's pages
// load, and serves it. `make build` fills dist; a fresh clone holds only a
// placeholder there, so that the module compiles without Node.
package trackerjs

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// ErrNotBuilt says that only the placeholder is there.
var ErrNotBuilt = errors.New("the tracker is not built: run make build")

// Manifest is what the build says of its files.
type Manifest struct {
	// Core is the name of the script that pages name, Recorder that of the
	// file which the core loads in sampled sessions; its name, like that of every
	// other part, holds the hash of them all.
	Core     string          `json:"core"`
	Recorder string          `json:"recorder"`
	Files    map[string]File `json:"files"`
}

// File is one script. Sizes are in bytes.
type File struct {
	// Role is core, recorder, link, post, worker, late, vitals, prompt, tools or canvas.
	Role   string `json:"role"`
	SHA256 string `json:"sha256"`
	Bytes  int    `json:"bytes"`
	Brotli int    `json:"brotli"`
	Gzip   int    `json:"gzip"`
}

// Files returns the built files: the scripts, the same with .br and .gz, and
// manifest.json; or only placeholder.txt.
func Files() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // The directory is part of the program.
	}
	return sub
}

// ReadManifest reads the manifest, or gives ErrNotBuilt.
func ReadManifest() (Manifest, error) { return readManifest(Files()) }

func readManifest(files fs.FS) (Manifest, error) {
	var m Manifest
	b, err := fs.ReadFile(files, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return m, ErrNotBuilt
	}
	if err != nil {
		return m, fmt.Errorf("read the tracker's manifest: %w", err)
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("parse the tracker's manifest: %w", err)
	}
	return m, nil
}
