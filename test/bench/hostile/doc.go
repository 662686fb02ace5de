// Package hostile drives connections that all misbehave, for benches that ask
// what they cost the honest ones beside them.
package hostile
