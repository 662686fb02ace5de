// Package plain reads the two sections of a frame with encoding/json: what the
// processor's core would do if nobody had written scanners for it. The bench
// measures the core against it, and a test holds the core's rows against its.
//
// It takes the ways in which encoding/json is fast (values of structs where the
// shape is known, one pass over a section where it is not), and checks less than
// the core does: neither ranges nor lengths.
package plain
