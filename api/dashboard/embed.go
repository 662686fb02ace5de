// Package dashboard serves the built web UI, which is part of the binary, and on
// an origin of its own the frame that replays run in.
//
// Recorded pages are untrusted. The frame's host has nothing but the frame's
// files: no API, no cookie, no collector. A script that would get to run there,
// past the replayer's sandbox and past the policy, could reach nothing.
package dashboard

import "embed"

// built holds what `npm run build` made, and without a build a placeholder, so
// that the program compiles on a fresh clone.
//
//go:embed all:dist
var built embed.FS
