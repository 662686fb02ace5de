// Package processor reads the log and fills the store.
//
// For each record it opens the client's address for one question (which
// country?) and drops it, inflates and decodes the frame, passes the replay
// section by the privacy guard, and makes rows of what is left. A batch of
// records is stored in every table, and only then are its offsets committed:
// a crash in between stores the same rows again, which changes nothing.
//
// A record that cannot be decoded, that the guard refuses or that the store
// refuses for what it is goes to the dead letters, alone. While the store or
// the dead letters cannot be written, the partitions wait.
//
// decode.go and its neighbours are pure: bytes in, rows out.
package processor
