// Package sqltext reads ClickHouse SQL just far enough to route a statement and
// to refuse what must not run in the embedded engine. It has no I/O.
//
// The engine's grants are the second line behind it and stop most of the same
// things. The text is looked at first for two reasons, both measured: some table
// functions and disks touch the host or the network before the engine checks any
// grant, and a few ways to a host file (the function file, INFILE, OUTFILE) need
// no grant at all in the embedded engine.
//
// The scanner prefers refusing to guessing. Spellings that the engine accepts
// but that a second reader could take differently (comments other than -- and
// an unnested /* */, heredocs, typographic quotes) are refused: a program that
// writes SQL has no need of them.
package sqltext
